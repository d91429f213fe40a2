"""What the shop looked like a moment ago: boxes, dates and lots, read once a second and shared by a rush of buyers.

A glance only ever leads to trying: the rows themselves refuse what is gone by then, and no refusal is given to a
person before looking again.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import localdate

from farm import rows
from shop.models import Box, Lot, ShipDate


@dataclass(frozen=True)
class Glance:
    """The shop at one moment: boxes offered, dates that can be taken, and per variety its lots, first expired first."""

    looked_at: float
    boxes: Mapping[str, Box]
    dates: Mapping[dt.date, ShipDate]
    shelves: Mapping[int, list[Lot]]

    @cached_property
    def full(self) -> dict[dt.date, int]:
        """Dates on which nothing was left, with their primary keys."""
        return {date: ship_date.pk for date, ship_date in self.dates.items() if ship_date.left <= 0}


_last: list[Glance] = []


def recent(now: dt.datetime) -> Glance:
    """The last look if it is younger than GLANCE_SECONDS, else a fresh one. Prices may lag that long, no longer."""
    if _last and time.monotonic() - _last[0].looked_at < settings.GLANCE_SECONDS:
        return _last[0]
    return fresh(now)


def last() -> Glance | None:
    """The last look, however old, without looking again."""
    return _last[0] if _last else None


def fresh(now: dt.datetime) -> Glance:
    """Look again: three queries whatever the number of rows."""
    looked = Glance(time.monotonic(), _boxes(), _dates(now), _shelves(now))
    _last[:] = [looked]
    return looked


def _boxes() -> dict[str, Box]:
    return {box.sku: box for box in rows.read(_offered)}


def _offered() -> QuerySet[Box]:
    return Box.objects.filter(is_offered=True).select_related("variety")


def _dates(now: dt.datetime) -> dict[dt.date, ShipDate]:
    return {ship_date.date: ship_date for ship_date in rows.read(_takeable, now)}


def _takeable(now: dt.datetime) -> QuerySet[ShipDate]:
    return ShipDate.objects.takeable(now)


def _shelves(now: dt.datetime) -> dict[int, list[Lot]]:
    """Lots that are over can reach nobody; years of their last grams would be read with every look."""
    shelves: dict[int, list[Lot]] = {}
    for lot in rows.read(_good, localdate(now)):
        shelves.setdefault(lot.variety_id, []).append(lot)
    return shelves


def _good(today: dt.date) -> QuerySet[Lot]:
    return Lot.objects.on_sale().with_room().filter(best_before__gte=today).order_by("best_before", "pk")
