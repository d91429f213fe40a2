"""The calendar of one experience: a month of days with their times and the seats left at each, or why not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localdate

from tours import availability
from tours.availability import Opening, Status
from tours.models import Experience, Slot

STATES = (Status.AVAILABLE, Status.LIMITED, Status.SOLD_OUT, Status.CLOSED, Status.PAST_CUT_OFF)
"""What a day is called by: the best of its times."""
CSS = {
    Status.AVAILABLE: "open",
    Status.LIMITED: "few",
    Status.SOLD_OUT: "sold-out",
    Status.CLOSED: "closed",
    Status.PAST_CUT_OFF: "over",
}


@dataclass(frozen=True)
class Day:
    """One cell of the month. `state` is open, few, sold-out, closed, over or none (no times)."""

    date: dt.date
    openings: Sequence[Opening]
    is_chosen: bool = False

    @property
    def value(self) -> str:
        return self.date.isoformat()

    @property
    def state(self) -> str:
        found = {opening.status for opening in self.openings}
        return next((CSS[status] for status in STATES if status in found), "none")

    @property
    def left(self) -> int:
        """Seats that can still be booked on this day, over all its times."""
        return sum(opening.left for opening in self.openings if opening.is_bookable)


@dataclass(frozen=True)
class Month:
    """One month, Monday first; days before it and after it are None."""

    first: dt.date
    weeks: Sequence[Sequence[Day | None]]
    today: dt.date

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day is not None]

    @property
    def chosen(self) -> Day | None:
        return next((day for day in self.days if day.is_chosen), None)

    @property
    def openings(self) -> list[Opening]:
        return [opening for day in self.days for opening in day.openings]

    @property
    def before(self) -> str:
        """The month before as `2026-08`, or nothing when it is over."""
        earlier = (self.first - dt.timedelta(days=1)).replace(day=1)
        return f"{earlier:%Y-%m}" if earlier >= self.today.replace(day=1) else ""

    @property
    def after(self) -> str:
        return f"{_after(self.first):%Y-%m}"

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(experience: Experience, *, month: str = "", day: str = "", now: dt.datetime) -> Month:
    """The month named `2026-09`, else that of the day `2026-09-12`, else of the first time that can be booked.

    The chosen day is the named one, else the month's first with seats.
    """
    today = localdate(now)
    wished = _date(day)
    first = _date(f"{month}-01") or (wished or _first_bookable(experience, now) or today).replace(day=1)
    openings = availability.of_month(experience=experience, year=first.year, month=first.month, now=now)
    by_date: dict[dt.date, list[Opening]] = {}
    for opening in openings:
        by_date.setdefault(opening.date, []).append(opening)
    chosen = wished if wished in by_date else _first_with_seats(openings)
    dates = [first + dt.timedelta(days=n) for n in range((_after(first) - first).days)]
    days: list[Day | None] = [Day(date, by_date.get(date, ()), date == chosen) for date in dates]
    return Month(first, _weeks(days, first, today), today)


def _weeks(days: Sequence[Day | None], first: dt.date, today: dt.date) -> list[Sequence[Day | None]]:
    """Whole weeks, Monday first, without those of this month that are over."""
    padded = [None] * first.weekday() + list(days) + [None] * (-(first.weekday() + len(days)) % 7)
    over = max(0, (today - first).days + first.weekday()) // 7 if first <= today < _after(first) else 0
    return [padded[n : n + 7] for n in range(7 * over, len(padded), 7)]


def _first_bookable(experience: Experience, now: dt.datetime) -> dt.date | None:
    slots = Slot.objects.bookable(now).filter(experience=experience).order_by("starts_at")
    return slots.values_list("date", flat=True).first()


def _first_with_seats(openings: Sequence[Opening]) -> dt.date | None:
    bookable = next((opening.date for opening in openings if opening.is_bookable), None)
    return bookable or next((opening.date for opening in openings if opening.status != Status.PAST_CUT_OFF), None)


def _after(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=32)).replace(day=1)


def _date(text: str) -> dt.date | None:
    """A day as the address bar says it; nothing for anything else, or for a year that no calendar reaches."""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return date if 2000 <= date.year < 2100 else None
