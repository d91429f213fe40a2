"""What a visit costs on the day chosen in its calendar; by the usual prices when nothing is held on it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tours import availability
from tours.availability import Opening, Status
from tours.models import Experience, TicketType
from tours.pages.month import Month

DEARER_DAYS = 4
COSTS = (Status.AVAILABLE, Status.LIMITED, Status.SOLD_OUT)
"""Times that somebody may still pay for: a sold out one has a waiting list."""


@dataclass(frozen=True)
class PriceTable:
    """What each ticket costs at these times of the day, in fen."""

    lines: Sequence[tuple[TicketType, int]]
    times: Sequence[Opening] = ()


@dataclass(frozen=True)
class Prices:
    """One table when all times of the day ask the same, else one for each of their prices."""

    tables: Sequence[PriceTable]
    day: dt.date | None = None
    dearer: Sequence[dt.date] = ()
    """The next days that cost more, when the tables show the usual prices."""
    differ: bool = False
    """Other days of the shown calendar ask other prices."""


def prices_of(experience: Experience, kinds: Collection[TicketType], month: Month, now: dt.datetime) -> Prices:
    """The prices of the month's chosen day; one query, for the dearer days."""
    usual = {kind.pk: kind.price_fen for kind in kinds}
    held = [one for one in month.chosen.openings if one.status in COSTS] if month.chosen else []
    asked = _different([one.prices for one in held]) or [usual]
    tables = [PriceTable(_lines(kinds, each), [one for one in held if one.prices == each]) for each in asked]
    is_usual = asked == [usual]
    dearer = availability.dearer_dates(experience=experience, most=DEARER_DAYS, now=now) if is_usual else ()
    differ = any(one.prices not in asked for one in month.openings if one.is_bookable)
    return Prices(tables, held[0].date if held else None, dearer, differ)


def _different(prices: Sequence[Mapping[int, int]]) -> list[Mapping[int, int]]:
    """Each once, in the order of the clock: two price lists may ask the same."""
    found: list[Mapping[int, int]] = []
    for each in prices:
        if each not in found:
            found.append(each)
    return found


def _lines(kinds: Collection[TicketType], prices: Mapping[int, int]) -> list[tuple[TicketType, int]]:
    return [(kind, prices.get(kind.pk, kind.price_fen)) for kind in kinds]
