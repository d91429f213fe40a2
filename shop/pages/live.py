"""The page of a livestream, and the little of it that thousands of phones ask for again every few seconds."""

import datetime as dt
import hashlib
import time
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from farm.api.keeping import public_page
from shop import live
from shop.live import Show

MOST_KEPT = 200


@dataclass(frozen=True)
class Glimpse:
    """What one process last said of a show in one language."""

    drawn_at: float
    etag: str
    body: str


_kept: dict[tuple[str, str], Glimpse] = {}


@public_page
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The host, the boxes, and how many are left."""
    now = timezone.now()
    show = _show(code, now)
    seconds = max(1, round(settings.LIVE_SECONDS))
    context = {"show": show.row, "stage": live.stage(show, now), "from": int(now.timestamp()), "seconds": seconds}
    return render(request, "shop/live.html", context)


@require_safe
def page_now(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes: drawn once in LIVE_SECONDS by each process, then the same bytes for everybody."""
    now = timezone.now()
    glimpse = _glimpse(code, now)
    answer = get_conditional_response(request, etag=glimpse.etag)
    if answer is None:
        answer = HttpResponse(glimpse.body)
    answer["ETag"] = glimpse.etag
    answer["Cache-Control"] = f"public, max-age={int(settings.LIVE_SECONDS)}"
    return answer


def forget() -> None:
    """Draw anew at the next question."""
    _kept.clear()


def _glimpse(code: str, now: dt.datetime) -> Glimpse:
    key = (code, get_language() or "")
    kept = _kept.get(key)
    if kept and time.monotonic() - kept.drawn_at < settings.LIVE_SECONDS:
        return kept
    show = _show(code, now)
    body = render_to_string("shop/_live_now.html", {"show": show.row, "stage": live.stage(show, now)})
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = Glimpse(time.monotonic(), etag, body)
    return _kept[key]


def _show(code: str, now: dt.datetime) -> Show:
    show = live.find(code, now)
    if show is None:
        raise Http404
    return show
