"""Price the cold road from Beizhen to a province, and promise how many days it takes."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from farm.refusals import Refused
from shop import divisions


@dataclass(frozen=True, slots=True)
class Zone:
    """Provinces at one price: the first kilogram, each further started one, and the days on the road."""

    first_kg_fen: int
    next_kg_fen: int
    days: int


class NotServed(Refused):
    """We have no cold chain to this province; it may have had one when an order to it was placed."""

    code = "bad_address"

    def __init__(self, province: str) -> None:
        super().__init__(
            _("No cold chain reaches %(province)s.") % {"province": province},
            advice=_("Choose an address that the carrier serves."),
        )


def freight_fen(province_code: str, net_grams: int, boxes: int) -> int:
    """Return the freight in fen for `boxes` boxes with `net_grams` of grapes in all, sent as one parcel.

    :raises NotServed: when there is no cold chain to the province.
    :raises divisions.UnknownDivision: when no province has this 6-digit code.
    """
    if net_grams <= 0 or boxes <= 0:
        raise ValueError("freight needs at least one box and one gram")
    zone = _zone(province_code)
    if net_grams >= FREE_FROM_NET_GRAMS.get(province_code, net_grams + 1):
        return 0
    gross_grams = net_grams + boxes * PACKAGING_GRAMS_PER_BOX
    further_kilograms = max(0, -(-gross_grams // 1000) - 1)
    return zone.first_kg_fen + further_kilograms * zone.next_kg_fen


def span_fen(net_grams: int, boxes: int) -> tuple[int, int]:
    """Return the lowest and the highest freight in fen that a province could ask for these boxes."""
    asked = [freight_fen(code, net_grams, boxes) for code in ZONES]
    return min(asked), max(asked)


def days_on_the_road(province_code: str) -> int:
    """Return the days (1 to 4) between the ship date and the promised arrival.

    :raises NotServed: when there is no cold chain to the province.
    :raises divisions.UnknownDivision: when no province has this 6-digit code.
    """
    return _zone(province_code).days


def arrival(division_code: str, ship_date: dt.date) -> dt.date:
    """Return the day on which a parcel that leaves on `ship_date` is promised at the division's door."""
    return ship_date + dt.timedelta(days=days_on_the_road(division_code[:2] + "0000"))


def promised(division_code: str, ship_date: dt.date) -> dt.date | None:
    """The arrival, or None where the table of zones changed after an order was taken: it travels, without a promise."""
    try:
        return arrival(division_code, ship_date)
    except NotServed:
        return None


def _zone(province_code: str) -> Zone:
    try:
        return ZONES[province_code]
    except KeyError:
        raise NotServed(divisions.by_code(province_code).province) from None


PRICES: dict[str, Any] = json.loads(Path(__file__).with_name("data").joinpath("freight.json").read_text("utf-8"))
PACKAGING_GRAMS_PER_BOX: int = PRICES["packaging_grams_per_box"]
FREE_FROM_NET_GRAMS: dict[str, int] = {code: free["from_net_grams"] for code, free in PRICES["free"].items()}
ZONES = {
    code: Zone(row["first_kg_fen"], row["next_kg_fen"], row["days"])
    for row in PRICES["zones"]
    for code in row["provinces"]
}
PROVINCES_BY_DAYS = {
    days: sorted(code[:2] for code, zone in ZONES.items() if zone.days == days)
    for days in sorted({zone.days for zone in ZONES.values()})
}
"""First two digits of the divisions that are so many days away, for questions to the database."""
FARTHEST = max(ZONES, key=lambda code: ZONES[code].days)
"""A province to which no way of ours is longer."""
