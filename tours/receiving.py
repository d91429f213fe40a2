"""What money does to a booking: it confirms it, changes it, pays its rest, or goes back by itself."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Subquery

from farm import payments, rows
from farm.models import Payment
from tours import asked, changing, money
from tours import booking as holding
from tours.models import Bill, BookedUnit, Booking, Rebooking

HISTORY_WORDS = {
    "cancelled": "late money",
    "late": "late money",
    "double": "paid twice",
    "wrong amount": "wrong amount",
}


@transaction.atomic(savepoint=False)  # the outbox tells in a transaction of its own: a savepoint in it saves nothing
def on_payment(
    *, payable: str, payment: str, amount_fen: int, now: dt.datetime, by: str = "visitor", **_: object
) -> None:
    """Give captured money to its bill, or send it back: late, double, or of another amount. `by` paid or took it."""
    if not payable.startswith(money.PREFIX) or _confirm(payable, payment, amount_fen, by, now):
        return
    bill = money.bill_named(payable)
    if bill is not None and bill.paid_by == payment:
        return
    taken_at = _taken_at(payment, now)
    why = _why_not(bill, amount_fen, taken_at)
    if why or bill is None:
        _send_back(bill, payable, payment, amount_fen, why, now)
        return
    _pay(bill, payment, now)
    _go_on(bill, by, now)


def on_refunded(*, payable: str, amount_fen: int, why: str, now: dt.datetime, **_: object) -> None:
    """Note in the booking's history that money went back."""
    number = payable.removeprefix(money.PREFIX).partition("/")[0]
    if payable.startswith(money.PREFIX) and (booking := Booking.objects.filter(number=number).first()):
        booking.log("refunded", at=now, amount_fen=amount_fen, why=why)


def _confirm(payable: str, payment: str, amount_fen: int, by: str, now: dt.datetime) -> bool:
    """Make the booking sure if this is its first bill, paid in time: one look and as few writes as it takes.

    False, with nothing written, for all other money.
    """
    number, _, bill_no = payable.removeprefix(money.PREFIX).partition("/")
    if bill_no != money.FIRST_BILL:
        return False
    units = rows.read(_held, number, payment)
    if not units:
        return False
    booking = units[0].booking
    is_in_time = booking.awaits_payment(min(units[0].captured_at or now, now))
    paid = {"paid_at": now, "paid_by": payment, "kept_fen": amount_fen}
    if not is_in_time or not rows.update(_unpaid_first, paid, booking.pk, amount_fen):
        return False
    booking.paid_fen += amount_fen
    holding.confirm(booking, now=now, by=by, units=units)
    return True


def _held(number: str, payment: str) -> QuerySet[Any]:
    """Every unit of a held booking, with the booking locked and the moment at which the payment was taken."""
    captured_at = Payment.objects.filter(trade_no=payment).values("captured_at")[:1]
    held = BookedUnit.objects.filter(booking__number=number, booking__status=Booking.Status.HELD)
    held = held.select_for_update(of=("booking",)).select_related("booking", "ticket_type").order_by("pk")
    return held.annotate(captured_at=Subquery(captured_at))


def _unpaid_first(booking: int, amount_fen: int) -> QuerySet[Bill]:
    return Bill.objects.filter(booking=booking, number=1, paid_at=None, amount_fen=amount_fen)


def _why_not(bill: Bill | None, amount_fen: int, taken_at: dt.datetime) -> str:
    """Why the bill does not take the money, or "" when it does."""
    if bill is None:
        return "unknown"
    if bill.paid_at:
        return "double"
    if amount_fen != bill.amount_fen:
        return "wrong amount"
    if bill.booking.status == Booking.Status.CANCELLED:
        return "cancelled"
    if bill.why in (Bill.Why.FULL, Bill.Why.DEPOSIT):
        return "late"  # in time it has made the booking sure already
    if bill.why == Bill.Why.DIFFERENCE:
        change = Rebooking.objects.filter(bill=bill).first()
        is_outside = not asked.has_come(bill.booking)  # tickets that let somebody in are not made anew
        return "" if change and change.awaits_payment(taken_at) and is_outside else "late"
    is_owed = bill.booking.is_alive and bill.booking.balance_fen >= amount_fen
    return "" if is_owed else "late"


def _pay(bill: Bill, payment: str, now: dt.datetime) -> None:
    bill.paid_at, bill.paid_by, bill.kept_fen = now, payment, bill.amount_fen
    bill.save(update_fields=["paid_at", "paid_by", "kept_fen"])
    bill.booking.paid_fen += bill.amount_fen


def _go_on(bill: Bill, by: str, now: dt.datetime) -> None:
    """What the money was for happens: the booking is sure, or changes, or has less to pay."""
    booking = bill.booking
    booking.save(update_fields=["paid_fen"])
    booking.log("paid", at=now, by=by, amount_fen=bill.amount_fen, payment=bill.paid_by)
    if bill.why == Bill.Why.DIFFERENCE:
        changing.complete(Rebooking.objects.get(bill=bill), booking, now=now)


def _send_back(bill: Bill | None, payable: str, payment: str, amount_fen: int, why: str, now: dt.datetime) -> None:
    if bill is not None and not _note_in_history(bill, payment, amount_fen, why, now):
        return
    payments.turn_away(payable=payable, payment=payment, amount_fen=amount_fen, why=why, now=now)


def _note_in_history(bill: Bill, payment: str, amount_fen: int, why: str, now: dt.datetime) -> bool:
    """Write down why the money goes back; False when this payment was dealt with before."""
    booking, words = bill.booking, HISTORY_WORDS[why]
    if booking.events.filter(what=words, details__payment=payment).exists():
        return False
    if booking.status == Booking.Status.HELD and not booking.awaits_payment(now):
        holding.expire(booking, now=now)  # no sweep has run yet: what the dead hold keeps is free from now on
    booking.log(words, at=now, payment=payment, amount_fen=amount_fen)
    return True


def _taken_at(payment: str, now: dt.datetime) -> dt.datetime:
    """When the visitor paid: a message that lay waiting makes no money late, a provider's fast clock none early."""
    captured_at = Payment.objects.filter(trade_no=payment).values_list("captured_at", flat=True).first()
    return min(captured_at or now, now)
