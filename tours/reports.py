"""How the visits went, by channel: visitors, no-shows, occupancy by the day of the visit; money by the day it moved.

Pure questions, five queries whatever the number of days. Visitors are people with a ticket, so an infant without a
seat is one; seats are what slots count.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Substr, TruncDate
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext

from farm.models import LedgerEntry
from tours import aftermath
from tours.models import Booking, Experience, Slot, Ticket
from tours.money import PREFIX

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2200, 12, 31)
"""Days at either end of all calendars have weeks and years that no calendar has."""
MOST = dt.timedelta(days=366)
NUMBER_LONG = 12
"""A booking's number, BV and ten characters: what stands between the prefix of a payable and the bill's number."""
NO_CHANNEL = ""
Place = tuple[dt.date, int | None, str]
"""A day, the key of an experience, a channel."""
Status = Booking.Status
EXPECTED = (Status.CONFIRMED, Status.ATTENDED, Status.NO_SHOW)


@dataclass
class Line:
    """What one day, one experience or one channel brought; money in fen, `out_fen` what went back."""

    bookings: int = 0
    expected: int = 0
    came: int = 0
    stayed_away: int = 0
    capacity: int = 0
    seats: int = 0
    in_fen: int = 0
    out_fen: int = 0

    @property
    def net_fen(self) -> int:
        return self.in_fen - self.out_fen

    @property
    def no_show_percent(self) -> int | None:
        """Of those whose visit is over, how many stayed away; None while nobody's is."""
        judged = self.came + self.stayed_away
        return round(100 * self.stayed_away / judged) if judged else None

    @property
    def occupancy_percent(self) -> int | None:
        return round(100 * self.seats / self.capacity) if self.capacity else None

    def add(self, other: "Line") -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Report:
    """From `first` to `last`, by day, experience and channel.

    Seats belong to no channel: they stand under NO_CHANNEL. Money that belongs to no known visit stands there too, and
    under the experience None.
    """

    first: dt.date
    last: dt.date
    cells: dict[Place, Line]
    experiences: dict[int, Experience] = field(default_factory=dict)

    @property
    def days(self) -> dict[dt.date, Line]:
        """Every day of the report in order, those on which nothing was among them."""
        dates = (self.first + dt.timedelta(number) for number in range((self.last - self.first).days + 1))
        found = {date: Line() for date in dates}
        for (date, _, _), line in self.cells.items():
            found[date].add(line)
        return found

    @property
    def channels(self) -> dict[str, Line]:
        """By the channel of the bookings; money of no known booking stands last."""
        sums: dict[str, Line] = defaultdict(Line)
        for (_, _, channel), line in sorted(self.cells.items(), key=lambda cell: (not cell[0][2], cell[0][0])):
            if channel or line.in_fen or line.out_fen:
                sums[channel].add(line)
        return dict(sums)

    @property
    def by_experience(self) -> list[tuple[Experience | None, Line]]:
        sums: dict[int | None, Line] = defaultdict(Line)
        for (_, experience, _), line in sorted(self.cells.items(), key=lambda cell: cell[0][0]):
            sums[experience].add(line)
        known = [(experience, sums.pop(pk, Line())) for pk, experience in self.experiences.items()]
        return [*known, *((None, line) for line in sums.values())]

    @property
    def total(self) -> Line:
        whole = Line()
        for line in self.cells.values():
            whole.add(line)
        return whole


def are_known(*days: dt.date) -> bool:
    return all(FIRST_DAY <= day <= LAST_DAY for day in days)


def wrong_with(first: dt.date, last: dt.date) -> str:
    """Why there is no report from `first` to `last`, as a sentence that says what to do; nothing when there is one."""
    if not are_known(first, last):
        return gettext("Name days of the years %(first)s to %(last)s.") % {
            "first": FIRST_DAY.year,
            "last": LAST_DAY.year,
        }
    if last < first:
        return gettext("The last day comes before the first: name them the other way round.")
    return gettext("Name at most a year, from the first day to the last.") if last - first >= MOST else ""


def of_days(first: dt.date, last: dt.date) -> Report:
    """What happened from `first` to `last`."""
    cells: dict[Place, Line] = defaultdict(Line)
    for part in (_bookings, _visitors, _seats, _money):
        for place, line in part(first, last):
            cells[place].add(line)
    experiences = {experience.pk: experience for experience in Experience.objects.all()}
    return Report(first, last, dict(cells), experiences)


def _bookings(first: dt.date, last: dt.date) -> Iterator[tuple[Place, Line]]:
    bookings = Booking.objects.filter(slot__date__range=(first, last), status__in=EXPECTED)
    counted = bookings.order_by().values("slot__date", "slot__experience", "channel").annotate(many=Count("pk"))
    for date, experience, channel, many in counted.values_list("slot__date", "slot__experience", "channel", "many"):
        yield (date, experience, channel), Line(bookings=many)


def _visitors(first: dt.date, last: dt.date) -> Iterator[tuple[Place, Line]]:
    """People of sure bookings; who is missing counts as absent once the visit was judged."""
    tickets = Ticket.objects.filter(booking__slot__date__range=(first, last), booking__status__in=EXPECTED)
    judged = Q(booking__status__in=(Status.ATTENDED, Status.NO_SHOW))
    keys = ("booking__slot__date", "booking__slot__experience", "booking__channel")
    counted = tickets.order_by().values(*keys).annotate(
        expected=Count("pk"), came=Count("check_in"), away=Count("pk", filter=judged & Q(check_in=None))
    )  # fmt: skip
    for date, experience, channel, expected, came, away in counted.values_list(*keys, "expected", "came", "away"):
        yield (date, experience, channel), Line(expected=expected, came=came, stayed_away=away)


def _seats(first: dt.date, last: dt.date) -> Iterator[tuple[Place, Line]]:
    """Seats of slots that were held: a closed one had none to give."""
    slots = Slot.objects.filter(aftermath.was_held(), date__range=(first, last))
    summed = slots.order_by().values("date", "experience").annotate(capacity=Sum("limit"), seats=Sum("taken"))
    for date, experience, capacity, seats in summed.values_list("date", "experience", "capacity", "seats"):
        yield (date, experience, NO_CHANNEL), Line(capacity=capacity, seats=seats)


def _money(first: dt.date, last: dt.date) -> Iterator[tuple[Place, Line]]:
    """The money book itself, so that both agree to the fen: what came in and what went back, by the farm's day.

    Under the channel by which the visit was booked, whoever took the money.
    """
    zone = get_default_timezone()
    begins = dt.datetime.combine(first, dt.time(), zone)
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone)
    number = Substr(OuterRef("payable"), len(PREFIX) + 1, NUMBER_LONG)
    booking = Booking.objects.filter(number=number)
    experience, channel = booking.values("slot__experience")[:1], booking.values("channel")[:1]
    entries = LedgerEntry.objects.filter(at__gte=begins, at__lt=ends, payable__startswith=PREFIX)
    dated = entries.annotate(
        date=TruncDate("at", tzinfo=zone), experience=Subquery(experience), channel=Subquery(channel)
    )
    summed = (
        dated.order_by()
        .values("date", "experience", "channel")
        .annotate(
            in_fen=Sum("amount_fen", filter=Q(amount_fen__gt=0)), out_fen=Sum("amount_fen", filter=Q(amount_fen__lt=0))
        )
    )
    for date, which, by, in_fen, out_fen in summed.values_list("date", "experience", "channel", "in_fen", "out_fen"):
        yield (date, which, by or NO_CHANNEL), Line(in_fen=in_fen or 0, out_fen=-(out_fen or 0))


@dataclass(frozen=True)
class Hour:
    """One slot of a day as the first page of the staff shows it."""

    slot: Slot
    bookings: int
    expected: int
    inside: int
    balance_fen: int


def hours_of(date: dt.date) -> Sequence[Hour]:
    """Who comes at which hour of a day: three queries. Closed slots only when somebody is still expected."""
    slots = list(Slot.objects.filter(date=date).select_related("experience", "day").order_by("starts_at", "pk"))
    tickets = Ticket.objects.filter(booking__slot__date=date, booking__status__in=EXPECTED).order_by()
    people = _by_slot(tickets.values_list("booking__slot").annotate(expected=Count("pk"), inside=Count("check_in")))
    bookings_of_day = Booking.objects.filter(slot__date=date, status__in=EXPECTED).order_by()
    owed = Sum(F("total_fen") + F("fee_fen") - F("credit_fen") - F("paid_fen"))
    money = _by_slot(bookings_of_day.values_list("slot").annotate(many=Count("pk"), owed=owed))
    hours = [Hour(slot, bookings, *people[slot.pk], due) for slot in slots for bookings, due in [money[slot.pk]]]
    return [hour for hour in hours if hour.bookings or not (hour.slot.is_closed or hour.slot.day.is_closed)]


def _by_slot(rows: Iterable[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    found.update({slot: (first, second) for slot, first, second in rows})
    return found
