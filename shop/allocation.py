"""Which lots an order is packed from: first expired first out, as of the day the boxes arrive."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F

from farm.limited import Demand
from shop import refusals
from shop.models import Box, Lot
from shop.pricing import QuoteLine


class Allocation(NamedTuple):
    """So many boxes of one SKU out of one lot."""

    box: Box
    lot: Lot
    quantity: int
    price_fen: int

    @property
    def demand(self) -> Demand:
        return Demand(self.lot, self.quantity * self.box.net_grams)


def allocate(lines: Iterable[QuoteLine], *, ship_date: dt.date, arrives_on: dt.date) -> list[Allocation]:
    """Choose lots for every line without taking anything yet; a line may be packed from several lots.

    :raises SoldOut: when the cold rooms do not hold enough of a variety that is still good on arrival.
    """
    lines = list(lines)
    shelves = _shelves({line.box.variety_id for line in lines}, ship_date, arrives_on)
    return [allocation for line in lines for allocation in _from_shelf(line, shelves, ship_date)]


def _shelves(varieties: set[int], ship_date: dt.date, arrives_on: dt.date) -> dict[int, list[list[int]]]:
    """Per variety the lots as [pk, grams left], first expired first."""
    fit = Lot.objects.fit_to_ship(ship_date).filter(variety__in=varieties, best_before__gte=arrives_on).with_room()
    shelves: dict[int, list[list[int]]] = {variety: [] for variety in varieties}
    for variety, pk, left in fit.values_list("variety_id", "pk", F("limit") - F("taken")):
        shelves[variety].append([pk, left])
    return shelves


def _from_shelf(line: QuoteLine, shelves: dict[int, list[list[int]]], ship_date: dt.date) -> list[Allocation]:
    box, wanted, chosen = line.box, line.quantity, []
    for place in shelves[box.variety_id]:
        pk, left = place
        quantity = min(wanted, left // box.net_grams)
        if quantity:
            place[1] -= quantity * box.net_grams
            wanted -= quantity
            chosen.append(Allocation(box, Lot(pk=pk), quantity, line.price_fen))
        if not wanted:
            return chosen
    raise refusals.not_enough_fruit(box.variety, ship_date)
