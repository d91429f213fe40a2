"""Which ship dates still take boxes, and the flag that answers a rush without asking the database."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import transaction

from shop import refusals
from shop.models import ShipDate

NEXT_DATES = 3
FLAG_SECONDS = 3
GIVING_SECONDS = 30


def open_date(date: dt.date, *, units: int, now: dt.datetime) -> ShipDate:
    """The ship date `date` when it is open and has room for `units` packing units.

    :raises DateRefused: unknown, closed or past its cut-off.
    :raises SoldOut: when fewer are left, naming the next dates with room.
    """
    ship_date = ShipDate.objects.filter(date=date).first()
    if ship_date is None:
        raise refusals.no_such_date(date)
    if ship_date.is_closed:
        raise refusals.date_closed(ship_date)
    if not ship_date.is_open(now):
        raise refusals.past_cut_off(ship_date)
    if ship_date.left < units:
        raise refusals.sold_out(date, next_dates(date, units=units, now=now))
    return ship_date


def next_dates(date: dt.date, *, units: int, now: dt.datetime) -> list[dt.date]:
    """The nearest open dates after `date` that still have room for `units` packing units."""
    later = ShipDate.objects.takeable(now).with_room(units).filter(date__gt=date).order_by("date")
    return list(later.values_list("date", flat=True)[:NEXT_DATES])


def room_came_back(ship_dates: Iterable[int]) -> None:
    pass
