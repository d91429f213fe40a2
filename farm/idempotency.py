"""Idempotency keys: the same request again leads to the same thing, and is never done twice."""

import datetime as dt
import hashlib

from django.db import IntegrityError

from farm.models import RememberedRequest
from farm.refusals import Refused

KEEP = dt.timedelta(hours=72)
LONGEST_KEY = 255


class KeyReused(Refused):
    """The key was used before with another body: a mistake of the caller, answered and never guessed about."""

    code = "idempotency_key_reused"


class AlreadyDone(Exception):
    """The same request was done before; `subject` is the number of what it made."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


def fingerprint(request: object) -> str:
    """SHA-256 of a request that was read into a frozen dataclass: equal requests have equal prints."""
    return hashlib.sha256(repr(request).encode()).hexdigest()


def remember(*, scope: str, key: str, print_of_body: str, subject: str, now: dt.datetime) -> None:
    """Write the key down as the first statement of the transaction that makes `subject`.

    A twin that runs at the same moment waits on the unique index until the first commits or rolls back.

    :raises AlreadyDone: when the key is taken; the caller's transaction must roll back, then `recall`.
    """
    try:
        RememberedRequest.objects.bulk_create(
            [RememberedRequest(scope=scope, key=key, fingerprint=print_of_body, subject=subject, made_at=now)]
        )
    except IntegrityError as error:
        raise AlreadyDone(subject) from error


def recall(*, scope: str, key: str, print_of_body: str) -> str | None:
    """The number that this request made before, or None when it is new.

    :raises KeyReused: when the key came with another body.
    """
    known = RememberedRequest.objects.filter(scope=scope, key=key).first()
    if known is None:
        return None
    if known.fingerprint != print_of_body:
        raise KeyReused(
            "This Idempotency-Key was used before with another body.",
            advice="Send a new key with a new request, or the same body to get the first answer again.",
            field="Idempotency-Key",
        )
    return known.subject


def forget_old(now: dt.datetime) -> int:
    """Drop keys older than 72 hours; return how many."""
    return RememberedRequest.objects.filter(made_at__lt=now - KEEP).delete()[0]
