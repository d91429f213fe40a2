"""The first page: the season, what ships next, what can be visited this weekend. Here shop and visits meet."""

import datetime as dt

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from farm.api.keeping import public_page
from shop import live, window
from tours import weekend


class Season(TextChoices):
    """What the farm looks like; the value names its drawing, the label says what happens."""

    SPRING = "spring", gettext_lazy("Spring: the vines wake and are tied to their wires.")
    SUMMER = "summer", gettext_lazy("Summer: the berries swell, and the first early ones are ripe.")
    AUTUMN = "autumn", gettext_lazy("Autumn: harvest. Baskets come in from every row.")
    WINTER = "winter", gettext_lazy("Winter: the vines sleep under earth and snow; the grapes rest in our cold rooms.")


MONTHS = {
    Season.SPRING: (4, 5),
    Season.SUMMER: (6, 7),
    Season.AUTUMN: (8, 9, 10),
    Season.WINTER: (11, 12, 1, 2, 3),
}


@public_page
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    context = {"season": season(today), "window": window.look(now, today), "weekend": weekend.look(now, today)}
    context["shows"] = live.on_now(now)
    return render(request, "beizhen/home.html", context)


def season(today: dt.date) -> Season:
    """The season as Beizhen's vines have it: picked from August, under earth from November, tied up again in April."""
    return next(season for season, months in MONTHS.items() if today.month in months)
