"""The shop's window on the first page: what is in season and how many boxes the next ship dates have left."""

import datetime as dt
from dataclasses import dataclass

from django.utils.timezone import localdate

from shop import assortment, glance
from shop.assortment import Shelf
from shop.models import ShipDate

NEXT_DATES = 3
FEW = 30


@dataclass(frozen=True)
class NextDate:
    """One of the next ship dates with room. `left` counts packing units, a gift box may take two."""

    date: dt.date
    left: int
    cut_off_at: dt.datetime
    is_tomorrow: bool
    closes_today: bool

    @property
    def is_few(self) -> bool:
        return self.left < FEW


@dataclass(frozen=True)
class Window:
    """What the first page shows of the shop, as of a moment ago."""

    shelves: list[Shelf]
    dates: list[NextDate]


def look(now: dt.datetime, today: dt.date) -> Window:
    """The varieties in season, and the next dates that still take boxes."""
    seen = glance.recent(now)
    boxes = assortment.in_season(assortment.offered(seen, today), today)
    open_dates = [row for _, row in sorted(seen.dates.items()) if row.is_open(now) and row.left > 0]
    return Window(assortment.shelves(boxes), [_next(row, today) for row in open_dates[:NEXT_DATES]])


def _next(row: ShipDate, today: dt.date) -> NextDate:
    return NextDate(
        date=row.date,
        left=row.left,
        cut_off_at=row.cut_off_at,
        is_tomorrow=row.date == today + dt.timedelta(days=1),
        closes_today=localdate(row.cut_off_at) == today,
    )
