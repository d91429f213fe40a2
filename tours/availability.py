"""What can be booked: the slots of a month or of a few days, with seats left and prices, in three queries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, TextChoices, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy

from farm.language import in_readers_language
from tours.models import Experience, Price, Slot, TicketType
from tours.models.slots import SlotQuerySet


class Status(TextChoices):
    """How a visitor finds a slot; the first that is true of it."""

    CLOSED = "closed", gettext_lazy("closed")
    PAST_CUT_OFF = "past cut-off", gettext_lazy("bookings have closed")
    SOLD_OUT = "sold out", gettext_lazy("sold out")
    LIMITED = "limited", gettext_lazy("few seats left")
    AVAILABLE = "available", gettext_lazy("seats left")


@dataclass(frozen=True)
class Opening:
    """One slot as visitors see it. `left` counts people: what both the slot and its day still take."""

    slot: int
    experience: int
    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    cut_off_at: dt.datetime
    capacity: int
    left: int
    status: Status
    reason: str
    from_fen: int | None
    """What an ordinary grown-up pays, see `GROWN_UP`; 0 when everything is free, None when nothing is offered."""
    minimum_to_run: int
    runs: str
    prices: Mapping[int, int] = field(default_factory=dict, hash=False)
    """What each offered ticket type costs at this time, in fen, by its key."""

    @property
    def is_bookable(self) -> bool:
        return self.status in (Status.AVAILABLE, Status.LIMITED)


def of_month(*, experience: Experience, year: int, month: int, now: dt.datetime) -> list[Opening]:
    """The slots of one experience in a month, in order; past ones among them."""
    slots = Slot.objects.filter(experience=experience, experience__is_on_sale=True)
    return _openings(slots.of_month(year, month), now)


def of_code(*, code: str, year: int, month: int, now: dt.datetime) -> list[Opening]:
    """The same by the experience's code, without looking it up first; empty for one that is not there."""
    slots = Slot.objects.filter(experience__code=code, experience__is_on_sale=True)
    return _openings(slots.of_month(year, month), now)


def of_days(*, first: dt.date, last: dt.date, now: dt.datetime) -> list[Opening]:
    """The slots of everything on sale from `first` to `last`: what can we do on Saturday?"""
    slots = Slot.objects.filter(date__range=(first, last), experience__is_on_sale=True)
    return _openings(slots.order_by("starts_at", "experience__position", "pk"), now)


def next_of_each(*, first: dt.date, last: dt.date, most: int, now: dt.datetime) -> list[Opening]:
    """The first `most` times with seats of each experience from `first` to `last`: no row more is read."""
    rank = Window(RowNumber(), partition_by="experience", order_by=("starts_at", "pk"))
    slots = _with_seats(first, last, now).annotate(rank=rank).filter(rank__lte=most)
    return _openings(slots.order_by("starts_at", "experience__position", "pk"), now)


def dates_with_seats(*, first: dt.date, last: dt.date, now: dt.datetime) -> list[dt.date]:
    """The days from `first` to `last` on which anything can be booked, in order."""
    return list(_with_seats(first, last, now).order_by("date").values_list("date", flat=True).distinct())


def next_date(*, experience: Experience, after: dt.date, now: dt.datetime) -> dt.date | None:
    """The first day after `after` on which the experience has seats."""
    slots = _with_seats(after + dt.timedelta(days=1), dt.date.max, now).filter(experience=experience)
    return slots.order_by("date").values_list("date", flat=True).first()


def dearer_dates(*, experience: Experience, most: int, now: dt.datetime) -> list[dt.date]:
    """The next days with seats at times for which some ticket costs more than usual."""
    listed = {"price_list__prices__ticket_type__is_offered": True}
    above = {"price_list__prices__price_fen__gt": F("price_list__prices__ticket_type__price_fen")}
    slots = _with_seats(dt.date.min, dt.date.max, now).filter(experience=experience, **listed, **above)
    return list(slots.order_by("date").values_list("date", flat=True).distinct()[:most])


def of_experience(*, experience: Experience, first: dt.date, last: dt.date, now: dt.datetime) -> list[Opening]:
    """The slots of one experience from `first` to `last`, in order."""
    slots = Slot.objects.filter(experience=experience, experience__is_on_sale=True, date__range=(first, last))
    return _openings(slots.order_by("starts_at"), now)


def of_slot(*, slot: Slot, now: dt.datetime) -> Opening:
    """One slot as visitors see it now."""
    return _openings(Slot.objects.filter(pk=slot.pk), now)[0]


def from_fen(openings: Sequence[Opening]) -> int | None:
    """What one person pays at the cheapest of the times that can be booked."""
    return min((one.from_fen for one in openings if one.is_bookable and one.from_fen is not None), default=None)


def usual_from_fen() -> Subquery:
    """The same of an experience by its usual prices, to be read beside its row."""
    kinds = TicketType.objects.filter(experience=OuterRef("pk"), is_offered=True).annotate(rank=RANK)
    is_free = Case(When(price_fen=0, then=1), default=0)
    return Subquery(kinds.order_by(is_free, "rank", "price_fen").values("price_fen")[:1])


def why_closed(openings: Sequence[Opening]) -> str:
    """Why these times are closed, each reason once; empty when nobody said."""
    return " · ".join(dict.fromkeys(opening.reason for opening in openings if opening.reason))


def _with_seats(first: dt.date, last: dt.date, now: dt.datetime) -> SlotQuerySet:
    slots = Slot.objects.bookable(now).filter(date__range=(first, last))
    return slots.filter(taken__lt=F("limit"), day__taken__lt=F("day__limit"))


class _Row(NamedTuple):
    """What is read of a slot and its day; the names are the columns'."""

    pk: int
    experience_id: int
    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    cut_off_at: dt.datetime
    limit: int
    taken: int
    is_closed: bool
    closed_reason_zh: str
    closed_reason_en: str
    price_list_id: int | None
    minimum_to_run: int
    runs: str
    day__limit: int
    day__taken: int
    day__is_closed: bool
    day__closed_reason_zh: str
    day__closed_reason_en: str

    @property
    def left(self) -> int:
        return max(0, min(self.limit - self.taken, self.day__limit - self.day__taken))

    @property
    def reason(self) -> str:
        """Why it is closed, in the reader's language: the slot's own words, else its day's."""
        if self.is_closed:
            return in_readers_language(self.closed_reason_zh, self.closed_reason_en)
        return in_readers_language(self.day__closed_reason_zh, self.day__closed_reason_en)

    def status(self, now: dt.datetime) -> Status:
        if self.is_closed or self.day__is_closed:
            return Status.CLOSED
        if self.cut_off_at <= now:
            return Status.PAST_CUT_OFF
        if not self.left:
            return Status.SOLD_OUT
        return Status.LIMITED if 2 * self.left < self.limit else Status.AVAILABLE


def _openings(slots: SlotQuerySet, now: dt.datetime) -> list[Opening]:
    """Plain columns, not model rows: a page of two hundred slots is read in the time of a few."""
    rows = [_Row(*row) for row in slots.values_list(*_Row._fields)]
    prices = _prices(rows)
    return [_opening(row, prices.get((row.experience_id, row.price_list_id), NOTHING_OFFERED), now) for row in rows]


def _opening(row: _Row, asked: "_Asked", now: dt.datetime) -> Opening:
    status = row.status(now)
    return Opening(
        slot=row.pk,
        experience=row.experience_id,
        date=row.date,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        cut_off_at=row.cut_off_at,
        capacity=row.limit,
        left=row.left,
        status=status,
        reason=row.reason if status == Status.CLOSED else "",
        from_fen=asked.from_fen,
        minimum_to_run=row.minimum_to_run,
        runs=row.runs,
        prices=asked.prices,
    )


GROWN_UP = 30
"""Years of somebody ordinary: their price is named, not that of a child, a pensioner or a student."""
ALONE = Q(accompanied_by=None) & (Q(min_quantity=None) | Q(min_quantity__lte=1))
ORDINARY = Q(kind__in=(TicketType.Kind.ADULT, TicketType.Kind.OTHER), needs_proof=False, people=1)
RANK = Case(
    When(ALONE & ORDINARY & Q(min_age__lte=GROWN_UP, max_age__gte=GROWN_UP), then=Value(0)),
    When(ALONE, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
"""Whose price is named as that from which one can come: a grown-up's, else of who may come alone, else anybody's."""


class _Kind(NamedTuple):
    """A ticket type as far as the named price depends on it."""

    experience: int
    pk: int
    price_fen: int
    rank: int

    @property
    def order(self) -> tuple[bool, int, int]:
        """A free ticket comes last: a teacher's is free, so a school's price is what a pupil pays."""
        return not self.price_fen, self.rank, self.price_fen


class _Asked(NamedTuple):
    """What an experience asks by one of its price lists."""

    from_fen: int | None
    prices: Mapping[int, int]


NOTHING_OFFERED = _Asked(None, {})


def _prices(rows: Sequence[_Row]) -> dict[tuple[int, int | None], _Asked]:
    """By experience and price list."""
    wanted = {(row.experience_id, row.price_list_id) for row in rows}
    types = TicketType.objects.filter(experience__in={pk for pk, _ in wanted}, is_offered=True).annotate(rank=RANK)
    usual: dict[int, list[_Kind]] = {}
    for found in types.values_list("experience_id", "pk", "price_fen", "rank"):
        kind = _Kind(*found)
        usual.setdefault(kind.experience, []).append(kind)
    listed = _listed_prices({price_list for _, price_list in wanted if price_list})
    return {
        (experience, price_list): _asked(
            [kind._replace(price_fen=listed.get((price_list, kind.pk), kind.price_fen)) for kind in usual[experience]]
        )
        for experience, price_list in wanted
        if experience in usual
    }


def _asked(kinds: Sequence[_Kind]) -> _Asked:
    named = min(kinds, key=lambda kind: kind.order)
    return _Asked(named.price_fen, {kind.pk: kind.price_fen for kind in kinds})


def _listed_prices(price_lists: set[int]) -> dict[tuple[int | None, int], int]:
    if not price_lists:
        return {}
    prices = Price.objects.filter(price_list__in=price_lists)
    return {
        (price_list, kind): fen
        for price_list, kind, fen in prices.values_list("price_list_id", "ticket_type_id", "price_fen")
    }
