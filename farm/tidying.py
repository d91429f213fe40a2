"""The nightly broom: what was done, told, sent or answered long ago is deleted, a handful at a time."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from farm import accounts
from farm.models import Job, Notice, OutboxMessage, RememberedRequest, SignIn, SignInCode, StaffSession

BATCH = 500
MOST_BATCHES = 100
"""Of one kind in one night. A farm that has more to clear goes on tomorrow; no task runs into its time limit."""


class Heap(NamedTuple):
    """Rows of one kind that nobody needs any more."""

    kind: str
    rows: QuerySet[Any]


def tidy(now: dt.datetime) -> dict[str, int]:
    """Delete what is older than the settings keep it; return how many rows of each kind went.

    One statement and one transaction per batch, so that buyers wait for milliseconds at most. What still waits, runs
    or is parked stays, however old. Orders, bookings, money and their histories are not touched here.
    """
    gone = {heap.kind: _clear(heap.rows) for heap in _heaps(now)}
    if connection.vendor == "sqlite":
        _count_anew()
    return gone


def _count_anew() -> None:
    """Let SQLite see how its tables have grown: it would read a whole one where an index is short.

    A table at a time, for nobody else can write while one is counted.
    """
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def _heaps(now: dt.datetime) -> Iterator[Heap]:
    done = now - dt.timedelta(days=settings.KEEP_DONE_WORK_DAYS)
    said = now - dt.timedelta(days=settings.KEEP_NOTICES_DAYS)
    yield Heap("jobs", Job.objects.filter(state=Job.State.DONE, done_at__lt=done))
    yield Heap("messages", OutboxMessage.objects.filter(sent_at__lt=done, next_try_at=None))
    held_back = Q(standing=Notice.Standing.HELD_BACK, written_at__lt=said)
    yield Heap("notices", Notice.objects.filter(Q(sent_at__lt=said) | held_back))
    yield Heap("sign-ins", SignIn.objects.filter(Q(ends_at__lt=said) | Q(ended_at__lt=said)))
    a_day_ago = now - dt.timedelta(days=1)  # until then codes are counted
    yield Heap("sign-in codes", SignInCode.objects.filter(ends_at__lt=a_day_ago))
    yield Heap("messages with codes", Notice.objects.filter(about=accounts.ABOUT, written_at__lt=a_day_ago))
    asked = now - dt.timedelta(days=settings.KEEP_REQUESTS_DAYS)
    yield Heap("requests", RememberedRequest.objects.filter(made_at__lt=asked))
    yield Heap("sessions", StaffSession.objects.filter(expire_date__lt=now))
    for entries in (AccessLog, AccessAttempt, AccessFailureLog):
        yield Heap(entries._meta.model_name or "", entries.objects.filter(attempt_time__lt=said))


def _clear(rows: QuerySet[Any]) -> int:
    """Delete the oldest first; a batch that is not full was the last."""
    gone = 0
    for _ in range(MOST_BATCHES):
        batch = rows.order_by("pk").values("pk")[:BATCH]
        deleted, _kinds = rows.model._base_manager.filter(pk__in=batch).delete()
        gone += deleted
        if deleted < BATCH:
            break
    return gone
