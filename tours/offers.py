"""What one party of a closed slot may choose, and what its choice does. Each function is one transaction."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from farm import limited, outbox, rows
from farm.refusals import Refused
from farm.security import new_reference
from tours import asked, cancelling, changing, line, refusals, seats, waiting
from tours import booking as holding
from tours.models import Booking, Closure, ClosureOffer, Credit, Slot, WaitingParty

ALTERNATIVES = 3
LOOK_AHEAD = dt.timedelta(days=30)
Status = ClosureOffer.Status


class AnswerTooLate(Refused):
    code = "answer_too_late"
    conflict = True


def make(closure: Closure, booking: Booking, *, now: dt.datetime) -> bool:
    """Offer the party other slots, with its seats kept in each, and tell it once. False when it has its offer."""
    try:
        with transaction.atomic():
            closure = _still(closure)
            booking = asked.locked(booking)
            if closure.status != Closure.Status.OPEN or booking.status != Booking.Status.CONFIRMED:
                return False
            changing.drop_open(booking, now=now)
            offer = ClosureOffer.objects.create(closure=closure, booking=booking)
            offer.log("waiting", at=now)
            offer.alternatives.set(_keep_seats(booking, now))
            outbox.publish("booking.rained_out", at=now, number=booking.number, offer=offer.pk)
    except IntegrityError:  # another worker made it at the same moment
        return False
    return True


@transaction.atomic
def choose_slot(*, offer: ClosureOffer, slot: int, by: str, now: dt.datetime) -> Booking:
    """Move the party to another slot; one of the offered ones has its seats kept.

    :raises AnswerTooLate: after the deadline, an answer or an undone closure.
    :raises Refused: for a slot that is closed, past its cut-off or full; the offer stays.
    """
    offer, booking = _open(offer, now)
    is_kept = offer.alternatives.filter(pk=slot).exists()
    target = holding.kept(slot, now) if is_kept else holding.bookable(slot, now)
    if target.experience_id != booking.slot.experience_id:
        raise refusals.unknown_slot()
    offer.move(Status.MOVED, at=now, by=by)
    return changing.move(booking=booking, slot=target, by=by, now=now)


@transaction.atomic
def choose_refund(*, offer: ClosureOffer, by: str, now: dt.datetime) -> Booking:
    """All the money goes back.

    :raises AnswerTooLate: after the deadline, an answer or an undone closure.
    """
    offer, booking = _open(offer, now)
    return _refund(offer, booking, by, now)


@transaction.atomic
def choose_credit(*, offer: ClosureOffer, by: str, now: dt.datetime) -> Credit | None:
    """A credit for another visit within a year, over all that was paid; None when nothing was.

    :raises AnswerTooLate: after the deadline, an answer or an undone closure.
    """
    offer, booking = _open(offer, now)
    return _credit(offer, booking, by, now)


@transaction.atomic
def answer_for(offer: ClosureOffer, *, now: dt.datetime) -> bool:
    """The deadline is over: the farm's default happens, or nothing to a party that was let in all the same.

    False when the party was faster.
    """
    offer, booking = _locked(offer)
    if offer.status != Status.WAITING:
        return False
    if booking.status != Booking.Status.CONFIRMED or asked.has_come(booking):
        _keep_own(offer, booking, now)
        return True
    if offer.closure.otherwise == Closure.Otherwise.CREDIT:
        _credit(offer, booking, "system", now)
    else:
        _refund(offer, booking, "system", now)
    return True


@transaction.atomic
def take_back(offer: ClosureOffer, *, now: dt.datetime) -> bool:
    """The closure was undone: the party keeps its own slot and hears that it is held after all.

    Of a slot that is shut again, or whose whole day is, it hears what the other closure offers.
    """
    offer, booking = _locked(offer)
    if offer.status != Status.WAITING:
        return False
    _keep_own(offer, booking, now)
    if not (booking.slot.is_closed or booking.slot.day.is_closed):
        outbox.publish("booking.rain_undone", at=now, number=booking.number, offer=offer.pk)
    return True


def spoiled(now: dt.datetime) -> Q:
    """Of an offer: one of its alternatives can no longer be chosen: its bookings have closed, or it was closed too."""
    closed = Q(alternatives__is_closed=True) | Q(alternatives__day__is_closed=True)
    return Q(alternatives__cut_off_at__lte=now) | closed


@transaction.atomic
def free_spoiled(offer: ClosureOffer, *, now: dt.datetime) -> bool:
    """Seats in alternatives that can no longer be chosen are free for others. False: answered meanwhile.

    What rain took from the party a second time is made good by other times, as far as there are some.
    """
    offer, booking = _locked(offer)
    if offer.status != Status.WAITING:
        return False
    coming = list(offer.alternatives.filter(cut_off_at__gt=now).select_related("day"))
    kept = [slot for slot in coming if not (slot.is_closed or slot.day.is_closed)]
    left = _hold_only([booking.slot, *kept], booking, now)
    offer.alternatives.set(kept if kept == coming else _keep_seats(booking, now, beside=kept))
    line.offer_freed(left, now=now)
    return True


def end_hold(booking: Booking, *, reason: str, now: dt.datetime) -> None:
    """An unpaid hold of a closed slot ends; money that still comes goes back by itself."""
    try:
        cancelling.cancel_for_the_farm(booking=booking, by="system", reason=reason, now=now)
    except Refused:  # it was paid or ended at this moment: the next sweep sees what it is then
        return


def end_wait(party: WaitingParty, *, now: dt.datetime) -> None:
    """Nobody waits for a closed slot."""
    waiting.let_go(party=party, now=now)


def _keep_own(offer: ClosureOffer, booking: Booking, now: dt.datetime) -> None:
    """The party stays where it is; what else was kept for it is free."""
    offer.move(Status.UNDONE, at=now)
    left = seats.exchange(booking.slot, booking.people, holder=booking.holder, why="rain undone", now=now)
    line.offer_freed(left, now=now)


def _keep_seats(booking: Booking, now: dt.datetime, beside: Sequence[Slot] = ()) -> Sequence[Slot]:
    """Take the party's seats in up to three later slots beside its own; fewer when others are faster.

    Those in which it holds seats already stand in `beside` and count; all that are kept now come back.
    """
    found = seats.next_slots(booking.slot, booking.people, now)
    new = [slot for slot in found if slot not in beside and slot.starts_at <= now + LOOK_AHEAD]
    chosen = new[: ALTERNATIVES - len(beside)]
    while chosen:
        try:
            with transaction.atomic():
                _hold_only([booking.slot, *beside, *chosen], booking, now)
        except limited.SoldOut as gone:
            chosen = [slot for slot in chosen if gone.row not in (slot, slot.day)]
        else:
            break
    return [*beside, *chosen]


def _hold_only(slots: Sequence[Slot], booking: Booking, now: dt.datetime) -> list[Slot]:
    """Let the booking hold its seats in exactly these slots; return those in which it held some before."""
    wanted = [demand for slot in slots for demand in seats.demands(slot, booking.people)]
    held = [demand for demand in limited.held_by(booking.holder) if not isinstance(demand.row, Credit)]
    limited.exchange(wanted, held, holder=booking.holder, why="rain", now=now)
    return [demand.row for demand in held if isinstance(demand.row, Slot)]


def _refund(offer: ClosureOffer, booking: Booking, by: str, now: dt.datetime) -> Booking:
    offer.move(Status.REFUNDED, at=now, by=by)
    return cancelling.cancel_for_the_farm(booking=booking, by=by, reason=offer.closure.reason_en, now=now)


def _credit(offer: ClosureOffer, booking: Booking, by: str, now: dt.datetime) -> Credit | None:
    offer.move(Status.CREDITED, at=now, by=by)
    worth_fen = booking.paid_fen + booking.credit_fen
    cancelling.cancel_for_credit(booking=booking, by=by, reason=offer.closure.reason_en, now=now)
    if not worth_fen:
        return None
    credit = Credit.objects.create(
        code=new_reference("CR"),
        phone=booking.phone,
        why=f"{booking.number}: {offer.closure.reason_en}"[:60],
        given_at=now,
        expires_on=Credit.good_until(now),
        limit=worth_fen,
    )
    outbox.publish("credit.given", at=now, code=credit.code, number=booking.number)
    return credit


def _open(offer: ClosureOffer, now: dt.datetime) -> tuple[ClosureOffer, Booking]:
    offer, booking = _locked(offer)
    if (
        offer.status != Status.WAITING
        or offer.closure.status != Closure.Status.OPEN
        or now >= offer.closure.answer_until
    ):
        raise AnswerTooLate(_("This choice is over."), advice=_("Reload the booking's page to see what became of it."))
    return offer, booking


def _locked(offer: ClosureOffer) -> tuple[ClosureOffer, Booking]:
    """The offer and its booking as they are now; an undo of the closure waits until this answer is written."""
    closure = _still(offer.closure)
    booking = asked.locked(offer.booking)
    offer = ClosureOffer.objects.get(pk=offer.pk)
    offer.closure = closure
    return offer, booking


def _still(closure: Closure) -> Closure:
    """The closure as it is now, held until commit: always before bookings, which come before counters."""
    return rows.one(_locked_closure, closure.pk)


def _locked_closure(pk: int) -> QuerySet[Closure]:
    return Closure.objects.select_for_update().filter(pk=pk)
