"""Which lots an order is packed from: first expired first out, as of the day the boxes arrive."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from farm.limited import Demand
from shop import refusals
from shop.glance import Glance
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


def allocate(
    lines: Iterable[QuoteLine], *, ship_date: dt.date, arrives_on: dt.date, glance: Glance
) -> list[Allocation]:
    """Choose lots for every line without taking anything yet; a line may be packed from several lots.

    :raises SoldOut: when the cold rooms do not hold enough of a variety that is still good on arrival.
    """
    promised: dict[int, int] = {}
    allocations = []
    for line in lines:
        lots = glance.shelves.get(line.box.variety_id, ())
        fit = [lot for lot in lots if lot.travels(ship_date=ship_date, arrives_on=arrives_on)]
        allocations += _from_lots(line, fit, promised, ship_date)
    return allocations


def _from_lots(line: QuoteLine, lots: list[Lot], promised: dict[int, int], ship_date: dt.date) -> list[Allocation]:
    """Boxes for one line; `promised` counts the grams that earlier lines of the same order were given, per lot."""
    box, wanted, chosen = line.box, line.quantity, []
    for lot in lots:
        quantity = min(wanted, (lot.left - promised.get(lot.pk, 0)) // box.net_grams)
        if quantity > 0:
            promised[lot.pk] = promised.get(lot.pk, 0) + quantity * box.net_grams
            wanted -= quantity
            chosen.append(Allocation(box, lot, quantity, line.price_fen))
        if not wanted:
            return chosen
    raise refusals.not_enough_fruit(box.variety, ship_date)
