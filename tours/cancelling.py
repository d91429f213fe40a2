"""Giving a booking up: by the visitor by the terms shown before payment, or by the farm with all the money."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from farm import limited, outbox
from farm.limited import Demand
from farm.states import WrongState
from tours import asked, line, money, refusals, tickets
from tours.models import Booking, ClosureOffer, Credit, Rebooking, Slot

Share = tuple[int, int]
"""How many percent go back of what was given, and how many fen of it are out of the question."""
EVERYTHING: Share = (100, 0)
NOTHING: Share = (0, 0)


@dataclass(frozen=True)
class Return:
    """What cancelling at this moment would give back, in fen, and what the farm would keep by the frozen terms.

    The credit to which something goes back is good until `credit_until` at least.
    """

    percent: int
    money_fen: int
    credit_fen: int
    fee_fen: int
    credit_until: dt.date


def preview(*, booking: Booking, now: dt.datetime) -> Return:
    """What `cancel` would give back now; nothing is changed. `booking` comes with its slot and day.

    :raises TooLate, NotPossibleNow: when `cancel` would.
    """
    if booking.status not in Booking.TO_COME:
        raise refusals.not_possible(booking)
    percent, kept_fen = _terms(booking, now)
    money_fen, credit_fen = _back_fen(booking, percent, kept_fen)
    fee_fen = booking.paid_fen + booking.credit_fen - money_fen - credit_fen
    return Return(percent, money_fen, credit_fen, fee_fen, _credit_until(booking, now))


@transaction.atomic
def cancel(*, booking: Booking, by: str, reason: str = "", now: dt.datetime) -> Booking:
    """Cancel a booking until its slot begins; what the frozen terms give back goes back by itself.

    A slot that the farm closed gives everything back, whatever the terms say. A credit that paid for it may have run
    out since: it can be used for a while again.

    :raises TooLate: once the slot has begun or somebody of the party was let in.
    :raises NotPossibleNow: when it is no longer held or sure.
    """
    booking = asked.locked(booking)
    if booking.status == Booking.Status.ATTENDED:
        raise refusals.not_possible(booking)
    return _cancel(booking, _terms(booking, now), by, reason, _credit_until(booking, now), now)


@transaction.atomic
def cancel_for_the_farm(*, booking: Booking, by: str, reason: str, now: dt.datetime) -> Booking:
    """Cancel a booking at any time until somebody is let in; all of its money goes back.

    A credit that paid for it is good for a year again: it may have run out since.

    :raises NotPossibleNow: when it is no longer held or sure, or the party has come.
    """
    booking = asked.locked(booking)
    if asked.has_come(booking):
        raise refusals.too_late(booking)
    return _cancel(booking, EVERYTHING, by, reason, Credit.good_until(now), now)


@transaction.atomic
def cancel_for_credit(*, booking: Booking, by: str, reason: str, now: dt.datetime) -> Booking:
    """Cancel a booking whose money the farm keeps, for a credit that the caller gives over all of it.

    :raises NotPossibleNow: when it is no longer held or sure, or the party has come.
    """
    booking = asked.locked(booking)
    if asked.has_come(booking):
        raise refusals.too_late(booking)
    return _cancel(booking, NOTHING, by, reason, Credit.good_until(now), now)


def _back_fen(booking: Booking, percent: int, kept_fen: int) -> tuple[int, int]:
    """How much money and how much credit go back, in fen, when `percent` of what was given beyond `kept_fen` does."""
    back_fen = max(0, booking.paid_fen + booking.credit_fen - kept_fen) * percent // 100
    money_fen = min(booking.paid_fen, back_fen)
    return money_fen, back_fen - money_fen


def _terms(booking: Booking, now: dt.datetime) -> Share:
    """What goes back when the visitor cancels now; never of a fee that an earlier change has cost.

    :raises TooLate: once the slot has begun or somebody of the party was let in.
    """
    if booking.status == Booking.Status.CONFIRMED and (now >= booking.slot.starts_at or asked.has_come(booking)):
        raise refusals.too_late(booking)
    is_free = booking.status == Booking.Status.HELD or booking.slot.is_shut(now)
    return EVERYTHING if is_free else (booking.refund_percent(now), booking.fee_fen)


def _credit_until(booking: Booking, now: dt.datetime) -> dt.date:
    """For a year, as any that the farm gives, when it was the farm that closed the visit."""
    return Credit.good_until(now) if booking.slot.is_shut(now) else Credit.back_until(now)


def _cancel(booking: Booking, back: Share, by: str, reason: str, until: dt.date, now: dt.datetime) -> Booking:
    money_fen, credit_fen = _back_fen(booking, *back)
    given_fen = booking.paid_fen + booking.credit_fen
    fee_fen = given_fen - money_fen - credit_fen
    kept_credit_fen = booking.credit_fen - credit_fen
    try:
        booking.move(
            Booking.Status.CANCELLED,
            at=now,
            by=by,
            details={"refund_fen": money_fen, "fee_fen": fee_fen},
            cancelled_at=now,
            cancel_reason=reason[:60],
            fee_fen=fee_fen,
            credit_fen=kept_credit_fen,
        )
    except WrongState as error:
        raise refusals.not_possible(booking) from error
    _let_go(booking, kept_credit_fen, until, now)
    if money_fen:
        money.send_back(booking, money_fen, why="cancelled", now=now)
    outbox.publish("booking.cancelled", at=now, number=booking.number, given_fen=given_fen)
    return booking


def _let_go(booking: Booking, kept_credit_fen: int, until: dt.date, now: dt.datetime) -> None:
    """End what is open about the booking, and give back its seats and the credit it does not keep, good `until`."""
    for rebooking in asked.open_changes(booking):
        rebooking.move(Rebooking.Status.DROPPED, at=now)
    for offer in asked.open_offers(booking):
        offer.move(ClosureOffer.Status.REFUNDED, at=now, by="visitor")
    money.void_open_bills(booking, now=now)
    if booking.issue:
        tickets.void(booking, now=now)
    held = limited.held_by(booking.holder)
    paid_with = [demand for demand in held if isinstance(demand.row, Credit)]
    kept = [Demand(demand.row, kept_credit_fen) for demand in paid_with if kept_credit_fen]
    limited.exchange(kept, held, holder=booking.holder, why="cancelled", now=now)
    if back := [demand.row.pk for demand in paid_with if demand.amount > kept_credit_fen]:
        Credit.objects.filter(pk__in=back).keep_until(until)
    line.offer_freed([demand.row for demand in held if isinstance(demand.row, Slot)], now=now)
