"""Idempotency keys: the same request again leads to the same thing, and is never done twice."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from farm import rows
from farm.models import RememberedRequest
from farm.refusals import Refused

LONGEST_KEY = 255


class KeyReused(Refused):
    """The key was used before with another body: a mistake of the caller, answered and never guessed about."""

    code = "idempotency_key_reused"


@dataclass(frozen=True)
class Request:
    """One request as its sender named it: for whom and what (see `scope_of`), the key, and the body's print."""

    scope: str
    key: str
    fingerprint: str


class AlreadyDone(Exception):
    """The same request was done before; `subject` is the number of what it made."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


def scope_of(what: str, phone: str) -> str:
    """The scope of one phone's keys for `what`: the number itself is not kept, so its owner can be forgotten before."""
    return f"{what}:{salted_hmac('farm.idempotency', phone, algorithm='sha256').hexdigest()}"


def fingerprint(request: object) -> str:
    """SHA-256 of a request that was read into a frozen dataclass: equal requests have equal prints."""
    return hashlib.sha256(repr(request).encode()).hexdigest()


def remember(request: Request, *, subject: str, now: dt.datetime) -> None:
    """Write the key down as the first statement of the transaction that makes `subject`.

    A twin that runs at the same moment waits on the unique index until the first commits or rolls back.

    :raises AlreadyDone: when the key is taken; the caller's transaction must roll back, then `recall`.
    """
    try:
        rows.insert(
            [
                RememberedRequest(
                    scope=request.scope, key=request.key, fingerprint=request.fingerprint, subject=subject, made_at=now
                )
            ]
        )
    except IntegrityError as error:
        raise AlreadyDone(subject) from error


def recall(request: Request) -> str | None:
    """The number that this request made before, or None when it is new.

    :raises KeyReused: when the key came with another body.
    """
    known = RememberedRequest.objects.filter(scope=request.scope, key=request.key).first()
    if known is None:
        return None
    if known.fingerprint != request.fingerprint:
        raise KeyReused(
            _("This Idempotency-Key was used before with another body."),
            advice=_("Send a new key with a new request, or the same body to get the first answer again."),
            field="Idempotency-Key",
        )
    return known.subject


def is_known(scope: str, key: str) -> bool:
    """Whether a request with this key was done before; one look into the index, for the busiest of doors."""
    with rows.prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute("SELECT 1 FROM farm_rememberedrequest WHERE scope = %s AND key = %s", [scope, key])
        return cursor.fetchone() is not None
