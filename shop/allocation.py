"""Which lots an order is packed from: first expired first out, as of the day the boxes arrive."""

import copy
import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from farm.limited import Demand
from shop import freight, refusals
from shop.availability import NEXT_DATES
from shop.glance import Glance
from shop.models import Box, Lot, ShipDate, Variety
from shop.pricing import Quote, QuoteLine


class Allocation(NamedTuple):
    """So many boxes of one SKU out of one lot."""

    box: Box
    lot: Lot
    quantity: int
    price_fen: int

    @property
    def demand(self) -> Demand:
        return Demand(self.lot, self.quantity * self.box.net_grams)


class _TooLittle(Exception):
    def __init__(self, variety: Variety) -> None:
        super().__init__(variety)
        self.variety = variety


def allocate(lines: Sequence[QuoteLine], *, date: dt.date, division_code: str, seen: Glance) -> list[Allocation]:
    """Choose lots for every line without taking anything yet; a line may be packed from several lots.

    :raises NotEnoughFruit: when the cold rooms do not hold enough of a variety that is still good on arrival; it
        names the next ship dates on which they do.
    """
    try:
        return _pack(lines, date, division_code, seen)
    except _TooLittle as short:
        dates = next_dates(lines, after=date, division_code=division_code, seen=seen)
        raise refusals.not_enough_fruit(short.variety, date, dates) from short


def next_dates(lines: Sequence[QuoteLine], *, after: dt.date, division_code: str, seen: Glance) -> list[dt.date]:
    """The nearest ship dates after `after` with room and fruit for every box, without asking the database again."""
    fitting = (date for date in fitting_dates(lines, division_code=division_code, seen=seen) if date > after)
    return list(islice(fitting, NEXT_DATES))


def fitting_dates(lines: Sequence[QuoteLine], *, division_code: str, seen: Glance) -> Iterator[dt.date]:
    """All open ship dates that have room and fruit for every box, the nearest first."""
    units = Quote(tuple(lines), freight_fen=0).packing_units
    for date, ship_date in sorted(seen.dates.items()):
        in_season = all(line.box.season_from <= date <= line.box.season_until for line in lines)
        if in_season and ship_date.left >= units and _can_pack(lines, date, division_code, seen):
            yield date


def given_back(held: Iterable[Demand], seen: Glance) -> Glance:
    """The shop as it would look if what is `held` were free again: an order that moves may keep what it has."""
    dates, shelves = dict(seen.dates), {variety: list(lots) for variety, lots in seen.shelves.items()}
    for row, amount in held:
        free = copy.copy(row)
        free.taken -= amount
        if isinstance(free, Lot) and not free.is_withdrawn:
            others = [lot for lot in shelves.get(free.variety_id, []) if lot.pk != free.pk]
            shelves[free.variety_id] = sorted([*others, free], key=lambda lot: (lot.best_before, lot.pk))
        elif isinstance(free, ShipDate) and not free.is_closed:
            dates[free.date] = free
    return dataclasses.replace(seen, dates=dates, shelves=shelves)


def _can_pack(lines: Sequence[QuoteLine], date: dt.date, division_code: str, seen: Glance) -> bool:
    try:
        return bool(_pack(lines, date, division_code, seen))
    except _TooLittle:
        return False


def _pack(lines: Sequence[QuoteLine], date: dt.date, division_code: str, seen: Glance) -> list[Allocation]:
    arrives_on = freight.arrival(division_code, date)
    promised: dict[int, int] = {}
    allocations = []
    for line in lines:
        lots = seen.shelves.get(line.box.variety_id, ())
        fit = [lot for lot in lots if lot.travels(ship_date=date, arrives_on=arrives_on)]
        allocations += _from_lots(line, fit, promised)
    return allocations


def _from_lots(line: QuoteLine, lots: list[Lot], promised: dict[int, int]) -> list[Allocation]:
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
    raise _TooLittle(box.variety)
