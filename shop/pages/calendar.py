"""The ship-date calendar: weeks of days with the boxes left on each, or the reason why a day takes none."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from shop.models import ShipDate

WEEKS = 8
FEW = 30


@dataclass(frozen=True)
class Day:
    """One cell. `state` is open, few, short (fewer left than wanted), sold-out, closed, over (cut off) or none."""

    date: dt.date
    state: str
    left: int = 0
    reason: str = ""
    is_chosen: bool = False
    begins_month: bool = False
    cut_off_at: dt.datetime | None = None
    is_large_enough: bool = True
    """Whether it packs in all what is wanted; else its line is no help."""

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "few")

    @property
    def has_room(self) -> bool:
        """For some boxes at least."""
        return self.is_open or self.state == "short"

    @property
    def has_line(self) -> bool:
        return self.state == "sold-out" and self.is_large_enough

    @property
    def value(self) -> str:
        return self.date.isoformat()


@dataclass(frozen=True)
class Calendar:
    """The next weeks, Monday first. Two that are equal look the same."""

    weeks: tuple[tuple[Day, ...], ...]

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week]

    @property
    def closures(self) -> dict[str, list[dt.date]]:
        """Why days are closed, each reason once with its days."""
        found: dict[str, list[dt.date]] = {}
        for day in self.days:
            if day.state == "closed" and day.reason:
                found.setdefault(day.reason, []).append(day.date)
        return found

    @property
    def has_line(self) -> bool:
        return any(day.has_line for day in self.days)

    @property
    def has_short(self) -> bool:
        return any(day.state == "short" for day in self.days)

    @property
    def first_open(self) -> Day | None:
        return next((day for day in self.days if day.is_open), None)

    @property
    def first_with_room(self) -> Day | None:
        """For some boxes at least."""
        return next((day for day in self.days if day.has_room), None)

    @property
    def chosen_or_first(self) -> Day | None:
        """The day whose cut-off matters now."""
        chosen = next((day for day in self.days if day.is_chosen and day.has_room), None)
        return chosen or self.first_open or self.first_with_room


def calendar(*, now: dt.datetime, chosen: str = "", units: int = 1) -> Calendar:
    """The weeks from this one to the last that has a ship date, read in one query.

    A day with fewer than `units` packing units left shows that it is too short.
    """
    today = timezone.localtime(now).date()
    monday = today - dt.timedelta(days=today.weekday())
    ahead = ShipDate.objects.filter(date__gte=today, date__lt=monday + dt.timedelta(weeks=WEEKS))
    rows = {row.date: row for row in ahead}
    last = max(rows, default=today)
    dates = [monday + dt.timedelta(days=n) for n in range(((last - monday).days // 7 + 1) * 7)]
    days = [_day(date, rows.get(date), now, chosen, units, date == dates[0]) for date in dates]
    return Calendar(tuple(tuple(days[n : n + 7]) for n in range(0, len(days), 7)))


def _day(date: dt.date, row: ShipDate | None, now: dt.datetime, chosen: str, units: int, is_first: bool) -> Day:
    begins_month = is_first or date.day == 1
    if row is None:
        return Day(date, "none", begins_month=begins_month)
    state, reason = _state(row, now, units), row.closed_reason
    is_chosen, is_large_enough = date.isoformat() == chosen, row.limit >= units
    return Day(date, state, row.left, reason, is_chosen, begins_month, row.cut_off_at, is_large_enough)


def _state(row: ShipDate, now: dt.datetime, units: int) -> str:
    if not row.ships:
        return "closed"
    if not row.is_open(now):
        return "over"
    if row.left <= 0:
        return "sold-out"
    if row.left < units:
        return "short"
    return "few" if row.left < FEW else "open"
