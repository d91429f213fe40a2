"""The turnstile before the order door: in a rush it answers "sold out" before anything dear has been done.

It answers when the date's flag is up (see shop.rush), names dates with room for this very order, and the request is no
repeat of one that took of this date. It reads the lines, the ship date (as YYYY-MM-DD), the phone and the key; without
a good one of each the door answers, as it does an order larger than the date packs in all. It does not see the place,
the gift or the names, nor seasons and the most of a box, nor whether the key was used for another date: an order that
the door would refuse for these hears "sold out" first while the flag is up, and what is wrong with it when it comes
again for another date. Throttles stand at the door alone.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import Any, cast

import orjson
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from farm.api.keys import idempotency_key
from farm.api.problems import problem_of
from farm.refusals import Refused
from farm.security import BadPhone, normal_phone
from shop import checkout, glance, refusals, rush
from shop.glance import Glance
from shop.rush import Flag

PATH = "/api/v1/orders"
LONGEST_BODY = 16 * 1024

_ordered: dict[int, tuple[str, frozenset[tuple[str, str]]]] = {}
_NOTHING: tuple[str, frozenset[tuple[str, str]]] = ("", frozenset())
_reading = Lock()


class Turnstile:
    """Middleware; stands before sessions, languages and all that an answer of one sentence can do without."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path_info == PATH:
            return _sold_out(request) or self.get_response(request)
        return self.get_response(request)


def _sold_out(request: HttpRequest) -> HttpResponse | None:
    seen = glance.last()
    if not seen or not seen.full:
        return None
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_BODY:
            return None
        order_in = orjson.loads(request.body)
        date, units = _day(order_in["ship_date"]), _units(order_in["lines"], seen)
        scope, key = checkout.scope_of(normal_phone(order_in["address"]["phone"])), idempotency_key(request)
    except (ValueError, KeyError, TypeError, BadPhone, Refused):
        return None
    if date not in seen.full or units > seen.dates[date].limit:
        return None
    flag = rush.look(seen.full[date])
    next_dates = flag.next_dates(units) if flag.is_up else None
    if next_dates is None:
        return None
    with suppress(OperationalError):  # a busy database: the door says so
        if (scope, key) not in _ordered_before(flag):
            return _answer(date, next_dates, translation.get_language_from_request(request))
    return None


def _ordered_before(flag: Flag) -> frozenset[tuple[str, str]]:
    """Scopes and keys of all that ever took boxes of the flag's date, read once for each flag; forgotten with the date.

    While a flag is believed nobody takes any here: there is room only after a give-back, which ends its generation.
    """
    raised_as, ordered = _ordered.get(flag.ship_date, _NOTHING)
    if raised_as == flag.raised_as:
        return ordered
    with _reading:  # the others wait for the first, and find what it has read
        raised_as, ordered = _ordered.get(flag.ship_date, _NOTHING)
        if raised_as != flag.raised_as:
            seen = glance.last()
            for no_longer_full in _ordered.keys() - set(seen.full.values() if seen else ()):
                del _ordered[no_longer_full]
            ordered = checkout.requests_of(flag.ship_date)
            _ordered[flag.ship_date] = flag.raised_as, ordered
    return ordered


def _answer(date: dt.date, next_dates: tuple[dt.date, ...], language: str) -> HttpResponse:
    words, status, headers = _written(date, next_dates, language)
    return HttpResponse(words, status=status, headers=headers)


@lru_cache(maxsize=512)
def _written(date: dt.date, next_dates: tuple[dt.date, ...], language: str) -> tuple[bytes, int, dict[str, str]]:
    """The same for everybody who comes too late: to write it anew took seven times as long as to send it."""
    with translation.override(language):
        answer = cast(HttpResponse, problem_of(refusals.sold_out(date, list(next_dates)), {}))
    return answer.content, answer.status_code, {**answer.headers, "Content-Length": str(len(answer.content))}


def _units(lines: list[dict[str, Any]], seen: Glance) -> int:
    """The packing units of an order's lines.

    :raises ValueError, KeyError, TypeError: when they are written badly, or name a box that is not offered.
    """
    wanted = [(seen.boxes[line["sku"]], line["quantity"]) for line in lines]
    if not wanted or any(type(quantity) is not int or quantity < 1 for _, quantity in wanted):
        raise ValueError
    return sum(box.packing_units * quantity for box, quantity in wanted)


def _day(text: str) -> dt.date:
    """As the API writes it: Python would also read 2026-W37-4 and 20260910.

    :raises ValueError: when it is written otherwise.
    """
    date = dt.date.fromisoformat(text)
    if date.isoformat() != text:
        raise ValueError
    return date
