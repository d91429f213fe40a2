"""Where providers tell us what became of a payment; whatever is posted here, the answer is never a 500."""

import datetime as dt
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from farm import api
from farm.models import Payment
from farm.payments import providers
from farm.payments.settling import Unexplained, settle

LONGEST_BODY = 64 * 1024


def receive(provider: str, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Payment:
    """Check one notification on its raw bytes and settle what it says.

    :raises UnknownProvider, NotGenuine, Unexplained: nothing was booked.
    """
    fact = providers.named(provider).parse_notification(headers, body, now)
    return settle(fact, now=now)


@csrf_exempt
@api.only("POST")
def notify(request: HttpRequest, provider: str) -> HttpResponse:
    try:
        body = request.read(LONGEST_BODY + 1)
    except UnreadablePostError:
        return api.problem(400, "unreadable", "The body ended early. Send it again.")
    if len(body) > LONGEST_BODY:
        return api.problem(413, "too_large", "A notification has at most 64 kB.")
    return _answer(request, provider, body)


def _answer(request: HttpRequest, provider: str, body: bytes) -> HttpResponse:
    try:
        receive(provider, request.headers, body, timezone.now())
    except providers.UnknownProvider:
        return api.problem(404, "unknown_provider", "The farm takes no money through this provider.")
    except providers.NotGenuine as error:
        return api.problem(401, "not_genuine", f"This notification is not the provider's: {error}.")
    except Unexplained as error:
        return api.problem(422, "unexplained", f"This fits no payment of ours: {error}. Staff were asked.")
    return HttpResponse(status=200)
