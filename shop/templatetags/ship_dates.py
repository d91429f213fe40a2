"""The ship-date calendar on a page."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language

from shop.pages.calendar import Calendar

register = template.Library()
MOST_KEPT = 64


@register.simple_tag
def ship_dates(calendar: Calendar, *, may_wait: bool = False) -> str:
    """`{% ship_dates calendar may_wait=True %}`: drawn anew only when it says something else than a moment ago."""
    return _drawn(calendar, may_wait, get_language())


@lru_cache(MOST_KEPT)
def _drawn(calendar: Calendar, may_wait: bool, language: str | None) -> str:
    """What stands there depends on nothing but these three: fifty cells cost as much as the rest of the page."""
    return render_to_string("shop/_calendar.html", {"calendar": calendar, "may_wait": may_wait})
