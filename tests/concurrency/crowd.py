"""Many hands at once on a real database: every thread has its own connection and starts at the same bell."""

import contextvars
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from django.db import connection

PATIENCE = 60.0
MOST_HANDS = 40
HANDS = ThreadPoolExecutor(MOST_HANDS, thread_name_prefix="hand")
"""Threads that live as long as the run: to open SQLite's file and learn its tables takes longer than most acts."""


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all `acts` at the same moment, each in its own thread; return their results, exceptions as such."""
    assert len(acts) <= MOST_HANDS, "all start together, so each needs a hand of its own"
    start = Barrier(len(acts), timeout=PATIENCE)

    def one(act: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait()
            return act()
        except Exception as error:  # the test looks at it
            return error
        finally:
            _let_go()

    return list(HANDS.map(lambda act: contextvars.Context().run(one, act), acts))


def _let_go() -> None:
    """PostgreSQL's connection goes back to its pool; SQLite's stays with the hand, which another act gets next."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        connection.close()


def overtaken(act: Callable[[Callable[[], object]], object], by: Callable[[], object]) -> list[object]:
    """Do `act` up to where it calls what it is given, then all of `by`, then the rest of `act`; return both results.

    What a control needs: the one order of events that goes wrong, every time, on a machine of any speed.
    """
    has_read, is_overtaken = Event(), Event()

    def pause() -> None:
        has_read.set()
        assert is_overtaken.wait(PATIENCE)

    def overtake() -> object:
        assert has_read.wait(PATIENCE)
        try:
            return by()
        finally:
            is_overtaken.set()

    return together(lambda: act(pause), overtake)


def crossed(
    monkeypatch: Any, room: Any, step: str, *, act: Callable[[], object], other: Callable[[], object]
) -> list[object]:
    """Do `act` up to its `step`, then `other` until it waits for a lock of `act`, then the rest of both.

    `step` is a function of `room`. Only PostgreSQL can tell who waits; without the right locks it stops one of the two.
    """
    take_step, has_come = getattr(room, step), Event()

    def step_slowly(*given: Any, **named: Any) -> Any:
        if not has_come.is_set():
            has_come.set()
            somebody_waits()
        return take_step(*given, **named)

    def follow() -> object:
        assert has_come.wait(PATIENCE)
        return other()

    monkeypatch.setattr(room, step, step_slowly)
    return together(act, follow)


def somebody_waits() -> None:
    """Go on when another hand waits for a lock in this database, as only PostgreSQL can tell."""
    patience = time.monotonic() + PATIENCE
    while not _hands_waiting():
        assert time.monotonic() < patience, "nobody waits"
        time.sleep(0.01)  # the other hand is a database's; there is no clock of ours to move


def _hands_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction would see its first look again and again
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def crowd(act: Callable[[], object], *, hands: int = 8, times: int = 1) -> Counter[str]:
    """Let `hands` threads do `act` `times` times each; count the words it answers."""

    def again_and_again() -> list[str]:
        return [str(act()) for _ in range(times)]

    results = together(*[again_and_again] * hands)
    errors = [result for result in results if isinstance(result, Exception)]
    assert not errors, errors
    return Counter(word for words in results if isinstance(words, Sequence) for word in words)
