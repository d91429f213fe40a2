"""What a box's page can promise of the days ahead: boxes left, when they arrive, until when they keep."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from shop import freight
from shop.glance import Glance
from shop.models import Box, Lot, ShipDate

NEAREST, FARTHEST = min(freight.PROVINCES_BY_DAYS), max(freight.PROVINCES_BY_DAYS)
"""Days on the road to the nearest and to the farthest provinces."""


@dataclass(frozen=True)
class Span:
    """From one day to another, both counted."""

    first: dt.date
    last: dt.date

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True)
class Ahead:
    """One ship date for one kind of box. `left` counts boxes: as many as both the day and the cold rooms have."""

    ship_date: ShipDate
    left: int
    arrives: Span
    best_before: Span | None

    @property
    def date(self) -> dt.date:
        return self.ship_date.date


def ahead(box: Box, seen: Glance, most: int) -> list[Ahead]:
    """The next open dates on which `box` ships, full ones among them."""
    return list(islice(_dates(box, seen), most))


def _dates(box: Box, seen: Glance) -> Iterator[Ahead]:
    lots = [lot for lot in seen.shelves.get(box.variety_id, ()) if lot.left >= box.net_grams]
    for date, ship_date in sorted(seen.dates.items()):
        if box.season_from <= date <= box.season_until:
            yield _ahead(box, ship_date, lots)


def _ahead(box: Box, ship_date: ShipDate, lots: list[Lot]) -> Ahead:
    date = ship_date.date
    arrives = Span(date + dt.timedelta(days=NEAREST), date + dt.timedelta(days=FARTHEST))
    good = [lot for lot in lots if lot.travels(ship_date=date, arrives_on=arrives.first)]
    boxes_in_lots = sum(lot.left // box.net_grams for lot in good)
    left = max(0, min(ship_date.left // box.packing_units, boxes_in_lots))
    return Ahead(ship_date, left, arrives, _best_before(date, good) if left else None)


def _best_before(date: dt.date, lots: list[Lot]) -> Span:
    """First expired first out: the lot for the nearest door, and for the farthest, when another goes there."""
    firsts = [
        next((lot.best_before for lot in lots if lot.best_before >= date + dt.timedelta(days=days)), None)
        for days in freight.PROVINCES_BY_DAYS
    ]
    known = [first for first in firsts if first]
    return Span(min(known), max(known))
