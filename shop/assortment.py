"""What stands on the shop's shelf: the boxes of the season, those to come, and what a customer looks for among them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from shop.glance import Glance
from shop.models import Box, Variety

GIFT = "gift"


class Order(TextChoices):
    """How the shelf is sorted."""

    VARIETY = "variety", gettext_lazy("By variety")
    CHEAPEST = "price", gettext_lazy("Lowest price first")
    DEAREST = "-price", gettext_lazy("Highest price first")
    BY_WEIGHT = "weight", gettext_lazy("Best price by weight")


@dataclass(frozen=True)
class Search:
    """What somebody looks for: a size in net grams or gift boxes, a highest price in fen, an order."""

    size: str = ""
    up_to_fen: int | None = None
    order: str = Order.VARIETY

    @property
    def narrows(self) -> bool:
        return bool(self.size or self.up_to_fen)

    def fits(self, box: Box) -> bool:
        if self.up_to_fen is not None and box.price_fen > self.up_to_fen:
            return False
        if not self.size:
            return True
        return box.is_gift if self.size == GIFT else (not box.is_gift and str(box.net_grams) == self.size)


@dataclass(frozen=True)
class Shelf:
    """The boxes of one variety that fit a search."""

    variety: Variety
    boxes: Sequence[Box]

    @property
    def from_fen(self) -> int:
        return min(box.price_fen for box in self.boxes)

    @property
    def ships_from(self) -> dt.date:
        return min(box.season_from for box in self.boxes)


def offered(seen: Glance, today: dt.date) -> list[Box]:
    """Boxes that ship on some day from `today` on, by variety."""
    return [box for box in seen.boxes.values() if box.season_until >= today]


def in_season(boxes: Iterable[Box], today: dt.date) -> list[Box]:
    return [box for box in boxes if box.season_from <= today <= box.season_until]


def to_come(boxes: Iterable[Box], today: dt.date) -> list[Box]:
    return [box for box in boxes if box.season_from > today]


def found(boxes: Iterable[Box], search: Search) -> list[Box]:
    """The boxes that fit a search, in its order."""
    fitting = [box for box in boxes if search.fits(box)]
    if search.order == Order.VARIETY:
        return fitting
    if search.order == Order.BY_WEIGHT:
        return sorted(fitting, key=lambda box: box.price_fen / box.net_grams)
    return sorted(fitting, key=lambda box: box.price_fen, reverse=search.order == Order.DEAREST)


def shelves(boxes: Iterable[Box]) -> list[Shelf]:
    """The boxes by variety, in the farm's order of varieties."""
    by_variety: dict[int, list[Box]] = {}
    for box in boxes:
        by_variety.setdefault(box.variety_id, []).append(box)
    return [Shelf(mine[0].variety, mine) for mine in by_variety.values()]


def sizes(boxes: Iterable[Box]) -> list[int]:
    """The net grams in which plain boxes come, smallest first."""
    return sorted({box.net_grams for box in boxes if not box.is_gift})
