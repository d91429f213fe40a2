"""Who comes on a day: by slot, with headcounts, what the guide must know, what is to be paid, and who is in."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from farm.models import Movement
from tours.models import Booking, Question, Slot, Ticket

PREFIX = "booking:"
CHECK_IN, WHOLE_NAMES = "tours.check_in", "tours.view_visitors"
EXPECTED = (Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW)


@dataclass(frozen=True)
class Guests:
    """One booking on the day's list. `answers` are words of question and answer that the guide must read."""

    booking: Booking
    tickets: tuple[Ticket, ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many of each ticket type were booked, in the reader's language: a family of four is one."""
        return dict(Counter({ticket.unit_id: ticket.unit.ticket_type.name for ticket in self.tickets}.values()))

    @property
    def to_know(self) -> tuple[str, ...]:
        """What the guide reads of the party, the same wherever the list is shown; `may_know` says to whom."""
        return _words(self.booking, self.answers)

    @property
    def expected(self) -> int:
        return len(self.tickets)

    @property
    def inside(self) -> int:
        return sum(ticket.check_in_id is not None for ticket in self.tickets)


@dataclass(frozen=True)
class SlotList:
    """Everybody who comes to one slot."""

    slot: Slot
    guests: tuple[Guests, ...]

    @property
    def kinds(self) -> Mapping[str, int]:
        return dict(sum((Counter(guests.kinds) for guests in self.guests), Counter()))

    @property
    def expected(self) -> int:
        return sum(guests.expected for guests in self.guests)

    @property
    def inside(self) -> int:
        return sum(guests.inside for guests in self.guests)

    @property
    def balance_fen(self) -> int:
        return sum(guests.booking.balance_fen for guests in self.guests)


def may_know(reader: Any) -> bool:
    """Allergies and notes are for those who meet the party: who lets visitors in, or may see all of them anyway."""
    return bool(reader.has_perm(CHECK_IN) or reader.has_perm(WHOLE_NAMES))


def to_know(booking: Booking) -> tuple[str, ...]:
    """What the guide must know of one party; `booking` comes with its slot. One query."""
    asked = _questions([booking.slot.experience_id])
    return _words(booking, _answers(booking, asked[booking.slot.experience_id]))


def of_day(date: dt.date) -> list[SlotList]:
    """The day's slots with their guests, as `of_slots` tells them."""
    return of_slots(Slot.objects.filter(date=date))


def of_slots(slots: QuerySet[Slot]) -> list[SlotList]:
    """The slots with their guests, in order of time; closed slots only when somebody is still expected.

    Four queries whatever the number of guests.
    """
    in_order = list(slots.select_related("experience", "day").order_by("starts_at", "pk"))
    guests = _guests(in_order)
    return [SlotList(slot, tuple(guests[slot.pk])) for slot in in_order if guests[slot.pk] or not slot.is_closed]


def gone_from(slots: QuerySet[Slot]) -> Sequence[Booking]:
    """Bookings that had seats in the slots and have none now, though their tickets still say so: cancelled or moved.

    The movements know who ever held a seat. Two queries.
    """
    left = list(slots.only("pk"))
    counters = [slot.counter for slot in left]
    holders = Movement.objects.filter(counter__in=counters, holder__startswith=PREFIX).values_list("holder", flat=True)
    numbers = Substr("holder", len(PREFIX) + 1)
    ever = holders.order_by().distinct().annotate(number=numbers).values("number")
    moved = Q(status__in=EXPECTED) & ~Q(slot__in=left)
    return list(Booking.objects.filter(Q(status=Booking.Status.CANCELLED) | moved, number__in=ever).order_by("pk"))


def _guests(slots: Iterable[Slot]) -> dict[int, list[Guests]]:
    by_slot = {slot.pk: slot for slot in slots}
    questions = _questions(slot.experience_id for slot in by_slot.values())
    bookings = list(Booking.objects.filter(slot__in=by_slot, status__in=EXPECTED).order_by("name", "pk"))
    tickets = _tickets(bookings)
    found: dict[int, list[Guests]] = defaultdict(list)
    for booking in bookings:
        booking.slot = by_slot[booking.slot_id]
        asked = questions[booking.slot.experience_id]
        found[booking.slot_id].append(Guests(booking, tuple(tickets[booking.pk]), _answers(booking, asked)))
    return found


def _questions(experiences: Iterable[int]) -> dict[int, list[Question]]:
    asked: dict[int, list[Question]] = defaultdict(list)
    for question in Question.objects.filter(experience__in=set(experiences), is_on_manifest=True):
        asked[question.experience_id].append(question)
    return asked


def _tickets(bookings: Iterable[Booking]) -> dict[int, list[Ticket]]:
    of_booking: dict[int, list[Ticket]] = defaultdict(list)
    tickets = Ticket.objects.filter(booking__in=bookings).select_related("unit__ticket_type").order_by("pk")
    for ticket in tickets:
        of_booking[ticket.booking_id].append(ticket)
    return of_booking


def _answers(booking: Booking, asked: Iterable[Question]) -> tuple[tuple[str, str], ...]:
    given = ((question, booking.answers.get(question.code, "")) for question in asked)
    return tuple((question.words, question.answer_words(answer)) for question, answer in given if answer)


def _words(booking: Booking, answers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    told = tuple(f"{question}: {answer}" for question, answer in answers)
    return (*told, booking.notes) if booking.notes else told
