"""How often one phone or one address may ask, counted in the memory of each web process.

No cache is asked: it would cost the hottest path more than the counting is worth, and its absence would stop the
sale. With several processes the limit is per process, so behind two of them somebody gets at most twice the rate.
"""

from collections.abc import Collection
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any
from unicodedata import normalize

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from farm import contacts
from farm.api import marks
from farm.security import read_reference

MOST_KEPT = 50_000
ROUNDED_AWAY = 0.001
"""Seconds: sums of shares and of moments since the machine's start are off by less; whoever is in time never waits."""

_free_again_at: dict[tuple[str, str], float] = {}


def forget_all() -> None:
    _free_again_at.clear()


class Steady(SimpleRateThrottle):
    """So many requests at once, then one more whenever its share of the time has passed (GCRA): one number is kept."""

    num_requests: int | None
    duration: int | None
    seconds_to_wait = 0.0

    def get_rate(self) -> str | None:
        """The rate of the settings as they are now."""
        rate = api_settings.DEFAULT_THROTTLE_RATES.get(str(self.scope))
        return str(rate) if rate else None

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not self.num_requests or not self.duration:
            return True
        now, share = monotonic(), self.duration / self.num_requests
        places = [(str(self.scope), who) for who in self.who_asks(request, view)]
        free_at = {place: max(_free_again_at.get(place, now), now) + share for place in places}
        self.seconds_to_wait = max(free_at.values(), default=now) - self.duration - now
        if self.seconds_to_wait > ROUNDED_AWAY:
            return False
        _make_room(now)
        _free_again_at.update(free_at)
        return True

    def who_asks(self, request: Request, view: APIView) -> Collection[str]:
        """Everybody for whom the request is counted: when one of them has to wait, it waits and counts for nobody."""
        who = self.get_cache_key(request, view)
        return (who,) if who else ()

    def wait(self) -> float | None:
        return self.seconds_to_wait


class ByAddress(Steady):
    """Counts by the caller's IP address, as the nearest trusted proxy names it."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return self.get_ident(request)


class Reading(ByAddress):
    scope = "read"


class OrderingByAddress(ByAddress):
    scope = "order-ip"


class BookingByAddress(ByAddress):
    scope = "book-ip"


class FindingByAddress(ByAddress):
    scope = "find-order"


class ReportingByAddress(ByAddress):
    """Sending photos: each costs more to read than a hundred orders."""

    scope = "report-ip"


class ByContact(Steady):
    """Counts by each phone and mail address in `fields`, the whole of which the door reads: messages go there."""

    fields: tuple[str, ...]

    def who_asks(self, request: Request, view: APIView) -> Collection[str]:
        return {_contact(_part(_said(request), field)) for field in self.fields} - {""}


class OrderingByPhone(ByContact):
    """For pages and for doors whose body is flat; without a phone an order is refused soon enough."""

    scope = "order"
    fields = ("phone", "buyer_phone")


class PlacingByPhone(OrderingByPhone):
    """For the doors that take a whole order."""

    fields = ("address.phone", "gift.buyer_phone")


class BookingByPhone(ByContact):
    """For pages, whose fields are flat."""

    scope = "book"
    fields = ("phone", "email")


class BookingByContact(BookingByPhone):
    """For the doors, which take the contact as a part."""

    fields = ("contact.phone", "contact.email")


class FindingByNumber(Steady):
    """Guessing the phone of one order is slow from whichever address, through whichever door, however it is typed.

    Slower than looking: who got the parcel has the number on its paper, and four digits to guess.
    """

    scope = "find-number"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        number = _part(_said(request), "number")
        _letters, drawn = read_reference(str(number)) if isinstance(number, str | int | float) else ("", "")
        return f"number {drawn}" if drawn else None


class CodeByContact(Steady):
    """Messages with a code to one phone or mail address: whose it is did not ask for all of them."""

    scope = "code"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return _contact(_part(_said(request), "contact"))


class CodeByAddress(ByAddress):
    scope = "code-ip"


class CodeByNetwork(ByAddress):
    """Counts a whole neighbourhood of addresses together: 256 of the old ones, a household's 2^64 of the new ones."""

    scope = "code-network"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return network_of(super().get_cache_key(request, view) or "")


class SigningInByAddress(ByAddress):
    """Tries to type a code."""

    scope = "sign-in-ip"


class StaffByName(Steady):
    """Guessing at one name from ever new addresses. Where staff have signed in before, their own tries count alone."""

    scope = "staff-name"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        known = marks.whose(request)
        name = _part(_said(request), "username")
        return f"known {known}" if known else f"name {normalize('NFKC', str(name).strip())[:150]}"


def network_of(address: str) -> str:
    try:
        kind = ip_address(address).version
        return str(ip_network(f"{address}/{24 if kind == 4 else 64}", strict=False))
    except ValueError:  # a proxy that names no address
        return address


def _said(request: Request | HttpRequest) -> Any:
    """The body, whether it came to the API or to a page."""
    return request.POST if isinstance(request, HttpRequest) else request.data


def _part(body: Any, path: str) -> Any:
    """What stands at `path`; nothing where a part on the way is none."""
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _contact(raw: Any) -> str:
    """The phone or mail address as it is kept, or "" when it is none."""
    try:
        return contacts.read(raw.strip()[:200]).to if isinstance(raw, str) else ""
    except contacts.BadContact:
        return ""


def _make_room(now: float) -> None:
    """Forget whoever is free again; when all of 50,000 are still counted, begin anew rather than refuse anybody."""
    if len(_free_again_at) < MOST_KEPT:
        return
    for place in [place for place, free_at in list(_free_again_at.items()) if free_at <= now]:  # others write meanwhile
        _free_again_at.pop(place, None)
    if len(_free_again_at) >= MOST_KEPT:
        _free_again_at.clear()
