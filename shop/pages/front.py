"""The front of the shop: what is in season, and the words about delivery, privacy and help."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_headers

from shop import divisions, freight
from shop.models import Box
from shop.pages.calendar import calendar

NEXT_DAYS = 3


def boxes_of(today: dt.date) -> list[Box]:
    """Boxes that ship on some day from `today` on, by variety."""
    return list(Box.objects.filter(is_offered=True, season_until__gte=today).select_related("variety"))


@require_safe
@conditional_page
@cache_control(no_cache=True)
@vary_on_headers("Cookie")
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    ahead = [day for day in calendar(now=now).days if day.is_open]
    context = {"boxes": boxes_of(timezone.localtime(now).date()), "days": ahead[:NEXT_DAYS]}
    return render(request, "shop/home.html", context)


@require_safe
@conditional_page
@cache_control(no_cache=True)
@vary_on_headers("Cookie")
def words(request: HttpRequest, page: str) -> HttpResponse:
    """One of the pages that only say something."""
    return render(request, f"shop/{page}.html", {"zones": _zones()})


def _zones() -> list[dict[str, Any]]:
    """What the way costs, as the freight table says."""
    return [
        {**zone, "names": [divisions.NAMES[code] for code in zone["provinces"]]} for zone in freight.PRICES["zones"]
    ]
