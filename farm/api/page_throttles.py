"""How often one address or phone may place, change or search: counted together with the API's callers."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from farm.api.throttles import (
    BookingByAddress,
    BookingByPhone,
    CodeByAddress,
    CodeByContact,
    CodeByNetwork,
    FindingByAddress,
    FindingByNumber,
    OrderingByAddress,
    OrderingByPhone,
    ReportingByAddress,
    SigningInByAddress,
    Steady,
)
from farm.refusals import Refused

__all__ = [
    "BookingByAddress",
    "BookingByPhone",
    "CodeByAddress",
    "CodeByContact",
    "CodeByNetwork",
    "FindingByAddress",
    "FindingByNumber",
    "OrderingByAddress",
    "OrderingByPhone",
    "ReportingByAddress",
    "SigningInByAddress",
    "TooOften",
    "check",
    "status_of",
]


class TooOften(Refused):
    code = "too_often"


def status_of(refused: Refused) -> int:
    """The HTTP status with which a page shows a refusal."""
    if isinstance(refused, TooOften):
        return 429
    return 409 if refused.conflict else 400


def check(request: HttpRequest, *counters: type[Steady]) -> None:
    """Count one request.

    :raises TooOften: when more came than THROTTLE_… allows.
    """
    for counter in counters:
        if not counter().allow_request(cast(Request, request), cast(APIView, None)):
            raise TooOften(_("Too many tries from your connection."), advice=_("Wait a minute, then try again."))
