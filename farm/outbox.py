"""Say it once, in the transaction; tell the listeners after it commits, until they have heard."""

import datetime as dt
import json
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from farm import bell, patience, rows, shapes
from farm.models import OutboxMessage

log = logging.getLogger(__name__)

DELIVER = "farm.tasks.deliver_outbox"
BATCH = 200
PARK_AFTER = 5
RETRY_AFTER = dt.timedelta(seconds=5)

listeners: dict[str, tuple[str, ...]] = {}  # filled from beizhen.wiring at start-up


def publish(topic: str, *, at: dt.datetime, **payload: Any) -> None:
    """Record a message for `topic`; it is told only if the surrounding transaction commits."""
    whisper(topic, at=at, **payload)
    bell.ring(DELIVER)


def whisper(topic: str, *, at: dt.datetime, **payload: Any) -> None:
    """Like `publish`, for facts that nobody waits for: no bell, the next sweep tells them."""
    rows.insert([OutboxMessage(topic=topic, payload=payload, written_at=at, next_try_at=at)])


def deliver_due(now: dt.datetime) -> int:
    """Tell the oldest waiting messages to their listeners, at most BATCH, and return how many were told."""
    return sum(deliver(pk, now=now) for (pk,) in rows.read(_due, now))


def _due(now: dt.datetime) -> QuerySet[OutboxMessage, tuple[int]]:
    due = OutboxMessage.objects.filter(next_try_at__lte=now).order_by("next_try_at", "pk")
    return due.values_list("pk")[:BATCH]


def deliver(pk: int, *, now: dt.datetime) -> bool:
    """Tell one message, each listener once. False when another worker has it, or a listener stumbled.

    Marking and listening are one transaction: a worker that dies in the middle leaves the message waiting.
    """
    try:
        with transaction.atomic():
            message = rows.change_one(_tell_statement(), [shapes.adapted(now), pk])
            if message is None:
                return False
            topic, payload = message
            for path in listeners.get(topic, ()):
                listener: Callable[..., None] = import_string(path)
                listener(now=now, **json.loads(payload))
    except Exception as error:  # a listener may fail in any way; the message must survive it
        _put_off(pk, error, now)
        return False
    return True


@cache
def _tell_statement() -> str:
    """Mark one waiting message as told and return it; one that another worker is telling now is passed over."""
    lock = connection.ops.for_update_sql(skip_locked=True) if connection.features.has_select_for_update else ""
    waiting = f"SELECT id FROM farm_outboxmessage WHERE id = %s AND next_try_at IS NOT NULL {lock}"  # noqa: S608 the lock is Django's own word
    told = "UPDATE farm_outboxmessage SET sent_at = %s, next_try_at = NULL"
    return f"{told} WHERE id = ({waiting}) RETURNING topic, payload"


def _put_off(pk: int, error: Exception, now: dt.datetime) -> None:
    log.exception("outbox message %s: a listener stumbled", pk)
    waiting = OutboxMessage.objects.filter(pk=pk, next_try_at__isnull=False)
    words = f"{type(error).__name__}: {error}"[:2000]
    if patience.is_the_databases(error):
        for (written_at,) in waiting.values_list("written_at"):
            waiting.update(error=words, next_try_at=now + patience.until_next_try(now - written_at))
        return
    waiting.update(attempts=F("attempts") + 1, error=words, next_try_at=now + RETRY_AFTER)
    waiting.filter(attempts__gte=PARK_AFTER).update(next_try_at=None)


def release(message: OutboxMessage, *, now: dt.datetime) -> None:
    """Let a parked message be told again from the beginning (staff, after mending what was wrong)."""
    parked = OutboxMessage.objects.filter(pk=message.pk, sent_at=None, next_try_at=None)
    if parked.update(attempts=0, next_try_at=now):
        bell.ring(DELIVER)
