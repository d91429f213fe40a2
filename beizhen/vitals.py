"""The farm's vital signs, each a small question with a plain answer: `ok` and what was measured."""

import os
import shutil
import socket
import ssl
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils import timezone

from farm import heartbeat, jobs
from farm.models import Job, OutboxMessage, RememberedRequest

Vital = dict[str, Any]
CONNECT_SECONDS = 0.3
OLDEST_SECONDS = 120
LAST_SWEEP_SECONDS = 60
LEAST_FREE_BYTES = 1_000_000_000
_known: set[str] = set()
"""What was found true once and stays true for this process."""


def database() -> Vital:
    """A row can be written down, and the tables are those of this program. The row goes before anybody sees it.

    It is committed: what is rolled back never reaches the disk, and would find no full one.
    """
    started = time.monotonic()
    try:
        with transaction.atomic():
            row = RememberedRequest.objects.create(
                scope="health", key=uuid.uuid4().hex, fingerprint="", subject="", made_at=timezone.now()
            )
            row.delete()
            if connection.vendor == "postgresql":
                _find_room()
        is_migrated = _is_migrated()
    finally:
        connection.close()  # this thread is the checker's own
    milliseconds = round((time.monotonic() - started) * 1000, 1)
    return {"ok": is_migrated, "vendor": connection.vendor, "write_ms": milliseconds, "migrated": is_migrated}


def broker() -> Vital:
    """The bell's line is open. A dead broker delays work by seconds, it stops nothing."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]
        return {"ok": os.access(folder, os.W_OK), "kind": "folder"}
    return {"ok": _answers_ping(settings.CELERY_BROKER_URL.split(";")[0]), "kind": "redis"}


def cached() -> Vital:
    """What is put into the cache can be read back."""
    word = uuid.uuid4().hex
    cache.set("health", word, 10)
    return {"ok": cache.get("health") == word}


def disk() -> Vital:
    """There is room for the next days' orders."""
    usage = shutil.disk_usage(settings.VAR)
    return {"ok": usage.free >= LEAST_FREE_BYTES, "free_bytes": usage.free, "free_share": usage.free / usage.total}


def waiting_work() -> Vital:
    """Messages are told and jobs are done soon after they are due; nothing is parked or fails for an hour."""
    try:
        told = OutboxMessage.objects.filter(next_try_at__isnull=False).aggregate(oldest=Min("next_try_at"))
        unfinished = Job.objects.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))
        due = unfinished.aggregate(oldest=Min("next_try_at"))
        put_off_jobs = jobs.put_off(timezone.now()).count()
        parked_jobs = Job.objects.filter(state=Job.State.PARKED).count()
        parked_messages = OutboxMessage.objects.filter(sent_at=None, next_try_at=None).count()
    finally:
        connection.close()
    message_age, job_age = _age_seconds(told["oldest"]), _age_seconds(due["oldest"])
    return {
        "ok": max(message_age, job_age) <= OLDEST_SECONDS and not put_off_jobs + parked_jobs + parked_messages,
        "oldest_message_seconds": message_age,
        "oldest_job_seconds": job_age,
        "put_off_jobs": put_off_jobs,
        "parked_jobs": parked_jobs,
        "parked_messages": parked_messages,
    }


def sweep() -> Vital:
    """Beat and a worker are alive: the sweep ran within the last minute."""
    last = heartbeat.last_beat()
    age = _age_seconds(last)
    return {"ok": last is not None and age <= LAST_SWEEP_SECONDS, "last_sweep_seconds": age if last else None}


CHECKS: dict[str, Callable[[], Vital]] = {
    "database": database,
    "broker": broker,
    "cache": cached,
    "disk": disk,
    "waiting_work": waiting_work,
    "sweep": sweep,
}


def _find_room() -> None:
    """Let PostgreSQL write 200 kB beside its tables for a moment; a row alone may go where an older one was.

    :raises OperationalError: when its disk is full.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")  # what does not fit into it goes to the disk
        cursor.execute("SELECT count(*) FROM generate_series(1, 10000)")


def _is_migrated() -> bool:
    """Asked until it is true, then remembered: a running program's tables do not go away."""
    if "migrated" not in _known:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _known.add("migrated")
    return True


def _answers_ping(url: str) -> bool:
    """Any answer to PING counts, also a demand for a password: the server is there."""
    parts = urlsplit(url)
    place = (parts.hostname or "localhost", parts.port or 6379)
    with socket.create_connection(place, timeout=CONNECT_SECONDS) as line:
        if parts.scheme == "rediss":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            line = context.wrap_socket(line)
        line.sendall(b"PING\r\n")
        return bool(line.recv(16))


def _age_seconds(moment: Any) -> float:
    return round(max(0.0, (timezone.now() - moment).total_seconds()), 1) if moment else 0.0
