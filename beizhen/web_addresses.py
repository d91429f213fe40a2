"""Where a page stands on the web: its own address, and the same page in the farm's other languages."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.translation import get_language_from_path

from farm.web_addresses import absolute

NAMES = {"zh-hans": "zh-Hans", "en": "en"}
"""How pages and search engines write the languages that settings write small."""


class Version(NamedTuple):
    """A page in one language."""

    language: str
    url: str


class Here(NamedTuple):
    """The page that is being shown: its one address, its versions, and the farm's picture, all with the host's name."""

    url: str
    versions: list[Version]
    default: str
    picture: str


def here(request: HttpRequest) -> dict[str, Here]:
    """A context processor: what a page says about where it stands; without the query, which only chooses."""
    path = request.path
    versions = [Version(NAMES[code], absolute(in_language(path, code))) for code, _ in settings.LANGUAGES]
    default = absolute(in_language(path, settings.LANGUAGE_CODE))
    return {"here": Here(absolute(path), versions, default, absolute(static("beizhen/share.png")))}


def in_language(path: str, language: str) -> str:
    """The path of the same page in `language`: the default language's stand at the root."""
    known = get_language_from_path(path)
    rest = path.removeprefix(f"/{known}") if known else path
    return rest if language == settings.LANGUAGE_CODE else f"{get_script_prefix()}{language}{rest}"
