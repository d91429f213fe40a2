"""What may still be changed until an order is picked: by the customer before the cut-off, by staff also after it."""

import datetime as dt

from django.db import transaction

from farm import limited, outbox, rows
from farm.limited import Demand
from farm.models import Payment
from shop import addresses, asked, availability, freight, glance, line, pricing, refusals
from shop.addresses import Address
from shop.allocation import allocate, fitting_dates, given_back, next_dates
from shop.checkout import lines_of
from shop.models import Lot, Order, OrderLine, ShipDate
from shop.pricing import Quote, QuoteLine

ADDRESS_FIELDS = [
    "name",
    "phone",
    "buyer_phone",
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
    :raises NotPossibleNow: when it is picked already, unpaid beyond its hold, or gone.
    """
    return _cancel(_hold_still(order, now), by, now)


def refuse_unless_open(order: Order, now: dt.datetime) -> None:
    """Say why a customer may change nothing of this order any more, if so.

    :raises Refused: after the cut-off, once it is being picked, or when it is gone.
    """
    _still_open(order, now)
    if order.status not in Order.MOVABLE or _hold_is_over(order, now):
        raise refusals.not_possible(order)


@transaction.atomic
def cancel_by_staff(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Cancel an order for a customer who calls or a day that was closed: also after the cut-off, until it is picked.

    :raises NotPossibleNow: when it is picked already, or gone.
    """
    order = _locked(order)
    if order.status not in Order.MOVABLE:
        raise refusals.not_possible(order)
    return _cancel(order, by, now)


@transaction.atomic
def change_ship_date(*, order: Order, to: dt.date, by: str, now: dt.datetime) -> Order:
    """Move an order to another ship date; the new date is taken before the old one is given back.

    Staff may have planned it before the cut-off: then it leaves its wave and is paid again.

    :raises Refused: when the new date is closed, full or out of season, or the order can no longer be changed;
        everything stays as it was.
    """
    order = _hold_still(order, now)
    if order.ship_date.date != to:
        _change_date(order, to, by, now)
        _leave_wave(order, by, now)
    return order


@transaction.atomic
def move_by_staff(*, order: Order, to: dt.date, by: str, now: dt.datetime) -> Order:
    """Move an order off a closed day or a withdrawn lot, or for a customer who calls: also after its cut-off.

    A planned order leaves its wave and is paid again, so the new date's planning finds it. On its own date the order
    only gets sound lots in place of withdrawn ones. The customer is told about a new date.

    :raises NotPossibleNow: when it is picked already, unpaid beyond its hold, or gone.
    :raises Refused: when the date cannot take it; everything stays as it was.
    """
    order = _locked(order)
    if order.status not in Order.MOVABLE or _hold_is_over(order, now):
        raise refusals.not_possible(order)
    if order.ship_date.date != to:
        _change_date(order, to, by, now)
        outbox.publish("order.moved", at=now, number=order.number, date=str(to), moved_at=now.isoformat())
    elif not _change_lots(order, by, now):
        return order
    _leave_wave(order, by, now)
    return order


def move_to_next_by_staff(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Move an order to the nearest date that can take it, its own when that is how it gets sound lots.

    :raises SoldOut: when no date from its own on has room and fruit for it.
    :raises NotPossibleNow: like `move_by_staff`.
    """
    dates = [day.date for day in dates_for(order=order, now=now) if day.date >= order.ship_date.date]
    if not dates:
        raise refusals.no_later_date(order)
    return move_by_staff(order=order, to=dates[0], by=by, now=now)


def dates_for(*, order: Order, now: dt.datetime) -> list[ShipDate]:
    """The ship dates to which staff could move the order now; its own when that is how it gets sound lots."""
    seen = given_back(limited.held_by(order.payable), glance.fresh(now))
    dates = fitting_dates(_goods(order).lines, division_code=order.division_code, seen=seen)
    needs_lots = not _lots_fit(order)
    return [seen.dates[date] for date in dates if needs_lots or date != order.ship_date.date]


@transaction.atomic
def change_address(*, order: Order, address: Address, buyer_phone: str = "", by: str, now: dt.datetime) -> Order:
    """Send an order elsewhere. An unpaid order is priced anew; of a paid one the saved freight goes back.

    Messages then go to `buyer_phone`. Without it they stay with the buyer of a gift; who is the recipient as well may
    only have mended their number, so they go to the new one.

    A planned order stays in its wave, unless its boxes must come from other lots than its pick list says.

    :raises AddressRefused: unknown place, or a dearer way for a paid order: then cancel and order again.
    """
    order = _hold_still(order, now)
    _refuse_while_money_arrives(order)
    address = addresses.clean(address)
    division = addresses.check(address)
    saved_fen = order.freight_fen - pricing.freight_to(division, _goods(order))
    if saved_fen < 0 and order.paid_by:
        raise refusals.dearer_way(division)
    order.buyer_phone = buyer_phone or (order.buyer_phone if order.is_for_another else address.phone)
    order.name, order.phone, order.street = address.name, address.phone, address.street
    order.division_code, order.province = division.code, division.province
    order.city, order.district = division.city, division.district
    order.freight_fen -= saved_fen
    order.total_fen -= saved_fen
    has_new_lots = _move_counters(order, order.ship_date, now)
    order.save(update_fields=ADDRESS_FIELDS)
    order.log("address changed", at=now, by=by, saved_fen=saved_fen)
    if has_new_lots:
        _leave_wave(order, by, now)
    if saved_fen and order.paid_by:
        _send_back(order, saved_fen, f"freight {order.freight_fen}", now)
    return order


def _cancel(order: Order, by: str, now: dt.datetime) -> Order:
    order.move(Order.Status.CANCELLED, at=now, by=by, wave=None)  # a wave's pick list holds only what leaves
    limited.release([order.payable], why="cancelled", now=now)
    line.offer_freed([order.ship_date_id], now=now)
    if order.paid_by:
        _send_back(order, order.total_fen, "cancelled", now)
    outbox.publish("order.cancelled", at=now, number=order.number)
    return order


def _change_date(order: Order, to: dt.date, by: str, now: dt.datetime) -> None:
    for bought in order.lines.select_related("box"):
        pricing.check_season(bought.box, to)
    old = order.ship_date
    order.ship_date = availability.open_date(to, units=order.packing_units, now=now, is_ordered=True)
    _move_counters(order, old, now)
    order.save(update_fields=["ship_date"])
    order.log("date changed", at=now, by=by, was=str(old.date), now=str(to))


def _change_lots(order: Order, by: str, now: dt.datetime) -> bool:
    """Pack the order from other lots on its own date, which may be past its cut-off; False when its lots are sound."""
    if order.ship_date.is_closed:
        raise refusals.date_closed(order.ship_date)
    if _lots_fit(order):
        return False
    _move_counters(order, order.ship_date, now)
    order.log("lots changed", at=now, by=by)
    return True


def _leave_wave(order: Order, by: str, now: dt.datetime) -> None:
    """A planned order is paid again, so that planning finds it; its pick job finds it not planned and does nothing."""
    if order.status != Order.Status.PLANNED:
        return
    details = order.details_of_leaving()
    order.move(Order.Status.PAID, at=now, by=by, details=details, only_from=Order.Status.PLANNED, wave=None)


def _locked(order: Order) -> Order:
    _, found = rows.read_in_turn((asked.held_still, asked.numbered_with_date), order.number)
    locked: Order = found[0]
    return locked


def _still_open(order: Order, now: dt.datetime) -> None:
    if now >= order.ship_date.cut_off_at:
        raise refusals.too_late(order)


def _hold_still(order: Order, now: dt.datetime) -> Order:
    """The order as it is now, locked until commit, if it may still be changed: planning early takes nothing away."""
    locked = _locked(order)
    refuse_unless_open(locked, now)
    return locked


def _refuse_while_money_arrives(order: Order) -> None:
    """Money that was taken for the old total must reach the order first, or it would be the wrong amount."""
    taken = Payment.objects.in_hand().filter(payable=order.payable)
    if not order.paid_by and taken.exists():
        raise refusals.not_possible(order)


def _hold_is_over(order: Order, now: dt.datetime) -> bool:
    return order.status == Order.Status.PLACED and not order.awaits_payment(now)


def _move_counters(order: Order, old_date: ShipDate, now: dt.datetime) -> bool:
    """Take what the order needs for its date and address now, then give back what it needs no more.

    True when its boxes come from other lots now.
    """
    old = limited.held_by(order.payable)
    lots = [demand for demand in old if isinstance(demand.row, Lot)]
    needs_lots = not _lots_fit(order)
    if needs_lots:
        lots = _other_lots(order, old, now)
    new = [*lots, Demand(order.ship_date, order.packing_units)]
    try:
        limited.exchange(new, old, holder=order.payable, why="changed", now=now)
    except limited.SoldOut as error:
        raise _gone_meanwhile(order, old, now) from error
    line.offer_freed([old_date.pk], now=now)
    return needs_lots


def _lots_fit(order: Order) -> bool:
    date = order.ship_date.date
    arrives_on = freight.arrival(order.division_code, date)
    return not order.lines.exclude(
        lot__is_withdrawn=False, lot__harvested_on__lte=date, lot__best_before__gte=arrives_on
    ).exists()


def _other_lots(order: Order, held: list[Demand], now: dt.datetime) -> list[Demand]:
    """Write the order's lines anew, its own grams counting as free, and return what they need of each lot."""
    seen = given_back(held, glance.fresh(now))
    date, goods = order.ship_date.date, _goods(order)
    allocations = allocate(goods.lines, date=date, division_code=order.division_code, seen=seen)
    order.lines.all().delete()
    OrderLine.objects.bulk_create(lines_of(order, allocations))
    return [allocation.demand for allocation in allocations]


def _gone_meanwhile(order: Order, held: list[Demand], now: dt.datetime) -> refusals.NotEnoughFruit:
    seen, date = given_back(held, glance.fresh(now)), order.ship_date.date
    dates = next_dates(_goods(order).lines, after=date, division_code=order.division_code, seen=seen)
    return refusals.gone_meanwhile(date, dates)


def _goods(order: Order) -> Quote:
    """The order's boxes at the prices they were ordered for."""
    bought = order.lines.select_related("box__variety")
    return Quote(tuple(QuoteLine(part.box, part.quantity, part.price_fen) for part in bought), freight_fen=0)


def _send_back(order: Order, amount_fen: int, why: str, now: dt.datetime) -> None:
    outbox.publish("refund.due", at=now, payable=order.payable, payment=order.paid_by, amount_fen=amount_fen, why=why)
