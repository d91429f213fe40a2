"""Farm visits: how long a month of slots takes to list, beside asking day by day and beside a short season.

Each measurement is a function that lays what it needs, prints one line with its ratio, and leaves the rest alone.
"""

import calendar
import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import stage

A_MONTH, A_SEASON, ROUNDS = 130, 13_000, 60
NOW = dt.datetime.now(dt.UTC)
NEXT_MONTH = (NOW.date().replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def month_beside_its_days() -> None:
    """A month of one experience asked for at once, and with one question per day."""
    from tours import availability

    picking = an_experience("picking")
    lay_slots(picking, months=1)
    last = calendar.monthrange(NEXT_MONTH.year, NEXT_MONTH.month)[1]
    days = [NEXT_MONTH.replace(day=day) for day in range(1, last + 1)]

    def day_by_day() -> None:
        for day in days:
            availability.of_experience(experience=picking, first=day, last=day, now=NOW)

    month, by_days = in_turns(lambda: list_month(picking), day_by_day)
    print(
        f"a month of {A_MONTH} slots {month * 1000:.2f} ms, its {last} days one by one {by_days * 1000:.2f} ms:"
        f" ratio {month / by_days:.3f}, at most 0.1 asked"
    )


def long_season_beside_a_short_one() -> None:
    """The next month of an experience with few slots and of one with very many, in one table."""
    short, long = an_experience("short"), an_experience("long")
    lay_slots(short, months=1)
    lay_slots(long, months=A_SEASON // A_MONTH)
    few, many = in_turns(lambda: list_month(short), lambda: list_month(long))
    print(
        f"the next month of a season of {A_MONTH:,} slots {few * 1000:.2f} ms, of {A_SEASON:,} slots"
        f" {many * 1000:.2f} ms: ratio {many / few:.2f}, below 1.5 asked"
    )


def an_experience(code: str) -> Any:
    """An experience with five ticket types."""
    from tours.models import Experience

    made = Experience.objects.create(code=code, name_zh=code, name_en=code, duration_minutes=60)
    for kind, fen in (("adult", 8800), ("child", 4400), ("senior", 6600), ("family", 22000), ("infant", 0)):
        made.ticket_types.create(code=kind, kind=kind, name_zh=kind, name_en=kind, price_fen=fen)
    return made


def lay_slots(experience: Any, *, months: int) -> None:
    """A_MONTH slots in the next month and in each of the months after it, and fresh statistics."""
    from django.db import connection

    from tours import slots
    from tours.models import Slot

    starts = [start for month in range(months) for start in _starts(month)]
    days = slots.days_of({start.date() for start in starts})
    Slot.objects.bulk_create(
        Slot(
            experience=experience,
            day=days[start.date()],
            date=start.date(),
            starts_at=start,
            ends_at=start + dt.timedelta(hours=1),
            cut_off_at=start,
            limit=20,
        )
        for start in starts
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _starts(month: int) -> list[dt.datetime]:
    """The starts of the `month`th month from the next one, from eight in the morning of its first day."""
    from django.utils.timezone import get_default_timezone

    years, months = divmod(NEXT_MONTH.month - 1 + month, 12)
    first = dt.datetime(NEXT_MONTH.year + years, months + 1, 1, 8, tzinfo=get_default_timezone())
    return [first + dt.timedelta(days=number % 28, hours=number // 28) for number in range(A_MONTH)]


def list_month(experience: Any) -> None:
    from tours import availability

    listed = availability.of_month(experience=experience, year=NEXT_MONTH.year, month=NEXT_MONTH.month, now=NOW)
    assert len(listed) == A_MONTH


def in_turns(*acts: Callable[[], object]) -> list[float]:
    """The median seconds of each act; they take turns, so that noise hits all alike, and the first round warms."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS + 1):
        for act, taken in zip(acts, times, strict=True):
            begun = time.perf_counter()
            act()
            taken.append(time.perf_counter() - begun)
    return [statistics.median(taken[1:]) for taken in times]


ALL = (month_beside_its_days, long_season_beside_a_short_one)

if __name__ == "__main__":
    with stage.services():
        for measure in ALL:
            measure()
