"""A box in schema.org's words, for search engines: what it is, what it costs, whether it can be had."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from farm.money import yuan
from farm.web_addresses import absolute
from shop.freshness import Ahead
from shop.models import Box
from shop.templatetags.boxes import drawing


def box_facts(box: Box, days: Sequence[Ahead], today: dt.date) -> dict[str, Any]:
    """A Product with one Offer. `days` are its next ship dates; with none that has room it is sold out."""
    page = absolute(reverse("shop:box", args=[box.sku]))
    offer = {
        "@type": "Offer",
        "url": page,
        "price": yuan(box.price_fen),
        "priceCurrency": "CNY",
        "availability": f"https://schema.org/{_availability(box, days, today)}",
        "availabilityStarts": box.season_from.isoformat(),
        "availabilityEnds": box.season_until.isoformat(),
        "itemCondition": "https://schema.org/NewCondition",
        "areaServed": "CN",
    }
    return {
        "@type": "Product",
        "sku": box.sku,
        "name": box.name,
        "description": box.variety.taste,
        "image": absolute(static(drawing(box.variety))),
        "url": page,
        "brand": {"@type": "Brand", "name": _("Beizhen Grapes")},
        "weight": {"@type": "QuantitativeValue", "value": box.net_grams, "unitCode": "GRM"},
        "offers": offer,
    }


def _availability(box: Box, days: Sequence[Ahead], today: dt.date) -> str:
    if not box.is_offered or box.season_until < today:
        return "Discontinued"
    if not any(day.left for day in days):
        return "SoldOut"
    return "PreOrder" if box.season_from > today else "InStock"
