"""Addresses as others write them: with the host that the farm is known by."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap


def absolute(path: str) -> str:
    """The path with the scheme and host of PUBLIC_URL before it."""
    return f"{settings.PUBLIC_URL}{path}"


class Pages(Sitemap):  # type: ignore[type-arg]  # a stub's class only
    """Some pages for search engines, each in every language, on the host the farm is known by."""

    i18n = True
    alternates = True
    x_default = True

    def get_domain(self, site: Any = None) -> str:
        return str(urlsplit(settings.PUBLIC_URL).netloc)

    def get_protocol(self, protocol: str | None = None) -> str:
        return str(urlsplit(settings.PUBLIC_URL).scheme)
