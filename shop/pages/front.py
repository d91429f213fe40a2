"""The words of the shop: about delivery, privacy and help, with the rules as they are set."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext

from farm.api.keeping import public_page
from shop import divisions, freight

SAMPLE = (5000, 2)
"""Net grams and boxes of the parcel that shows what each way costs."""


@public_page
def words(request: HttpRequest, page: str) -> HttpResponse:
    """One of the pages that only say something."""
    context = {"zones": _zones(), "free": _free(), "grams": freight.PACKAGING_GRAMS_PER_BOX}
    return render(request, f"shop/{page}.html", context)


def _zones() -> list[dict[str, Any]]:
    """What the way costs, as the freight table says; the nearest first."""
    return [
        {
            **zone,
            "names": pgettext("between places", ", ").join(map(divisions.province_words, zone["provinces"])),
            "sample_fen": max(freight.freight_fen(code, *SAMPLE) for code in zone["provinces"]),
        }
        for zone in freight.PRICES["zones"]
    ]


def _free() -> list[dict[str, Any]]:
    """Where the way costs nothing from so many grams on."""
    free = freight.FREE_FROM_NET_GRAMS.items()
    return [{"place": divisions.province_words(code), "from_grams": grams} for code, grams in free]
