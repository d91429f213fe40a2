"""Which ship dates still take boxes."""

import datetime as dt

from shop import refusals, rush
from shop.models import ShipDate

NEXT_DATES = 3


def open_date(date: dt.date, *, units: int, now: dt.datetime, is_ordered: bool = False) -> ShipDate:
    """The ship date `date` when it is open and has room for `units` packing units, of a new order or one that stands.

    :raises DateRefused: unknown, closed or past its cut-off.
    :raises SoldOut: when fewer are left, naming the next dates with room; `LargerThanADay` when it packs fewer in all.
    """
    ship_date = takeable_date(date, now=now)
    if ship_date.left < units:
        refuse_if_larger(ship_date, units=units, now=now, is_ordered=is_ordered)
        raise refusals.sold_out(date, next_dates(date, units=units, now=now), left=ship_date.left)
    return ship_date


def refuse_if_larger(ship_date: ShipDate, *, units: int, now: dt.datetime, is_ordered: bool = False) -> None:
    """See that the date packs `units` packing units in all.

    :raises LargerThanADay: when it packs fewer, naming the next dates with room.
    """
    if ship_date.limit < units:
        others = next_dates(ship_date.date, units=units, now=now)
        raise refusals.larger_than_a_day(ship_date, others, is_ordered=is_ordered)


def takeable_date(date: dt.date, *, now: dt.datetime) -> ShipDate:
    """The ship date `date` when it takes orders, full or not.

    :raises DateRefused: unknown, closed or past its cut-off.
    """
    ship_date = ShipDate.objects.filter(date=date).first()
    if ship_date is None:
        raise refusals.no_such_date(date)
    if not ship_date.ships:
        raise refusals.date_closed(ship_date)
    if not ship_date.is_open(now):
        raise refusals.past_cut_off(ship_date)
    return ship_date


def next_dates(date: dt.date, *, units: int, now: dt.datetime) -> list[dt.date]:
    """The nearest open dates after `date` that still have room for `units` packing units."""
    return [later for later, _left in _next_rooms(date, units=units, now=now)]


def still_open(date: dt.date, *, seen: ShipDate | None, units: int, now: dt.datetime) -> ShipDate:
    """Like `open_date`, for a date that looked full a moment ago: in a rush the flag answers, not the database.

    It names dates that have room for the order, or leaves it to the database to find them; whoever wants more than the
    date packs in all is told so.
    """
    flag = rush.look(seen.pk) if seen else None
    if flag and flag.is_up and seen and units <= seen.limit:
        others = flag.next_dates(units)
        if others is not None:
            raise refusals.sold_out(date, list(others))
    try:
        return open_date(date, units=units, now=now)
    except refusals.SoldOut as refusal:
        if flag and refusal.extra["left"] == 0:
            rush.put_up(flag, _next_rooms(date, units=1, now=now))
        raise


def _next_rooms(date: dt.date, *, units: int, now: dt.datetime) -> list[tuple[dt.date, int]]:
    later = ShipDate.objects.takeable(now).with_room(units).filter(date__gt=date).order_by("date")
    return [(ship_date.date, ship_date.left) for ship_date in later[:NEXT_DATES]]
