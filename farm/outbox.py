"""Say it once, in the transaction; tell the listeners after it commits, until they have heard."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from farm import bell, rows
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
    due = OutboxMessage.objects.filter(next_try_at__lte=now).order_by("next_try_at", "pk")
    return sum(deliver(pk, now=now) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def deliver(pk: int, *, now: dt.datetime) -> bool:
    """Tell one message, each listener once. False when another worker has it, or a listener stumbled.

    Marking and listening are one transaction: a worker that dies in the middle leaves the message waiting.
    """
    try:
        with transaction.atomic():
            message = _claim(pk)
            if message is None:
                return False
            for path in listeners.get(message.topic, ()):
                listener: Callable[..., None] = import_string(path)
                listener(now=now, **message.payload)
            OutboxMessage.objects.filter(pk=pk).update(sent_at=now, next_try_at=None)
    except Exception as error:  # a listener may fail in any way; the message must survive it
        _put_off(pk, error, now)
        return False
    return True


def _claim(pk: int) -> OutboxMessage | None:
    waiting = OutboxMessage.objects.filter(pk=pk, next_try_at__isnull=False)
    return waiting.select_for_update(skip_locked=True).first()


def _put_off(pk: int, error: Exception, now: dt.datetime) -> None:
    log.exception("outbox message %s: a listener stumbled", pk)
    waiting = OutboxMessage.objects.filter(pk=pk, next_try_at__isnull=False)
    waiting.update(
        attempts=F("attempts") + 1, error=f"{type(error).__name__}: {error}"[:2000], next_try_at=now + RETRY_AFTER
    )
    waiting.filter(attempts__gte=PARK_AFTER).update(next_try_at=None)


def release(message: OutboxMessage, *, now: dt.datetime) -> None:
    """Let a parked message be told again from the beginning (staff, after mending what was wrong)."""
    parked = OutboxMessage.objects.filter(pk=message.pk, sent_at=None, next_try_at=None)
    if parked.update(attempts=0, next_try_at=now):
        bell.ring(DELIVER)
