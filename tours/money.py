"""Bills of a booking, and money that goes back to where it came from."""

import datetime as dt
from typing import Any

from django.db.models import CharField, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from farm import outbox, rows
from farm.models import Payment
from tours.models import Bill, Booking

PREFIX = "booking:"
FIRST_BILL = "1"


def bill_named(payable: str) -> Bill | None:
    """The bill behind `booking:<number>/<bill number>`, with its booking locked until commit; None when unknown."""
    number, _, bill_no = payable.removeprefix(PREFIX).partition("/")
    if not payable.startswith(PREFIX) or not bill_no.isdecimal():
        return None
    booking = Booking.objects.select_for_update(of=("self",)).filter(number=number).first()
    bill = Bill.objects.filter(booking=booking, number=int(bill_no)).first() if booking else None
    if bill is not None and booking is not None:
        bill.booking = booking
    return bill


def first_payable(booking: Booking) -> str:
    """The name under which money speaks of the bill that makes a booking sure."""
    return f"{booking.holder}/{FIRST_BILL}"


def payments_of(booking: Booking) -> QuerySet[Any]:
    """Every attempt to pay one of its bills, oldest first, with what went back and whether its bill still asks.

    They are found by their whole names.
    """
    name = Concat(Value(f"{booking.holder}/"), Cast("number", CharField()))
    named = Payment.objects.filter(payable__in=booking.bills.order_by().values_list(name))
    asked = Q(payable__in=_open_bills(booking.pk).order_by().values_list(name))
    return named.annotate(is_asked=asked).order_by("pk").prefetch_related("refunds")


def open_bill(booking: Booking, *, why: str, amount_fen: int, now: dt.datetime) -> Bill:
    """The booking's open bill for this sum, or a new one that makes older ones void. Call under its lock."""
    mine = booking.bills.filter(paid_at=None, voided_at=None, why=why)
    same = mine.filter(amount_fen=amount_fen).first()
    if same:
        return same
    mine.update(voided_at=now)
    last = booking.bills.aggregate(last=Max("number"))["last"] or 0
    return Bill.objects.create(booking=booking, number=last + 1, why=why, amount_fen=amount_fen, made_at=now)


def void_open_bills(booking: Booking, *, now: dt.datetime) -> None:
    """Ask for none of the booking's open bills any more; money that still comes for them goes back by itself."""
    rows.update(_open_bills, {"voided_at": now}, booking.pk)


def _open_bills(booking: int) -> QuerySet[Bill]:
    return Bill.objects.filter(booking=booking, paid_at=None, voided_at=None)


def send_back(booking: Booking, amount_fen: int, *, why: str, now: dt.datetime) -> None:
    """Send `amount_fen` of what the booking paid back, newest payment first. Call under its lock; saves the booking.

    `why` (at most 24 characters) is told apart per payment: the same reason twice is one refund.
    """
    left_fen = amount_fen
    for bill in booking.bills.filter(kept_fen__gt=0).order_by("-number"):
        part_fen = min(bill.kept_fen, left_fen)
        if not part_fen:
            break
        bill.kept_fen -= part_fen
        bill.save(update_fields=["kept_fen"])
        left_fen -= part_fen
        outbox.publish(
            "refund.due",
            at=now,
            payable=f"{PREFIX}{booking.number}/{bill.number}",
            payment=bill.paid_by,
            amount_fen=part_fen,
            why=why,
        )
    booking.paid_fen -= amount_fen - left_fen
    booking.save(update_fields=["paid_fen"])
