"""A week of slots as a grid: a row for each time of day, a column for each day, for staff who plan."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.utils.timezone import localtime

from tours import chinese_calendar, rules
from tours.models import ClosureOffer, Experience, Slot, VisitorsDay
from tours.rules import Why

DAYS = 7


@dataclass(frozen=True)
class Mark:
    """What staff should know of a slot: how many parties have not chosen after rain, why it no longer fits its rule."""

    silent: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Column:
    """One day: its visitors over all experiences, if any slot made it a visitors' day."""

    date: dt.date
    visitors: VisitorsDay | None
    holiday: str
    is_workday: bool


@dataclass(frozen=True)
class Row:
    """One time of day with the slots that begin then, day by day."""

    time: dt.time
    cells: list[list[Slot]]


@dataclass(frozen=True)
class Week:
    columns: list[Column]
    rows: list[Row]

    @property
    def first(self) -> dt.date:
        return self.columns[0].date

    @property
    def last(self) -> dt.date:
        return self.columns[-1].date

    @property
    def before(self) -> dt.date:
        return self.first - dt.timedelta(days=DAYS)

    @property
    def after(self) -> dt.date:
        return self.first + dt.timedelta(days=DAYS)


def week_of(date: dt.date, *, experience: Experience | None = None) -> Week:
    """The week from Monday that has `date` in it, for one experience or for all: two queries."""
    first = date - dt.timedelta(days=date.weekday())
    dates = [first + dt.timedelta(days=number) for number in range(DAYS)]
    slots = Slot.objects.filter(date__range=(dates[0], dates[-1])).select_related("experience", "rule__experience")
    if experience:
        slots = slots.filter(experience=experience)
    visitors = {day.date: day for day in VisitorsDay.objects.filter(date__range=(dates[0], dates[-1]))}
    columns = [_column(date, visitors.get(date)) for date in dates]
    return Week(columns, _rows(list(slots.order_by("starts_at", "experience__position", "pk")), dates))


def marks_of(week: Week, now: dt.datetime) -> dict[int, Mark]:
    """What is to be known of the week's slots, by their keys: four queries, whatever they hold."""
    slots = [slot for row in week.rows for cell in row.cells for slot in cell]
    asked = ClosureOffer.objects.filter(status=ClosureOffer.Status.WAITING, booking__slot__in=slots).order_by()
    silent = dict(asked.values_list("booking__slot").annotate(many=Count("pk")))
    followed = {slot.rule for slot in slots if slot.rule is not None}
    why = {one.slot.pk: one.why for one in rules.misfits(rules=followed, now=now, days=(week.first, week.last))}
    return {pk: Mark(silent.get(pk, 0), why.get(pk, ())) for pk in silent.keys() | why.keys()}


def _column(date: dt.date, visitors: VisitorsDay | None) -> Column:
    return Column(date, visitors, chinese_calendar.holiday_name(date), chinese_calendar.is_workday(date))


def _rows(slots: list[Slot], dates: list[dt.date]) -> list[Row]:
    cells: dict[tuple[dt.time, dt.date], list[Slot]] = {}
    for slot in slots:
        cells.setdefault((localtime(slot.starts_at).time(), slot.date), []).append(slot)
    times = sorted({time for time, _ in cells})
    return [Row(time, [cells.get((time, date), []) for date in dates]) for time in times]
