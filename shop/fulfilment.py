"""From paid to packed: what money does to an order, and the two steps at the packing bench."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from farm import jobs, outbox, payments, rows
from farm.security import new_reference
from farm.shapes import Shape
from shop import asked, carriers, checkout, stranded, tracing
from shop.models import Order, Shipment

PACK_JOB = "shop.tasks.pack"
LABEL_JOB = "shop.tasks.label"
REQUEST_PREFIX = "BZS"
PAYABLE_PREFIX = "order:"
HISTORY_WORDS = {
    "cancelled": "late money",
    "late": "late money",
    "double": "paid twice",
    "wrong amount": "wrong amount",
}
Status = Order.Status


@dataclass(frozen=True)
class Money:
    """What one payment brought for one order, and when the provider took it."""

    payable: str
    payment: str
    amount_fen: int
    taken_at: dt.datetime


@transaction.atomic(savepoint=False)
def on_payment(*, payable: str, payment: str, amount_fen: int, now: dt.datetime, **_: object) -> None:
    """Give captured money to its order, or send it back: late, double, or of another amount."""
    if not payable.startswith(PAYABLE_PREFIX):
        return
    _receive(Money(payable, payment, amount_fen, _taken_at(payment, now)), now)


def on_refunded(*, payable: str, amount_fen: int, why: str, now: dt.datetime, **_: object) -> None:
    """Note in the order's history that money went back."""
    order = _order_of(payable)
    if order is not None:
        order.log("refunded", at=now, amount_fen=amount_fen, why=why)


def on_packed(*, number: str, now: dt.datetime, **_: object) -> None:
    """Ask for waybill and label; a carrier without an interface waits for staff to type its waybill."""
    shipment = rows.first(_parcel_of, number)
    if shipment is None:  # it was taken apart meanwhile
        return
    if not carriers.named(shipment.carrier).is_by_hand:
        jobs.ask(LABEL_JOB, f"label:{shipment.request_no}", now=now, number=number)


def pick(*, number: str, now: dt.datetime) -> jobs.Recording:
    """The automatic bench picks a planned order; one that staff have picked or must settle first is left alone."""
    order = Order.objects.get(number=number)
    if order.status != Status.PLANNED:
        return nothing
    return partial(_picked_or_left, order, now)


def pack(*, number: str, now: dt.datetime) -> jobs.Recording:
    """The automatic bench packs a picked order; one that staff have packed is left alone."""
    order = Order.objects.get(number=number)
    if order.status != Status.PICKED:
        return nothing
    return partial(_packed, order, "system", now)


@transaction.atomic
def confirm_picked(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Staff have all boxes of the order at the bench.

    :raises WrongState: unless it is planned.
    :raises UnsoundLot: while one of its lots is withdrawn, or over before it arrives.
    """
    stranded.refuse_unsound(order, while_it_is=Status.PLANNED)
    _picked(order, by, now)
    return order


@transaction.atomic
def confirm_packed(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Staff have closed the parcel of the order; waybill and label follow.

    :raises WrongState: unless it is picked.
    :raises UnsoundLot: while one of its lots is withdrawn, or over before it arrives.
    """
    stranded.refuse_unsound(order, while_it_is=Status.PICKED)
    _packed(order, by, now)
    return order


def _parcel_of(number: str) -> QuerySet[Shipment]:
    return Shipment.objects.filter(order__number=number)


def bench_is_automatic() -> bool:
    return bool(settings.PACKING_BENCH == "automatic")


def nothing() -> None:
    """The recording of a job that found its step done."""


def _receive(money: Money, now: dt.datetime) -> None:
    """Locked first: a change of address makes the total another, and the sweep, a cancel or other money the state."""
    order = _order_of(money.payable, asked.held_still)
    if order is not None and order.paid_by == money.payment:
        return
    why = _why_not(order, money)
    if why:
        _send_back(order, money, why, now)
    elif order is not None:
        details = {"payment": money.payment, "amount_fen": money.amount_fen}
        facts = {"paid_at": now, "paid_by": money.payment}
        order.move(Status.PAID, at=now, by="customer", details=details, only_from=Status.PLACED, **facts)
        outbox.publish("order.paid", at=now, number=order.number)


def _why_not(order: Order | None, money: Money) -> str:
    """Why the order does not take the money, or "" when it does."""
    if order is None:
        return "unknown"
    if order.status == Status.CANCELLED:
        return "cancelled"
    if order.status == Status.EXPIRED:
        return "late"
    if order.status != Status.PLACED:
        return "double"
    if not order.awaits_payment(money.taken_at):
        return "late"
    return "" if money.amount_fen == order.total_fen else "wrong amount"


def _send_back(order: Order | None, money: Money, why: str, now: dt.datetime) -> None:
    if order is not None and not _note_in_history(order, money, HISTORY_WORDS[why], now):
        return
    payments.turn_away(payable=money.payable, payment=money.payment, amount_fen=money.amount_fen, why=why, now=now)


def _note_in_history(order: Order, money: Money, words: str, now: dt.datetime) -> bool:
    """Write down why the money goes back; False when this payment was dealt with before."""
    if order.events.filter(what=words, details__payment=money.payment).exists():
        return False
    if order.status == Status.PLACED and not order.awaits_payment(money.taken_at):
        checkout.expire(order, now=now)  # no sweep has run yet: what the dead hold keeps is free from now on
    order.log(words, at=now, payment=money.payment, amount_fen=money.amount_fen)
    return True


def _taken_at(payment: str, now: dt.datetime) -> dt.datetime:
    """When the buyer paid: a message that lay waiting makes no money late, a provider's fast clock none early."""
    money = rows.first(payments.numbered, payment)
    return min((money and money.captured_at) or now, now)


def _order_of(payable: str, *first: Shape) -> Order | None:
    """The order that money speaks of, read after what is asked `first`; None when it is no order's."""
    if not payable.startswith(PAYABLE_PREFIX):
        return None
    found = rows.read_in_turn((*first, asked.numbered), payable.removeprefix(PAYABLE_PREFIX))[-1]
    return found[0] if found else None


def _picked_or_left(order: Order, now: dt.datetime) -> None:
    """A day closed or a lot withdrawn while the wave was planned: staff have their task, planning finds the rest."""
    if Order.objects.filter(pk=order.pk).stranded().exists():
        details = order.details_of_leaving()
        order.move(Status.PAID, at=now, by="system", details=details, only_from=Status.PLANNED, wave=None)
    else:
        _picked(order, "system", now)


def _picked(order: Order, by: str, now: dt.datetime) -> None:
    order.move(Status.PICKED, at=now, by=by)
    if bench_is_automatic():
        jobs.ask(PACK_JOB, f"pack:{order.number}:{order.wave_id}", now=now, number=order.number)


def _packed(order: Order, by: str, now: dt.datetime) -> None:
    order.move(Status.PACKED, at=now, by=by)
    tracing.issue([order])
    request_no = new_reference(REQUEST_PREFIX)
    rows.insert_one(Shipment(order=order, carrier=settings.CARRIER, request_no=request_no, packed_at=now))
    outbox.publish("order.packed", at=now, number=order.number)
