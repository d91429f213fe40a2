"""Answers that are the same for everybody: they may be kept for a while and asked for again cheaply."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_headers

A_MOMENT = 5
MINUTE = 60
HOUR = 60 * MINUTE


def kept_for(seconds: int) -> Any:
    """Let browsers and proxies keep the answer, per language; a repeat with its ETag gets a 304."""

    def decorate(view: Any) -> Any:
        for once in (
            cache_control(public=True, max_age=seconds),
            vary_on_headers("Accept-Language", "Cookie"),
            conditional_page,
        ):
            view = method_decorator(once, name="dispatch")(view)
        return view

    return decorate


def public_page(view: Any) -> Any:
    """A page that is the same for everybody: read only, asked for again each time, and 304 while it has not changed."""
    for once in (vary_on_headers("Cookie"), cache_control(no_cache=True), conditional_page, require_safe):
        view = once(view)
    return view
