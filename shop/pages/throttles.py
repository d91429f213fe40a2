"""How often one address may place or search: the same counters as the API's, so that changing doors gains nothing."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from farm.api import throttles
from farm.api.throttles import FindingByAddress, OrderingByAddress
from farm.refusals import Refused

__all__ = ["FindingByAddress", "FindingByNumber", "OrderingByAddress", "TooOften", "check", "status_of"]


class TooOften(Refused):
    code = "too_often"


class FindingByNumber(throttles.Steady):
    """Guessing the phone of one order is slow from whichever address and through whichever door."""

    scope = "find-order"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        number = cast(Any, request).POST.get("number", "")
        return f"number {number[:20].upper()}" if number else None


def status_of(refused: Refused) -> int:
    """The HTTP status with which a page shows a refusal."""
    if isinstance(refused, TooOften):
        return 429
    return 409 if refused.conflict else 400


def check(request: HttpRequest, *counters: type[throttles.Steady]) -> None:
    """Count one request.

    :raises TooOften: when more came than THROTTLE_… allows.
    """
    for counter in counters:
        if not counter().allow_request(cast(Request, request), cast(APIView, None)):
            raise TooOften(_("Too many tries from your connection."), advice=_("Wait a minute, then try again."))
