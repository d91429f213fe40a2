"""Where carriers tell us what became of a parcel; whatever is posted here, the answer is never a 500."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException

from farm import api
from farm.api.bodies import read_body
from farm.refusals import Refused
from shop import tracking
from shop.carriers import NotFromCarrier, UnknownCarrier

STATUS = {UnknownCarrier: 404, NotFromCarrier: 401}


@csrf_exempt
@api.only("POST")
def push(request: HttpRequest, carrier: str) -> HttpResponse:
    """Check a push on its raw bytes and keep what is new in it; a repeat is welcome and changes nothing."""
    try:
        tracking.receive(carrier=carrier, headers=request.headers, body=read_body(request), now=timezone.now())
    except Refused as refused:
        return api.problem(STATUS.get(type(refused), 400), refused.code, str(refused))
    except APIException as error:
        return api.problem(error.status_code, error.default_code, error.detail)
    return HttpResponse(status=204)
