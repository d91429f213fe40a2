"""The demo's customers: plausible, from many provinces, and all of them invented."""

import datetime as dt
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shop import divisions
from shop.addresses import Address
from shop.checkout import Gift, Wanted
from shop.models import Box, Order
from shop.pricing import Want

PHONES = "1640"
"""Numbers that begin so belong to nobody: an order with another one was not made by the demo."""
PLAN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("data").joinpath("people.toml").read_text("utf-8"))
REGULARS = 0.35
FOREIGNERS = 0.04
GIFTS = 0.12
SECOND_BOXES = 0.25
QUANTITIES = (1, 1, 1, 2, 2, 3, 4, 6)


def new_phone(dice: random.Random) -> str:
    """A number that nobody has."""
    return f"{PHONES}{dice.randrange(10_000_000):07d}"


class Crowd:
    """Everybody who might buy; some come back."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._known: list[tuple[Address, str]] = []

    def wish(self, boxes: Sequence[Box], date: dt.date) -> Wanted:
        """What the next customer wants, for the ship date they chose."""
        address, language = self._somebody()
        wants = [Want(box.sku, self._quantity(box)) for box in self._choose(boxes)]
        return Wanted(wants=tuple(wants), date=date, address=address, gift=self._gift(), language=language)

    def another_street(self, order: Order) -> Address:
        """Where the customer of `order` lives after moving within the district."""
        return Address(order.name, order.phone, order.province, order.city, order.district, self._street())

    def _somebody(self) -> tuple[Address, str]:
        if self._known and self._dice.random() < REGULARS:
            return self._dice.choice(self._known)
        is_foreign = self._dice.random() < FOREIGNERS
        name = self._dice.choice(PLAN["foreigners"]) if is_foreign else self._chinese_name()
        province = self._dice.choices(list(PLAN["provinces"]), weights=list(PLAN["provinces"].values()))[0]
        place = self._dice.choice(PLACES[province])
        address = Address(name, new_phone(self._dice), place.province, place.city, place.district, self._street())
        self._known.append((address, "en" if is_foreign else "zh-hans"))
        return self._known[-1]

    def _chinese_name(self) -> str:
        return str(self._dice.choice(PLAN["surnames"]) + self._dice.choice(PLAN["given_names"]))

    def _street(self) -> str:
        road, estate = self._dice.choice(PLAN["roads"]), self._dice.choice(PLAN["estates"])
        house, floor = self._dice.randint(1, 280), self._dice.randint(1, 18)
        return f"{road}{house}号{estate}{self._dice.randint(1, 12)}号楼{self._dice.randint(1, 4)}单元{floor}02室"

    def _choose(self, boxes: Sequence[Box]) -> list[Box]:
        """One kind of box, or two; what stands first in the shop sells best."""
        weights = [1 / (place + 3) for place in range(len(boxes))]
        kinds = 2 if self._dice.random() < SECOND_BOXES else 1
        return list({box.sku: box for box in self._dice.choices(boxes, weights=weights, k=kinds)}.values())

    def _quantity(self, box: Box) -> int:
        return min(self._dice.choice(QUANTITIES), box.max_per_order)

    def _gift(self) -> Gift:
        if self._dice.random() < GIFTS:
            message, hides_price = self._dice.choice(PLAN["gift_messages"]), self._dice.random() < 0.7
            return Gift(message, hides_price, buyer_phone=new_phone(self._dice) if hides_price else "")
        return Gift()


PLACES = {
    province: [place for place in divisions.EXACT.values() if place.code[:2] == province[:2]]
    for province in PLAN["provinces"]
}
