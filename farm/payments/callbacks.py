"""Where providers tell us what became of a payment; whatever is posted here, the answer is never a 500.

The one door for all of them stands outside /api/: a provider writes as it likes (a form, XML, JSON), proves itself by
its signature on the raw bytes instead of a session or token, and is never told to come back later for calling often.
"""

import datetime as dt
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from farm import api
from farm.models import Payment
from farm.payments import providers
from farm.payments.settling import Unexplained, settle


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
        receive(provider, request.headers, api.read_body(request), timezone.now())
    except providers.UnknownProvider:
        return api.problem(404, "unknown_provider", "The farm takes no money through this provider.")
    except providers.NotGenuine as error:
        return api.problem(401, "not_genuine", f"This notification is not the provider's: {error}.")
    except Unexplained as error:
        return api.problem(422, "unexplained", f"This fits no payment of ours: {error}. Staff were asked.")
    except APIException as error:
        return api.problem(error.status_code, error.default_code, error.detail)
    return HttpResponse(status=200)
