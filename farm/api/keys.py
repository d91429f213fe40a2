"""The Idempotency-Key header: required where a repeat would order or charge twice."""

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from farm.idempotency import LONGEST_KEY
from farm.refusals import Refused

HEADER, WSGI_NAME = "Idempotency-Key", "HTTP_IDEMPOTENCY_KEY"
PRINTABLE = re.compile(rf"[\x20-\x7e]{{8,{LONGEST_KEY}}}")


class KeyMissing(Refused):
    """Without a key a repeat after a cut connection would order twice."""

    code = "idempotency_key_missing"


class BadKey(Refused):
    """The key is too short to be nobody else's, too long to keep, or not printable."""

    code = "idempotency_key_invalid"


def idempotency_key(request: Request | HttpRequest) -> str:
    """The request's key; as a structured field it comes in quotes, which do not belong to it.

    :raises KeyMissing, BadKey: when there is none, or one that cannot be used.
    """
    sent = str(request.META.get(WSGI_NAME, "")).strip()
    if not sent:
        raise KeyMissing(
            _("The header Idempotency-Key is missing."),
            advice=_("Send a new random value with every new request, and the same one with a repeat."),
            field=HEADER,
        )
    key = sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent
    if not PRINTABLE.fullmatch(key):
        raise BadKey(
            _("This Idempotency-Key cannot be used."),
            advice=_("Send 8 to 255 printable ASCII characters, for example a UUID."),
            field=HEADER,
        )
    return str(key)
