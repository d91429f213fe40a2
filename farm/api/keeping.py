"""Answers that are the same for everybody: they may be kept for a while and asked for again cheaply."""

import functools
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_headers

A_MOMENT = 5
MINUTE = 60
HOUR = 60 * MINUTE
_View = Callable[..., HttpResponse]


def kept_for(seconds: int) -> Any:
    """Let browsers and proxies keep a door's answer, per language; a repeat with its ETag gets a 304."""

    def decorate(view: Any) -> Any:
        for once in (
            cache_control(public=True, max_age=seconds),
            vary_on_headers("Accept-Language", "Cookie"),
            conditional_page,
        ):
            view = method_decorator(once, name="dispatch")(view)
        view.is_kept = True
        return view

    return decorate


def public_page(view: Any) -> Any:
    """A page that is the same for everybody: read only, asked for again each time, and 304 while it has not changed.

    It is drawn once per GLANCE_SECONDS and process, however many ask.
    """
    for once in (_drawn_once, vary_on_headers("Cookie"), cache_control(no_cache=True), conditional_page, require_safe):
        view = once(view)
    return view


def form_page(*filled_by: str) -> Callable[[_View], _View]:
    """A form that is the same for everybody but for what belongs to one reader alone: its token and its key.

    It is drawn once per GLANCE_SECONDS as `public_page` is, for each value of the cookies it is `filled_by`; kept
    without those two, and each reader gets their own. A browser that says anything else may be somebody we know: it
    gets a page of its own, and so does whoever sends something.
    """
    nobodys = {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, *filled_by}

    def decorate(view: _View) -> _View:
        @functools.wraps(view)
        def kept(request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
            if request.method != "GET" or not settings.GLANCE_SECONDS or request.COOKIES.keys() - nobodys:
                return view(request, *arguments, **more)

            def draw() -> HttpResponse:
                answer = view(request, *arguments, **more)
                answer.content = _ONES_OWN.sub(rb"\1\3", answer.content)
                return answer

            answer = _once((request.get_full_path(), get_language(), *map(request.COOKIES.get, filled_by)), draw)
            answer.content = _with_ones_own(answer.content, request)
            return answer

        cast(Any, kept).is_form_page = True
        return kept

    return decorate


class _Drawn(NamedTuple):
    """What a page said, and until when (monotonic) it may be said again."""

    until: float
    content: bytes
    content_type: str


MOST_DRAWN = 300
"""Pages kept at once: addresses with made-up queries shall not fill the memory."""
_Address = tuple[object, ...]
_drawn: dict[_Address, _Drawn] = {}


def _drawn_once(view: Any) -> Any:
    """Say again what was just drawn, but not to readers who may have a word for themselves on the page."""

    @functools.wraps(view)
    def kept(request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        may_be_told = {"messages", settings.SESSION_COOKIE_NAME} & request.COOKIES.keys()
        if not settings.GLANCE_SECONDS or may_be_told:
            return cast(HttpResponse, view(request, *arguments, **more))
        # A form's token is one reader's own; Django notes on the request that a page has one.
        return _once(
            (request.get_full_path(), get_language()),
            lambda: view(request, *arguments, **more),
            is_for_all=lambda: "CSRF_COOKIE_NEEDS_UPDATE" not in request.META,
        )

    return kept


def _once(
    address: _Address, draw: Callable[[], HttpResponse], *, is_for_all: Callable[[], bool] = lambda: True
) -> HttpResponse:
    """What was just drawn at this address, else what is drawn now; kept if it sets no cookie and no rule of its own."""
    seen = _drawn.get(address)
    if seen and time.monotonic() < seen.until:
        return HttpResponse(seen.content, content_type=seen.content_type)
    answer = draw()
    if answer.status_code == 200 and not answer.cookies and not answer.has_header("Cache-Control") and is_for_all():
        _keep(address, answer)
    return answer


def _keep(address: _Address, answer: HttpResponse) -> None:
    if len(_drawn) >= MOST_DRAWN:
        _drawn.clear()
    until = time.monotonic() + settings.GLANCE_SECONDS
    _drawn[address] = _Drawn(until, answer.content, answer.headers["Content-Type"])


_ONES_OWN = re.compile(rb'( name="(csrfmiddlewaretoken|key)" value=")[^"]*(")')


def _with_ones_own(page: bytes, request: HttpRequest) -> bytes:
    own = {b"csrfmiddlewaretoken": get_token(request), b"key": uuid.uuid4().hex}
    return _ONES_OWN.sub(lambda gap: gap[1] + own[gap[2]].encode() + gap[3], page)
