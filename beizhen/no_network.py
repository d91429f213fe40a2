"""What a browser keeps for hours without network: one page that says so, and the worker that shows it."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from farm.api.keeping import public_page

PAGE = "beizhen/offline.html"
FILES = (
    "beizhen/tokens.css",
    "beizhen/site.css",
    "beizhen/no-network.js",
    "beizhen/basket.js",
    "beizhen/account.js",
    "beizhen/draft.js",
    "beizhen/worker.js",
    "beizhen/drawings/mark.svg",
    "beizhen/drawings/icons.svg",
    "beizhen/drawings/vine.svg",
    "beizhen/drawings/no-network.svg",
)
"""All that the page is drawn with."""


@public_page
def asked(request: HttpRequest) -> HttpResponse:
    """What stands in the place of a page that could not be had."""
    return render(request, PAGE)


@public_page
def sent(request: HttpRequest) -> HttpResponse:
    """The same when something was being sent, which may have arrived."""
    return render(request, PAGE, {"was_sending": True})


@conditional_page
@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; served from the root, because it may only look after addresses beside its own."""
    context = {"version": _version(), "files": FILES, "pages": list(_pages()), "english": _address("home", "en")}
    return render(request, "beizhen/worker.js", context, content_type="text/javascript; charset=utf-8")


def _pages() -> list[dict[str, str]]:
    kinds = ("asked", "sent")
    languages = {"zh": "zh-hans", "en": "en"}
    return [
        {"name": f"{short}-{kind}", "address": _address(f"offline-{kind}", language)}
        for short, language in languages.items()
        for kind in kinds
    ]


def _address(name: str, language: str) -> str:
    with override(language):
        return reverse(name)


def _version() -> str:
    """Another word whenever the page or a file that it is drawn with is another."""
    content = hashlib.sha256()
    for language, _name in settings.LANGUAGES:
        with override(language):
            content.update(render_to_string(PAGE).encode())
    for name in FILES:
        found = finders.find(name)
        content.update(Path(found).read_bytes() if found else static(name).encode())
    return content.hexdigest()[:12]
