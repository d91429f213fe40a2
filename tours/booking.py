"""Booking a visit: seats, price and the booking itself, all or nothing; holds that are extended once or let go."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from farm import expiring, idempotency, limited, outbox, payments, rows
from farm.limited import Demand
from farm.refusals import Refused
from farm.security import new_reference
from tours import arrivals, asked, line, refusals, seats, sheets, tickets
from tours.models import Bill, BookedUnit, Booking, BookingEvent, Credit, Question, Slot
from tours.models.bookings import BookingQuerySet
from tours.party import Party, PricedParty, priced
from tours.quotes import Quote, quoted
from tours.sheets import Sheet

EXPIRE_AT_ONCE = 100


@dataclass(frozen=True)
class Contact:
    """Whom the farm can reach about the visit."""

    name: str
    phone: str
    email: str = ""


@dataclass(frozen=True)
class Wish:
    """What a visitor asks for, as it came in. `slot` is its key; `waiver` the version that was accepted."""

    slot: int
    party: Party
    contact: Contact
    plan: str = Booking.Plan.FULL
    answers: tuple[tuple[str, str], ...] = ()
    waiver: str = ""
    notes: str = ""
    credit: str = ""
    channel: str = Booking.Channel.WEB


@dataclass(frozen=True)
class _Checked:
    """A wish that breaks no rule, with what it was checked against."""

    wish: Wish
    quote: Quote
    sheet: Sheet
    credit: Credit | None


def quote(*, slot: int, party: Party, plan: str = Booking.Plan.FULL, credit: str = "", now: dt.datetime) -> Quote:
    """What the party would cost and whether the slot takes it; nothing is held. `credit` is a code, any phone's.

    :raises Refused: for every reason for which `hold` would refuse, but for contact, answers and waiver.
    """
    row = bookable(slot, now)
    sheet = sheets.recent(row.experience_id, now)
    whole = priced(party, slot=row, sheet=sheet)
    if min(row.left, row.day.left) < whole.people:
        left = min(row.left, row.day.left)
        raise refusals.slot_full(row, seats.next_slots(row, whole.people, now), left=left)
    known = Credit.objects.takeable(now).filter(code=credit).first() if credit else None
    return quoted(row, whole, plan, known)


def hold(*, wish: Wish, language: str, key: str, now: dt.datetime, whole: PricedParty | None = None) -> Booking:
    """Hold the party's seats and return the booking; the same `key` with the same wish returns the same one.

    A booking of which nothing is due now is confirmed at once, any other when its bill is paid in time.
    `whole` is a party that the farm accepted before: it comes as it was accepted, whatever the rules are now.

    :raises Refused: with the reason and what to do; nothing was taken. SlotFull names the next times with room.
    """
    request = idempotency.Request(_scope(wish.contact.phone), key, idempotency.fingerprint(wish))
    try:
        return _hold(_checked(wish, whole, now), language, request, now)
    except (Refused, idempotency.AlreadyDone):
        number = idempotency.recall(request)
        if number is None:
            raise
        return Booking.objects.get(number=number)


def is_held_already(phone: str, key: str) -> bool:
    """Whether a wish from this phone was held under this key before."""
    return idempotency.is_known(_scope(phone), key)


def extend(*, booking: Booking, now: dt.datetime) -> Booking:
    """Give a running hold its time once more, once.

    :raises NotPossibleNow: when the hold is over or was extended before.
    """
    longer = booking.longest_hold()
    mine = Booking.objects.held().filter(pk=booking.pk, hold_until__gt=now, was_extended=False)
    with transaction.atomic():
        if not mine.update(hold_until=longer, was_extended=True):
            raise refusals.not_possible(booking)
        booking.log("extended", at=now, by="visitor")
    booking.hold_until, booking.was_extended = longer, True
    return booking


def expire_holds(now: dt.datetime) -> int:
    """Let unpaid bookings go whose hold has ended, a hundred per transaction; return how many.

    One with an open attempt waits for the provider's last word, for a minute: it may have been paid in time.
    """
    return expiring.let_go(_dead_and_told, _expire_some, now, now - payments.LAST_WORD)


def expire(booking: Booking, *, now: dt.datetime) -> bool:
    """Let one unpaid booking go if its hold has ended; False when it was paid, cancelled or let go before."""
    return _expire_some(_dead(now).filter(pk=booking.pk), now) == 1


def confirm(booking: Booking, *, now: dt.datetime, by: str, units: Sequence[BookedUnit] = ()) -> None:
    """Make a held booking sure, with what was paid for it, and give it its tickets. Call inside a transaction.

    `units`, with their ticket types, saves looking for them.

    :raises WrongState: when it is no longer held.
    """
    booking.move(
        Booking.Status.CONFIRMED,
        at=now,
        by=by,
        confirmed_at=now,
        paid_fen=booking.paid_fen,
        issue=tickets.FIRST,
    )
    tickets.issue_first(booking, units or asked.units(booking))
    outbox.publish("booking.confirmed", at=now, number=booking.number)


def bookable(slot: int, now: dt.datetime) -> Slot:
    """The slot, if visitors may still book it; full ones too.

    :raises UnknownSlot, SlotRefused: unknown, off sale, closed or past its cut-off.
    """
    return _open(rows.first(asked.slot_with_day, slot), now)


def kept(slot: int, now: dt.datetime) -> Slot:
    """The slot for a party whose seats are kept in it: it may be off sale by now.

    :raises UnknownSlot, SlotRefused: unknown, closed or past its cut-off.
    """
    return _to_come(rows.first(asked.slot_with_day, slot), now)


def units_of(booking: Booking, party: PricedParty) -> list[BookedUnit]:
    """One row per ticket of the party, not yet saved."""
    return [
        BookedUnit(booking=booking, ticket_type=part.ticket_type, price_fen=part.price_fen, people=part.people)
        for part in party.lines
        for _ in range(part.quantity)
    ]


def _scope(phone: str) -> str:
    return idempotency.scope_of("booking", phone)


@transaction.atomic
def _hold(checked: _Checked, language: str, request: idempotency.Request, now: dt.datetime) -> Booking:
    wish = checked.wish
    if wish.plan == Booking.Plan.ARRIVAL:
        arrivals.check(wish.contact.phone, now)
    booking = _booking(checked, language, now)
    idempotency.remember(request, subject=booking.number, now=now)
    rows.insert_one(booking)
    rows.insert(units_of(booking, checked.quote.party))
    booking.log("held", at=now, by="visitor")
    more = [Demand(checked.credit, booking.credit_fen)] if checked.credit and booking.credit_fen else []
    due_fen = checked.quote.due_now_fen
    if due_fen:
        why = Bill.Why.DEPOSIT if wish.plan == Booking.Plan.DEPOSIT else Bill.Why.FULL
        rows.insert([Bill(booking=booking, number=1, why=why, amount_fen=due_fen, made_at=now)])
    seats.take(checked.quote.slot, booking.people, holder=booking.holder, why="held", now=now, more=more)
    if not due_fen:
        confirm(booking, now=now, by="visitor")
    return booking


def _open(row: Slot | None, now: dt.datetime) -> Slot:
    if row is None or not row.experience.is_on_sale:
        raise refusals.unknown_slot()
    return _to_come(row, now)


def _to_come(row: Slot | None, now: dt.datetime) -> Slot:
    if row is None:
        raise refusals.unknown_slot()
    if row.is_closed or row.day.is_closed:
        raise refusals.slot_closed(row)
    if now >= row.cut_off_at:
        raise refusals.past_cut_off(row)
    return row


def _checked(wish: Wish, whole: PricedParty | None, now: dt.datetime) -> _Checked:
    row = (_to_come if whole else _open)(sheets.slot(wish.slot), now)
    sheet = sheets.recent(row.experience_id, now)
    whole = whole or priced(wish.party, slot=row, sheet=sheet)
    _check_answers(dict(wish.answers), sheet.questions)
    if sheet.waiver and wish.waiver != sheet.waiver.version:
        raise refusals.waiver_not_accepted(sheet.waiver)
    credit = _credit(wish, now) if wish.credit else None
    return _Checked(wish, quoted(row, whole, wish.plan, credit), sheet, credit)


def _check_answers(answers: Mapping[str, str], questions: tuple[Question, ...]) -> None:
    if unknown := sorted(answers.keys() - {question.code for question in questions}):
        raise refusals.unknown_question(unknown[0], questions)
    for question in questions:
        answer = answers.get(question.code, "").strip()
        if question.is_required and not answer:
            raise refusals.no_answer(question)
        if answer and question.choices and answer not in {choice["code"] for choice in question.choices}:
            raise refusals.bad_answer(question)


def _credit(wish: Wish, now: dt.datetime) -> Credit:
    credit = Credit.objects.takeable(now).filter(code=wish.credit, phone=wish.contact.phone).first()
    if credit is None or credit.left == 0:
        raise refusals.unknown_credit()
    return credit


def _booking(checked: _Checked, language: str, now: dt.datetime) -> Booking:
    wish, found = checked.wish, checked.quote
    return Booking(
        number=new_reference("BV"),
        slot=found.slot,
        channel=wish.channel,
        plan=wish.plan,
        name=wish.contact.name,
        phone=wish.contact.phone,
        email=wish.contact.email,
        language=language,
        answers={code: answer.strip() for code, answer in wish.answers if answer.strip()},
        notes=wish.notes,
        waiver=checked.sheet.waiver,
        waiver_accepted_at=now if checked.sheet.waiver else None,
        terms=found.terms,
        deposit_percent=found.slot.experience.deposit_percent if wish.plan == Booking.Plan.DEPOSIT else 0,
        people=found.party.people,
        total_fen=found.total_fen,
        credit_fen=found.credit_fen,
        held_at=now,
        hold_until=now + dt.timedelta(minutes=settings.BOOKING_HOLD_MINUTES),
    )


def _dead(now: dt.datetime) -> BookingQuerySet:
    return Booking.objects.with_a_dead_hold(now)


def _dead_and_told(now: dt.datetime, since: dt.datetime) -> BookingQuerySet:
    return _dead(now).told_of(since)


@transaction.atomic
def _expire_some(dead: BookingQuerySet, now: dt.datetime) -> int:
    """Expire up to a hundred of `dead`; the rows are held still, so a payment racing for one finds it gone."""
    found = dead.order_by("hold_until", "pk").select_for_update(skip_locked=True, of=("self",)).select_related("slot")
    bookings = list(found[:EXPIRE_AT_ONCE])
    if not bookings:
        return 0
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(status=Booking.Status.EXPIRED)
    rows.insert(
        [BookingEvent(booking=booking, at=now, what=Booking.Status.EXPIRED, by="system") for booking in bookings]
    )
    Bill.objects.filter(booking__in=bookings, paid_at=None).update(voided_at=now)
    limited.release([booking.holder for booking in bookings], why="expired", now=now)
    line.offer_freed([booking.slot for booking in bookings], now=now)
    return len(bookings)
