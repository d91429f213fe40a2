"""The sold-out flag: what answers thousands who still press Buy, without asking the database.

It can only err towards trying. A flag carries the generation of its ship date; whoever gives room back marks the date
before the commit and starts a new generation after it, so a flag raised from what was true before is never believed.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction

FLAG_SECONDS = 3
GIVING_SECONDS = 60
GENERATION_SECONDS = 86_400


@dataclass(frozen=True)
class Flag:
    """What the cache said about one ship date, before the database was asked."""

    ship_date: int
    generation: str
    is_trusted: bool
    rooms: tuple[tuple[dt.date, int], ...] | None
    """The next dates with room, and how many packing units each had left; None when no flag is up."""
    raised_as: str = ""
    """No two flags that were put up bear the same."""

    @property
    def is_up(self) -> bool:
        return self.is_trusted and self.rooms is not None

    def next_dates(self, units: int) -> tuple[dt.date, ...] | None:
        """The dates that had room for `units` packing units; None when it was put up for smaller orders than that."""
        rooms = self.rooms or ()
        fitting = tuple(date for date, left in rooms if left >= units)
        return fitting if fitting or not rooms else None


def look(ship_date: int) -> Flag:
    """Read the flag of ship date `ship_date` (its primary key)."""
    generation_key, giving_key, flag_key = keys = _keys(ship_date)
    found = cache.get_many(keys)
    generation = found.get(generation_key, "")
    raised_in, rooms, raised_as = found.get(flag_key, (None, None, ""))
    is_trusted = giving_key not in found
    return Flag(ship_date, generation, is_trusted, rooms if raised_in == generation else None, raised_as)


def put_up(flag: Flag, rooms: Sequence[tuple[dt.date, int]]) -> None:
    """Say for a few seconds that nothing is left, as seen by somebody who read `flag` before asking the database.

    One that somebody else put up meanwhile stays: with each new one everybody reads again who ordered before.
    """
    if flag.is_trusted and not _stands(flag.ship_date, flag.generation):
        _, _, flag_key = _keys(flag.ship_date)
        cache.set(flag_key, (flag.generation, tuple(rooms), uuid.uuid4().hex), FLAG_SECONDS)


def _stands(ship_date: int, generation: str) -> bool:
    now = look(ship_date)
    return now.is_up and now.generation == generation


def room_comes_back(ship_dates: Iterable[int]) -> None:
    """Take the flags of these ship dates down, in the transaction that gives room back.

    `limited` does so by itself for what was taken; whoever opens a date or raises its limit does it too.
    """
    giving = list(ship_dates)
    cache.set_many({_keys(ship_date)[1]: 1 for ship_date in giving}, GIVING_SECONDS)
    for ship_date in giving:
        _after_commit(ship_date)


def _after_commit(ship_date: int) -> None:
    transaction.on_commit(lambda: _start_generation(ship_date))


def _start_generation(ship_date: int) -> None:
    generation_key, giving_key, _ = _keys(ship_date)
    cache.set(generation_key, uuid.uuid4().hex, GENERATION_SECONDS)
    cache.delete(giving_key)


def _keys(ship_date: int) -> tuple[str, str, str]:
    return f"generation:{ship_date}", f"giving:{ship_date}", f"full:{ship_date}"
