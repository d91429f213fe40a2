"""What a customer may still change: cancel, another ship date, another address, each until the cut-off."""

import datetime as dt

from django.db import transaction

from farm import limited, outbox
from farm.limited import Demand
from farm.models import Payment
from shop import addresses, availability, freight, glance, pricing, refusals, rush
from shop.addresses import Address
from shop.allocation import allocate
from shop.checkout import lines_of
from shop.models import Lot, Order, OrderLine, ShipDate
from shop.pricing import Quote, QuoteLine

ADDRESS_FIELDS = [
    "name",
    "phone",
    "street",
    "division_code",
    "province",
    "city",
    "district",
    "freight_fen",
    "total_fen",
]


@transaction.atomic
def cancel(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Cancel an order until the cut-off of its ship date; money that came in goes back by itself.

    :raises TooLate: after the cut-off.
    :raises NotPossibleNow: when it is no longer placed or paid.
    """
    return _cancel(_hold_still(order, now), by, now)


@transaction.atomic
def cancel_by_staff(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Cancel an order for a customer who calls or a day that was closed: also after the cut-off, until it is planned.

    :raises NotPossibleNow: when it is planned already, or gone.
    """
    order = _locked(order)
    if order.status not in Order.MOVES[Order.Status.CANCELLED]:
        raise refusals.not_possible(order)
    return _cancel(order, by, now)


@transaction.atomic
def change_ship_date(*, order: Order, to: dt.date, by: str, now: dt.datetime) -> Order:
    """Move an order to another ship date; the new date is taken before the old one is given back.

    :raises Refused: when the new date is closed, full or out of season, or the order can no longer be changed;
        everything stays as it was.
    """
    order = _hold_still(order, now)
    old = order.ship_date
    if old.date == to:
        return order
    for line in order.lines.select_related("box"):
        pricing.check_season(line.box, to)
    order.ship_date = availability.open_date(to, units=order.packing_units, now=now)
    _move_counters(order, old, now)
    order.save(update_fields=["ship_date"])
    order.log("date changed", at=now, by=by, was=str(old.date), now=str(to))
    return order


@transaction.atomic
def change_address(*, order: Order, address: Address, by: str, now: dt.datetime) -> Order:
    """Send an order elsewhere. An unpaid order is priced anew; of a paid one the saved freight goes back.

    :raises AddressRefused: unknown place, or a dearer way for a paid order: then cancel and order again.
    """
    order = _hold_still(order, now)
    _refuse_while_money_arrives(order)
    address = addresses.clean(address)
    division = addresses.check(address)
    saved_fen = order.freight_fen - pricing.freight_to(division, _goods(order))
    if saved_fen < 0 and order.paid_by:
        raise refusals.dearer_way(division)
    order.name, order.phone, order.street = address.name, address.phone, address.street
    order.division_code, order.province = division.code, division.province
    order.city, order.district = division.city, division.district
    order.freight_fen -= saved_fen
    order.total_fen -= saved_fen
    _move_counters(order, order.ship_date, now)
    order.save(update_fields=ADDRESS_FIELDS)
    order.log("address changed", at=now, by=by, saved_fen=saved_fen)
    if saved_fen and order.paid_by:
        _send_back(order, saved_fen, f"freight {order.freight_fen}", now)
    return order


def _cancel(order: Order, by: str, now: dt.datetime) -> Order:
    order.move(Order.Status.CANCELLED, at=now, by=by)
    rush.room_comes_back([order.ship_date_id])
    limited.release([order.payable], why="cancelled", now=now)
    if order.paid_by:
        _send_back(order, order.total_fen, "cancelled", now)
    outbox.publish("order.cancelled", at=now, number=order.number)
    return order


def _locked(order: Order) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("ship_date").get(pk=order.pk)


def _still_open(order: Order, now: dt.datetime) -> None:
    if now >= order.ship_date.cut_off_at:
        raise refusals.too_late(order)


def _hold_still(order: Order, now: dt.datetime) -> Order:
    """The order as it is now, locked until commit, if it may still be changed."""
    locked = _locked(order)
    _still_open(locked, now)
    if locked.status != Order.Status.PAID and not locked.awaits_payment(now):
        raise refusals.not_possible(locked)
    return locked


def _refuse_while_money_arrives(order: Order) -> None:
    """Money that was taken for the old total must reach the order first, or it would be the wrong amount."""
    taken = Payment.objects.filter(payable=order.payable, status=Payment.Status.CAPTURED, refunded_fen=0)
    if not order.paid_by and taken.exists():
        raise refusals.not_possible(order)


def _move_counters(order: Order, old_date: ShipDate, now: dt.datetime) -> None:
    """Take what the order needs for its date and address now, then give back what it needs no more."""
    old = limited.held_by(order.payable)
    date = order.ship_date.date
    arrives_on = freight.arrival(order.division_code, date)
    if _lots_fit(order, arrives_on):
        lots = [demand for demand in old if isinstance(demand.row, Lot)]
    else:
        allocations = allocate(_goods(order).lines, ship_date=date, arrives_on=arrives_on, glance=glance.fresh(now))
        lots = [allocation.demand for allocation in allocations]
        order.lines.all().delete()
        OrderLine.objects.bulk_create(lines_of(order, allocations))
    new = [*lots, Demand(order.ship_date, order.packing_units)]
    rush.room_comes_back([old_date.pk])
    try:
        limited.exchange(new, old, holder=order.payable, why="changed", now=now)
    except limited.SoldOut as error:
        raise refusals.gone_meanwhile(date) from error


def _lots_fit(order: Order, arrives_on: dt.date) -> bool:
    return not order.lines.exclude(
        lot__is_withdrawn=False, lot__harvested_on__lte=order.ship_date.date, lot__best_before__gte=arrives_on
    ).exists()


def _goods(order: Order) -> Quote:
    """The order's boxes at the prices they were ordered for."""
    lines = order.lines.select_related("box__variety")
    return Quote(tuple(QuoteLine(line.box, line.quantity, line.price_fen) for line in lines), freight_fen=0)


def _send_back(order: Order, amount_fen: int, why: str, now: dt.datetime) -> None:
    outbox.publish("refund.due", at=now, payable=order.payable, payment=order.paid_by, amount_fen=amount_fen, why=why)
