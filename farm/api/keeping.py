"""Answers that are the same for everybody: they may be kept for a while and asked for again cheaply."""

import functools
import time
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
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
    """A page that is the same for everybody: read only, asked for again each time, and 304 while it has not changed.

    It is drawn once per GLANCE_SECONDS and process, however many ask.
    """
    for once in (_drawn_once, vary_on_headers("Cookie"), cache_control(no_cache=True), conditional_page, require_safe):
        view = once(view)
    return view


class _Drawn(NamedTuple):
    """What a page said, and until when (monotonic) it may be said again."""

    until: float
    content: bytes
    content_type: str


MOST_DRAWN = 300
"""Pages kept at once: addresses with made-up queries shall not fill the memory."""
_drawn: dict[tuple[str, str | None], _Drawn] = {}


def _drawn_once(view: Any) -> Any:
    """Say again what was just drawn, but not to readers who may have a word for themselves on the page."""

    @functools.wraps(view)
    def kept(request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        may_be_told = {"messages", settings.SESSION_COOKIE_NAME} & request.COOKIES.keys()
        if not settings.GLANCE_SECONDS or may_be_told:
            return cast(HttpResponse, view(request, *arguments, **more))
        address, now = (request.get_full_path(), get_language()), time.monotonic()
        seen = _drawn.get(address)
        if seen and now < seen.until:
            return HttpResponse(seen.content, content_type=seen.content_type)
        answer: HttpResponse = view(request, *arguments, **more)
        # A form's token is one reader's own; Django notes on the request that a page has one.
        is_for_all = not answer.cookies and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        if answer.status_code == 200 and is_for_all and not answer.has_header("Cache-Control"):
            if len(_drawn) >= MOST_DRAWN:
                _drawn.clear()
            _drawn[address] = _Drawn(now + settings.GLANCE_SECONDS, answer.content, answer.headers["Content-Type"])
        return answer

    return kept
