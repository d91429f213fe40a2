"""The calendar of one experience: a month of days with their times and the seats left at each, or why not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localdate

from farm.models import ClosedDay
from tours import availability
from tours.availability import Opening, Status
from tours.models import Experience, Slot

WAYS_ON = 3
DAYS_OF_A_WEEK = 7
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
    begins_month: bool = False
    """It is the first of the month after the shown one."""
    farm_closed: ClosedDay | None = None
    """The whole farm is closed: times that nobody had booked are gone from the day."""

    @property
    def from_fen(self) -> int | None:
        return availability.from_fen(self.openings)

    @property
    def value(self) -> str:
        return self.date.isoformat()

    @property
    def state(self) -> str:
        found = {opening.status for opening in self.openings}
        nothing = "closed" if self.farm_closed else "none"
        return next((CSS[status] for status in STATES if status in found), nothing)

    @property
    def is_closed(self) -> bool:
        """Nothing is held on it: it says why instead of listing its times."""
        return self.state == CSS[Status.CLOSED]

    @property
    def reason(self) -> str:
        if self.farm_closed and not self.openings:
            return self.farm_closed.reason
        return availability.why_closed(self.openings)

    @property
    def left(self) -> int:
        """Seats that can still be booked on this day, over all its times."""
        return sum(opening.left for opening in self.openings if opening.is_bookable)


@dataclass(frozen=True)
class Month:
    """One month, Monday first; days before it and after it are None. The current one shows at least four weeks."""

    first: dt.date
    weeks: Sequence[Sequence[Day | None]]
    today: dt.date
    ways_on: Sequence[dt.date] = ()
    """The next days with seats, when the chosen one has none."""

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
    last = _last_shown(first, today)
    openings = availability.of_experience(experience=experience, first=first, last=last, now=now)
    by_date: dict[dt.date, list[Opening]] = {}
    for opening in openings:
        by_date.setdefault(opening.date, []).append(opening)
    closed = {day.date: day for day in ClosedDay.objects.filter(date__range=(max(first, today), last))}
    chosen = wished if wished in by_date or wished in closed else _first_with_seats(openings)
    dates = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    days = [Day(d, by_date.get(d, ()), d == chosen, d == _after(first), closed.get(d)) for d in dates]
    ways_on = _ways_on(experience, days, chosen or max(first, today), now)
    return Month(first, _weeks(days, first, today), today, ways_on)


def _last_shown(first: dt.date, today: dt.date) -> dt.date:
    """The month's last day; of the current month that of its fourth week from now: its end is no dead end."""
    end = _after(first) - dt.timedelta(days=1)
    if not first <= today <= end:
        return end
    return max(end, today + dt.timedelta(days=4 * DAYS_OF_A_WEEK - 1 - today.weekday()))


def _ways_on(experience: Experience, days: Sequence[Day], chosen: dt.date, now: dt.datetime) -> list[dt.date]:
    """Where to look when the chosen day has no seats: the next days of the month, else the first one after it."""
    if any(day.left for day in days if day.date == chosen):
        return []
    here = [day.date for day in days if day.date > chosen and day.left][:WAYS_ON]
    later = None if here else availability.next_date(experience=experience, after=days[-1].date, now=now)
    return here or ([later] if later else [])


def _weeks(days: Sequence[Day], first: dt.date, today: dt.date) -> list[Sequence[Day | None]]:
    """Whole weeks, Monday first, without those of this month that are over."""
    padded: list[Day | None] = [None] * first.weekday()
    padded += [*days, *[None] * (-(first.weekday() + len(days)) % DAYS_OF_A_WEEK)]
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
