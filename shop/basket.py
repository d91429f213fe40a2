"""A basket: so many of each box, kept in a cookie of the customer's own browser and checked whenever it is read."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shop import freight
from shop.models import Box

MOST_KINDS = 20
MOST_OF_A_KIND = 999
WORD = re.compile(r"([-a-zA-Z0-9_]{1,50}):([1-9][0-9]{0,2})(?::([-a-zA-Z0-9_]{1,50}))?")

Contents = Mapping[str, int]
"""SKU to quantity, in the order in which they were put in."""
Shows = Mapping[str, str]
"""SKU to the code of the live show from which it was put in; most have none."""


@dataclass(frozen=True)
class Line:
    """So many of one box that can be ordered. `wished` was more than one order may have."""

    box: Box
    quantity: int
    wished: int

    @property
    def sum_fen(self) -> int:
        return self.box.price_fen * self.quantity

    @property
    def was_cut(self) -> bool:
        return self.quantity < self.wished


@dataclass(frozen=True)
class Basket:
    """What a basket holds today: boxes that can be ordered, and those whose season is over."""

    lines: list[Line]
    gone: list[Box]

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def can_be_ordered(self) -> bool:
        """There are boxes, and none of them more than one order may have."""
        return bool(self.lines) and not any(line.was_cut for line in self.lines)

    @property
    def sum_fen(self) -> int:
        return sum(line.sum_fen for line in self.lines)

    @property
    def net_grams(self) -> int:
        return sum(line.box.net_grams * line.quantity for line in self.lines)

    @property
    def freight_fen(self) -> tuple[int, int]:
        """The lowest and the highest freight, before the address is known."""
        return freight.span_fen(self.net_grams, self.count)


def read(text: str) -> dict[str, int]:
    """What a cookie says, `kyoho-2500:2|shine-5000:1:night`; words that are no such thing are left out."""
    contents: dict[str, int] = {}
    for found in _words(text):
        contents.setdefault(found[1], int(found[2]))
    return contents


def shows(text: str) -> dict[str, str]:
    """From which live shows the contents of a cookie were put in."""
    return {found[1]: found[3] for found in _words(text) if found[3]}


def written(contents: Contents, shows: Shows | None = None) -> str:
    """The same for a cookie."""
    kept = list(contents.items())[:MOST_KINDS]
    seen_in = {sku: f":{code}" for sku, code in (shows or {}).items()}
    return "|".join(
        f"{sku}:{min(quantity, MOST_OF_A_KIND)}{seen_in.get(sku, '')}" for sku, quantity in kept if quantity > 0
    )


def put_in(contents: Contents, box: Box, quantity: int) -> dict[str, int]:
    """The contents with `quantity` more of `box` as the last, never more than one order may have or a basket holds."""
    if is_full(contents, box):
        return dict(contents)
    more = contents.get(box.sku, 0) + quantity
    return {**without(contents, [box.sku]), box.sku: min(more, box.max_per_order)}


def is_full(contents: Contents, box: Box) -> bool:
    """Whether `box` would be one kind more than a basket holds."""
    return box.sku not in contents and len(contents) >= MOST_KINDS


def known(contents: Contents) -> dict[str, int]:
    """The contents without what the shop never had, which no page shows."""
    boxes = set(Box.objects.filter(sku__in=contents).values_list("sku", flat=True))
    return {sku: quantity for sku, quantity in contents.items() if sku in boxes}


def is_too_many(contents: Contents, box: Box, quantity: int) -> bool:
    """Whether `quantity` more of `box` are more than one order may have."""
    return contents.get(box.sku, 0) + quantity > box.max_per_order


def changed(contents: Contents, quantities: Contents) -> dict[str, int]:
    """The contents with other quantities of what is in already; none of a box takes it out."""
    new = {sku: quantities.get(sku, quantity) for sku, quantity in contents.items()}
    return {sku: quantity for sku, quantity in new.items() if quantity > 0}


def without(contents: Contents, ordered: Iterable[str]) -> dict[str, int]:
    """The contents without the boxes of these SKUs."""
    taken = set(ordered)
    return {sku: quantity for sku, quantity in contents.items() if sku not in taken}


def quantities(contents: Contents, boxes: Iterable[Box]) -> dict[str, int]:
    """How many of these boxes the basket holds, in its own order, never more than one order may have."""
    most = {box.sku: box.max_per_order for box in boxes}
    return {sku: min(quantity, most[sku]) for sku, quantity in contents.items() if sku in most}


def show_of(shows: Shows, skus: Iterable[str]) -> str:
    """The show that brought these boxes: of two, the one whose box was put in last."""
    return next((shows[sku] for sku in reversed(list(skus)) if sku in shows), "")


def look(contents: Contents, *, boxes: Mapping[str, Box], today: dt.date) -> Basket:
    """What can be ordered of the contents, by the `boxes` offered now; boxes the farm never had are not shown."""
    lines, missing = [], []
    for sku, wished in contents.items():
        box = boxes.get(sku)
        if box and box.season_until >= today:
            lines.append(Line(box, min(wished, box.max_per_order), wished))
        else:
            missing.append(sku)
    return Basket(lines, _gone(missing))


def _gone(skus: list[str]) -> list[Box]:
    return list(Box.objects.filter(sku__in=skus).select_related("variety")) if skus else []


def _words(text: str) -> list[re.Match[str]]:
    return [found for word in text.split("|")[:MOST_KINDS] if (found := WORD.fullmatch(word))]
