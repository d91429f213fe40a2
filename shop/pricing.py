"""What an order costs: boxes, freight and the total, computed by the farm and never by the buyer."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shop import freight, refusals
from shop.divisions import Division
from shop.models import Box, OrderLine


@dataclass(frozen=True)
class Want:
    """What a customer asks for: so many of one box."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class QuoteLine:
    """One box in a quote; money in fen."""

    box: Box
    quantity: int
    price_fen: int

    @property
    def sum_fen(self) -> int:
        return self.price_fen * self.quantity


@dataclass(frozen=True)
class Quote:
    """The price of an order in fen, its weight in net grams and the room it takes in packing units."""

    lines: tuple[QuoteLine, ...]
    freight_fen: int

    @property
    def boxes_fen(self) -> int:
        return sum(line.sum_fen for line in self.lines)

    @property
    def total_fen(self) -> int:
        return self.boxes_fen + self.freight_fen

    @property
    def packing_units(self) -> int:
        return sum(line.box.packing_units * line.quantity for line in self.lines)

    @property
    def net_grams(self) -> int:
        return sum(line.box.net_grams * line.quantity for line in self.lines)

    @property
    def boxes(self) -> int:
        return sum(line.quantity for line in self.lines)


def quote(*, wants: Sequence[Want], date: dt.date, division: Division | None, boxes: Mapping[str, Box]) -> Quote:
    """Price `wants` of the offered `boxes` for ship date `date`; without an address the freight is 0 and still to come.

    :raises Refused: unknown box, quantity out of bounds, box out of season, province not served.
    """
    lines = tuple(_lines(wants, date, boxes))
    goods = Quote(lines, freight_fen=0)
    if division is None:
        return goods
    return Quote(lines, freight_fen=freight_to(division, goods))


def freight_to(division: Division, goods: Quote) -> int:
    """Freight in fen for `goods`.

    :raises AddressRefused: when no cold chain reaches the province.
    """
    try:
        return freight.freight_fen(division.code[:2] + "0000", goods.net_grams, goods.boxes)
    except freight.NotServed as error:
        raise refusals.not_served(error) from error


def check_season(box: Box, date: dt.date) -> None:
    """:raises NotInSeason: when the box does not ship on `date`."""
    if not _ships_on(box, date):
        raise refusals.not_in_season(box, date)


def bought(lines: Iterable[OrderLine]) -> list[QuoteLine]:
    """The boxes of an order, by kind; one packed from two lots is still one line for its customer."""
    kinds: dict[int, QuoteLine] = {}
    for line in lines:
        before = kinds[line.box_id].quantity if line.box_id in kinds else 0
        kinds[line.box_id] = QuoteLine(line.box, before + line.quantity, line.price_fen)
    return list(kinds.values())


def _ships_on(box: Box, date: dt.date) -> bool:
    return box.season_from <= date <= box.season_until


def _lines(wants: Sequence[Want], date: dt.date, boxes: Mapping[str, Box]) -> list[QuoteLine]:
    """One line for each box; a refusal names the line of the request that asked for it last."""
    quantities: dict[str, int] = {}
    asked: dict[str, int] = {}
    for number, want in enumerate(wants):
        quantities[want.sku] = quantities.get(want.sku, 0) + want.quantity
        asked[want.sku] = number
    if not quantities:
        raise refusals.no_boxes()
    return [_line(Want(sku, many), asked[sku], boxes.get(sku), date) for sku, many in quantities.items()]


def _line(want: Want, number: int, box: Box | None, date: dt.date) -> QuoteLine:
    if box is None:
        raise refusals.unknown_box(want.sku, line=number)
    if not 1 <= want.quantity <= box.max_per_order:
        raise refusals.bad_quantity(box, line=number)
    if not _ships_on(box, date):
        raise refusals.not_in_season(box, date, field=f"lines.{number}.sku")
    return QuoteLine(box, want.quantity, box.price_fen)
