"""Work that may be late but never lost: a row per job, claimed by lease, finished by whoever holds the fence."""

import datetime as dt
import json
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from farm import bell, patience, rows, shapes
from farm.models import Job

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)
BACK_OFF = (5, 20, 60, 300)
PARK_AFTER = len(BACK_OFF) + 1
CALL_OUTSIDE = ("farm.tasks.refund", "farm.tasks.send_notice", "farm.tasks.check_statement", "shop.tasks.label")
"""Kinds that need somebody else's computer: it may be away for days, and nothing here is there to be mended."""
PATIENCE = (*BACK_OFF, *[3_600] * 24, *[86_400] * 6)
"""How long those wait: after the quick tries every hour for a day, then every day until a week is over."""
PUT_OFF = dt.timedelta(hours=1)
RING_AT_ONCE = 500
RING_AGAIN_SECONDS = 10
CLAIM = f"""
    UPDATE farm_job SET state = %s, fence = fence + 1, attempts = attempts + 1, next_try_at = %s
    WHERE "key" = %s AND state IN (%s, %s) AND next_try_at <= %s
    AND (attempts < %s OR attempts <= %s AND error <> '' AND kind IN ({", ".join(["%s"] * len(CALL_OUTSIDE))}))
    RETURNING id, kind, payload, attempts, fence
"""  # noqa: S608  # nothing but the places of values is put in
FINISH = """
    UPDATE farm_job SET state = %s, done_at = %s, error = %s WHERE id = %s AND state = %s AND fence = %s RETURNING id
"""

Recording = Callable[[], object]
Work = Callable[..., Recording]


class LostLease(Exception):
    """The job was claimed by another worker in the meantime; what this one found out is thrown away."""


def ask(kind: str, key: str, *, now: dt.datetime, due: dt.datetime | None = None, **payload: Any) -> None:
    """Ask for the job `key` to be done by task `kind`, at `due` or at once; asking again changes nothing."""
    job = Job(kind=kind, key=key, payload=payload, asked_at=now, next_try_at=due or now)
    rows.insert_new([job])
    if due is None or due <= now:
        bell.ring(kind, key)


def run(key: str, work: Work, *, now: dt.datetime) -> bool:
    """Do job `key` if it is due and nobody else has it; True when it was done by this call.

    `work(now=…, **payload)` does what is slow (draws, calls a carrier) outside any transaction and returns how to
    record it. The recording and the fenced finish commit together, so of two workers only one leaves a trace.
    """
    job = _claim(key, now)
    if job is None:
        return False
    try:
        recording = work(now=now, **job.payload)
        with transaction.atomic():
            _finish(job, now)
            recording()
    except LostLease:
        log.warning("job %s: lease lost, result dropped", key)
        return False
    except Exception as error:  # any failure of the work: the row keeps it and the sweep tries again
        _put_off(job, error, now)
        return False
    return True


def ring_due(now: dt.datetime) -> int:
    """Ring again for jobs that are due and were not heard, or whose worker died; return how many.

    These bells go stale before the next sweep rings: while workers are behind, they must not pile up.
    """
    due = Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING), next_try_at__lte=now)
    due.filter(_spent()).update(state=Job.State.PARKED, error="its worker died each time")
    waiting = list(due.order_by("next_try_at").values_list("kind", "key")[:RING_AT_ONCE])
    for kind, key in waiting:
        bell.ring(kind, key, stale_after=RING_AGAIN_SECONDS)
    return len(waiting)


def put_off(now: dt.datetime) -> QuerySet[Job]:
    """Jobs that still fail an hour after the quick tries: whoever they need, or the database, is away."""
    by_the_database = Q(attempts=0, asked_at__lt=now - PUT_OFF) & ~Q(error="")
    waiting = Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))
    return waiting.filter(Q(attempts__gt=PARK_AFTER) | by_the_database)


def release(job: Job, *, now: dt.datetime) -> None:
    """Let a job that failed try again now, from the beginning (staff, after mending what was wrong)."""
    has_failed = Q(attempts__gt=0) | ~Q(error="")
    failed = Job.objects.filter(Q(state=Job.State.PARKED) | Q(state=Job.State.WAITING) & has_failed, pk=job.pk)
    if failed.update(state=Job.State.WAITING, attempts=0, next_try_at=now):
        bell.ring(job.kind, job.key)


def _spent() -> Q:
    """No try is left. Of kinds that may be patient a job is, unless all its tries ended without a word."""
    patient = Q(kind__in=CALL_OUTSIDE) & ~Q(error="")
    return Q(attempts__gte=PARK_AFTER) & ~patient | Q(attempts__gt=len(PATIENCE))


def _claim(key: str, now: dt.datetime) -> Job | None:
    """Take the lease. A running job whose lease has ended is anybody's; its old worker's fence no longer fits."""
    waiting, running = Job.State.WAITING.value, Job.State.RUNNING.value
    lease, due = shapes.adapted(now + LEASE), shapes.adapted(now)
    tries = [PARK_AFTER, len(PATIENCE), *CALL_OUTSIDE]
    claimed = rows.change_one(CLAIM, [running, lease, key, waiting, running, due, *tries])
    if claimed is None:
        return None
    pk, kind, payload, attempts, fence = claimed
    return Job(pk=pk, key=key, kind=kind, payload=json.loads(payload), attempts=attempts, fence=fence)


def _finish(job: Job, now: dt.datetime) -> None:
    mine = [job.pk, Job.State.RUNNING.value, job.fence]
    if not rows.change_one(FINISH, [Job.State.DONE.value, shapes.adapted(now), "", *mine]):
        raise LostLease(job.key)


def _put_off(job: Job, error: Exception, now: dt.datetime) -> None:
    log.exception("job %s failed, attempt %s", job.key, job.attempts)
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, fence=job.fence)
    words = f"{type(error).__name__}: {error}"[:2000]
    if patience.is_the_databases(error):
        for (asked_at,) in mine.values_list("asked_at"):  # the try does not count
            wait = patience.until_next_try(now - asked_at)
            mine.update(state=Job.State.WAITING, attempts=job.attempts - 1, error=words, next_try_at=now + wait)
        return
    waits = PATIENCE if job.kind in CALL_OUTSIDE else BACK_OFF
    if job.attempts > len(waits):
        mine.update(state=Job.State.PARKED, error=words)
        return
    wait = dt.timedelta(seconds=waits[job.attempts - 1])
    mine.update(state=Job.State.WAITING, error=words, next_try_at=now + wait)
