"""The words of the shop: about delivery, privacy and help."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from farm.api.keeping import public_page
from shop import divisions, freight


@public_page
def words(request: HttpRequest, page: str) -> HttpResponse:
    """One of the pages that only say something."""
    return render(request, f"shop/{page}.html", {"zones": _zones()})


def _zones() -> list[dict[str, Any]]:
    """What the way costs, as the freight table says."""
    return [
        {**zone, "names": [divisions.NAMES[code] for code in zone["provinces"]]} for zone in freight.PRICES["zones"]
    ]
