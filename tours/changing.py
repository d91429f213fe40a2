"""A visitor changes the party, the time or the day alone: new seats are taken before the old ones are given back."""

import contextlib
import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from farm import outbox, payments, rows
from farm.limited import LedgerBroken
from farm.money import share
from farm.security import new_reference
from farm.states import WrongState
from tours import asked, changed, line, money, refusals, seats, sheets, tickets
from tours import booking as holding
from tours.models import Bill, Booking, Credit, Rebooking, Slot, TicketType
from tours.party import Kept, Party, PartyLine, PricedParty, booked, priced
from tours.sheets import Sheet

log = logging.getLogger(__name__)

EXPIRE_AT_ONCE = 100


@dataclass(frozen=True)
class Change:
    """What a change would make of a booking: money in fen, `refund_fen` by the terms, `fee_fen` kept by them.

    `credit_back_fen` goes back to the credit that the booking was paid with, good until `credit_until` at least.
    `best_percent` is the most that can go back afterwards; who is moved by the farm begins anew.
    """

    booking: Booking
    slot: Slot
    party: PricedParty
    difference_fen: int
    refund_fen: int
    fee_fen: int
    credit_back_fen: int = 0
    best_percent: int = 100
    credit_until: dt.date | None = None

    @property
    def due_first_fen(self) -> int:
        """What of the difference must come before the change is made: all of it, or what a larger deposit lacks."""
        plan, percent = self.booking.plan, self.booking.deposit_percent
        if plan == Booking.Plan.ARRIVAL or not self.difference_fen:
            return 0
        later_fen = self.party.total_fen - share(self.party.total_fen, percent)
        return max(0, self.difference_fen - later_fen) if plan == Booking.Plan.DEPOSIT else self.difference_fen

    @property
    def due_later_fen(self) -> int:
        return self.difference_fen - self.due_first_fen

    @property
    def must_be_paid_first(self) -> bool:
        return self.due_first_fen > 0

    @property
    def loses_terms(self) -> bool:
        """Whether less than before goes back of a later cancelling: who moves late stays late."""
        booked = max((tier["percent"] for tier in self.booking.terms_left), default=0)
        return self.best_percent < booked

    @property
    def more_seats(self) -> int:
        """How many seats it needs beside those the booking has; those of its own slot count on."""
        is_same_slot = self.slot.pk == self.booking.slot_id
        return max(0, self.party.people - self.booking.people) if is_same_slot else self.party.people

    @property
    def has_room(self) -> bool:
        """Whether the slot and its day had room when they were read."""
        gives_back = self.slot.day_id == self.booking.slot.day_id and not self.must_be_paid_first
        more_of_day = min(self.more_seats, self.party.people - self.booking.people) if gives_back else self.more_seats
        return self.slot.left >= self.more_seats and self.slot.day.left >= more_of_day


def party_of(booking: Booking) -> Party:
    """Who comes by the booking as it is now."""
    tickets_of: dict[str, int] = {}
    for unit in asked.units(booking):
        tickets_of[unit.ticket_type.code] = tickets_of.get(unit.ticket_type.code, 0) + 1
    return Party.of(tickets_of)


def preview(*, booking: Booking, slot: int, party: Party, now: dt.datetime) -> Change:
    """What the change would cost or give back; nothing is changed.

    :raises Refused: for every reason for which `change` would refuse.
    """
    _refuse_change(booking, now)
    planned = _planned(booking, _target(booking, slot, now), party, now)
    if not planned.has_room:
        left = min(planned.slot.left, planned.slot.day.left)
        following = seats.next_slots(planned.slot, planned.party.people, now)
        raise refusals.slot_full(planned.slot, following, left=left)
    return planned


@transaction.atomic
def change(*, booking: Booking, slot: int, party: Party, by: str, now: dt.datetime) -> Booking | Rebooking:
    """Change a sure booking until the cut-off of its slot; the changed booking, or what waits for the difference.

    A change of which something is due first holds its new seats beside the old ones until that is paid.

    :raises Refused: full, closed, past the cut-off, a broken rule of the party; everything stays as it was.
    """
    booking = asked.locked(booking)
    _refuse_change(booking, now)
    planned = _planned(booking, _target(booking, slot, now), party, now)
    if planned.must_be_paid_first:
        return _hold_change(planned, by, now)
    return _apply(planned, by, now)


@transaction.atomic
def move(*, booking: Booking, slot: Slot, by: str, now: dt.datetime) -> Booking:
    """Move the party as it is to another slot at the prices it was booked for: the farm's doing, after rain.

    `booking` is locked by the caller and also keeps nothing of what else it held.

    :raises SlotFull: when the new seats are not there; everything stays as it was.
    """
    return _apply(Change(booking, slot, booked(asked.units(booking)), 0, 0, 0), by, now)


@transaction.atomic
def drop(*, rebooking: Rebooking, by: str, now: dt.datetime) -> None:
    """Give up a change that waits for its payment; the booking stays as it was.

    :raises WrongState: when it was paid or ended before.
    """
    _end(asked.locked(rebooking.booking), rebooking, Rebooking.Status.DROPPED, by, now)


def drop_open(booking: Booking, *, now: dt.datetime) -> None:
    """Give up what waits for its payment of a booking that the caller has locked."""
    for rebooking in asked.open_changes(booking):
        _end(booking, rebooking, Rebooking.Status.DROPPED, "system", now)


def complete(rebooking: Rebooking, booking: Booking, *, now: dt.datetime) -> Booking:
    """The difference is paid: the new seats stay, the old ones go. Call in the transaction that books the money."""
    rebooking.move(Rebooking.Status.DONE, at=now, by="visitor")
    slot = Slot.objects.select_related("experience", "day").get(pk=rebooking.slot_id)
    best_percent = _best_percent(booking, slot, rebooking.held_at)
    return _apply(Change(booking, slot, new_party(rebooking), 0, 0, 0, 0, best_percent), "visitor", now)


def new_party(rebooking: Rebooking) -> PricedParty:
    """Who is to come by a change that waits for its payment."""
    kinds = TicketType.objects.filter(experience=rebooking.slot.experience_id, code__in=rebooking.party)
    prices, seats_of = rebooking.prices, rebooking.seats
    return PricedParty(
        tuple(
            PartyLine(kind, rebooking.party[kind.code], prices[kind.code], seats_of.get(kind.code, kind.people))
            for kind in kinds
        )
    )


def expire_changes(now: dt.datetime) -> int:
    """Let changes go that were not paid in time, and of which no provider has a last word to say; return how many."""
    return sum(_expire(rebooking, now) for rebooking in rows.read(_dead, now, now - payments.LAST_WORD))


def _dead(now: dt.datetime, since: dt.datetime) -> QuerySet[Rebooking]:
    dead = Rebooking.objects.with_a_dead_hold(now).told_of(since).order_by("hold_until", "pk")
    return dead.select_related("booking")[:EXPIRE_AT_ONCE]


def _refuse_change(booking: Booking, now: dt.datetime) -> None:
    if booking.status != Booking.Status.CONFIRMED or booking.slot.is_closed or booking.slot.day.is_closed:
        raise refusals.not_possible(booking)
    if now >= booking.slot.cut_off_at or asked.has_come(booking):
        raise refusals.too_late(booking)
    if asked.open_changes(booking):
        raise refusals.change_waits(booking)
    if asked.open_offers(booking):
        raise refusals.not_possible(booking)  # the closure was undone: first the sweep frees what was kept for it


def _target(booking: Booking, slot: int, now: dt.datetime) -> Slot:
    target = holding.bookable(slot, now)
    if target.experience_id != booking.slot.experience_id:
        raise refusals.unknown_slot()
    return target


def _planned(booking: Booking, slot: Slot, party: Party, now: dt.datetime) -> Change:
    before = party_of(booking)
    if slot.pk == booking.slot_id and party == before:
        raise refusals.same_as_before(booking)
    sheet = sheets.for_change(booking, now)
    _refuse_more_of_what_is_gone(party, before, sheets.recent(slot.experience_id, now))
    whole = priced(party, slot=slot, sheet=sheet, kept=_kept(booking, slot))
    owed_fen = whole.total_fen + booking.fee_fen
    had_fen = booking.paid_fen + booking.credit_fen
    spare_fen = max(0, had_fen - owed_fen)
    coming = party.as_dict()
    gives_up = any(coming.get(code, 0) < quantity for code, quantity in before.tickets)
    back_fen = spare_fen * booking.refund_percent(now) // 100 if gives_up else spare_fen
    refund_fen = min(back_fen, booking.paid_fen)
    return Change(
        booking,
        slot,
        whole,
        difference_fen=max(0, owed_fen - had_fen),
        refund_fen=refund_fen,
        fee_fen=spare_fen - back_fen,
        credit_back_fen=back_fen - refund_fen,
        best_percent=_best_percent(booking, slot, now),
        credit_until=Credit.back_until(now),
    )


def _refuse_more_of_what_is_gone(party: Party, before: Party, sheet: Sheet) -> None:
    """Tickets that are offered no longer may be kept or given up."""
    had = before.as_dict()
    for code, quantity in party.tickets:
        if code not in sheet.ticket_types and quantity > had.get(code, 0):
            raise refusals.unknown_ticket_type(code)


def _best_percent(booking: Booking, slot: Slot, now: dt.datetime) -> int:
    """What may still go back after the visitor's move: moving away from a near slot wins nothing back."""
    return booking.best_percent if slot.pk == booking.slot_id else booking.refund_percent(now)


def _kept(booking: Booking, slot: Slot) -> Kept:
    """What tickets were booked for counts on, unless the new time has other prices; the seats they take anyway."""
    units = {unit.ticket_type.code: unit for unit in asked.units(booking)}
    has_same_prices = slot.price_list_id == booking.slot.price_list_id
    return Kept(
        prices={code: unit.price_fen for code, unit in units.items()} if has_same_prices else {},
        seats={code: unit.people for code, unit in units.items()},
    )


def _apply(planned: Change, by: str, now: dt.datetime) -> Booking:
    booking = planned.booking
    if asked.has_come(booking):
        raise refusals.too_late(booking)  # new tickets would let in again who is in
    left = seats.exchange(
        planned.slot,
        planned.party.people,
        holder=booking.holder,
        why="changed",
        now=now,
        credit_back_fen=planned.credit_back_fen,
    )
    facts = changed.facts(was=booking.slot, now=planned.slot, before=booked(asked.units(booking)), after=planned.party)
    booking.units.all().delete()
    rows.insert(holding.units_of(booking, planned.party))
    booking.slot, booking.people, booking.total_fen = planned.slot, planned.party.people, planned.party.total_fen
    booking.fee_fen += planned.fee_fen
    booking.credit_fen -= planned.credit_back_fen
    booking.best_percent = planned.best_percent
    booking.save(update_fields=["slot", "people", "total_fen", "fee_fen", "credit_fen", "best_percent"])
    tickets.issue(booking, now=now)
    booking.log("changed", at=now, by=by, **facts)
    if planned.refund_fen:
        money.send_back(booking, planned.refund_fen, why=f"changed {booking.issue}", now=now)
    outbox.publish("booking.changed", at=now, number=booking.number)
    line.offer_freed(left, now=now)
    return booking


def _hold_change(planned: Change, by: str, now: dt.datetime) -> Rebooking:
    booking = planned.booking
    bill = money.open_bill(booking, why=Bill.Why.DIFFERENCE, amount_fen=planned.due_first_fen, now=now)
    rebooking = Rebooking(
        number=new_reference("BC"),
        booking=booking,
        slot=planned.slot,
        party={part.ticket_type.code: part.quantity for part in planned.party.lines},
        prices={part.ticket_type.code: part.price_fen for part in planned.party.lines},
        seats=planned.party.seats,
        people=planned.party.people,
        total_fen=planned.party.total_fen,
        bill=bill,
        held_at=now,
        hold_until=now + dt.timedelta(minutes=settings.BOOKING_HOLD_MINUTES),
    )
    rows.insert_one(rebooking)
    rebooking.log("held", at=now, by=by)
    if planned.more_seats:
        seats.take(planned.slot, planned.more_seats, holder=booking.holder, why="change held", now=now)
    return rebooking


def _expire(rebooking: Rebooking, now: dt.datetime) -> bool:
    """One transaction each; False when its money was faster, or where a broken ledger keeps what it holds."""
    try:
        with contextlib.suppress(WrongState), transaction.atomic():
            _end(asked.locked(rebooking.booking), rebooking, Rebooking.Status.EXPIRED, "system", now)
            return True
    except LedgerBroken as error:
        log.error("change %s keeps what it holds until its ledger is mended: %s", rebooking.pk, error)
    return False


def _end(booking: Booking, rebooking: Rebooking, to: str, by: str, now: dt.datetime) -> None:
    """The change is over and the booking, locked by the caller, keeps the seats it had."""
    rebooking.move(to, at=now, by=by)
    Bill.objects.filter(pk=rebooking.bill_id, paid_at=None).update(voided_at=now)
    left = seats.exchange(booking.slot, booking.people, holder=booking.holder, why=str(to), now=now)
    line.offer_freed(left, now=now)
