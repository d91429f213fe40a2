"""The bell that wakes workers: rung after commit from a thread of its own, so no request ever waits for a broker."""

import logging
import os
import queue
import threading

from celery import current_app
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

_QUEUE_LENGTH = 10_000
Note = tuple[str, str, float | None]
_waiting: "queue.Queue[Note]" = queue.Queue(_QUEUE_LENGTH)
_pending: set[Note] = set()
_ringer_of: dict[str, int] = {}
_starting = threading.Lock()


def ring(task: str, key: str = "", *, stale_after: float | None = None) -> None:
    """Ask a worker to run `task` for `key` once the surrounding transaction has committed.

    A bell is a hint and may be lost: the sweep finds every due row within seconds. The same ring twice is one.
    After `stale_after` seconds a worker throws it away unheard.
    """
    if settings.BELL_RINGS:
        transaction.on_commit(lambda: _hang_up((task, key, stale_after)))


def _hang_up(note: Note) -> None:
    if note in _pending:
        return
    _start_ringer()
    _pending.add(note)
    try:
        _waiting.put_nowait(note)
    except queue.Full:
        _pending.discard(note)


def _start_ringer() -> None:
    """Start the thread in this process; a forked child has no threads of its parent."""
    if _ringer_of.get("pid") == os.getpid():
        return
    with _starting:
        if _ringer_of.get("pid") != os.getpid():
            _ringer_of["pid"] = os.getpid()
            threading.Thread(target=_ring_on, name="bell", daemon=True).start()


def _ring_on() -> None:
    while True:
        task, key, stale_after = note = _waiting.get()
        _pending.discard(note)
        try:
            current_app.send_task(task, kwargs={"key": key} if key else {}, retry=False, expires=stale_after)
        except Exception as error:  # whatever a broker throws: the sweep rings again
            log.warning("bell not heard: %s %s: %s", task, key, error)
