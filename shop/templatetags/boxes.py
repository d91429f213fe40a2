"""How a box of grapes shows itself: its drawings, what its weight costs in the reader's measure, where it goes."""

from django import template
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farm.money import yuan
from farm.templatetags.money import yuan as in_yuan
from shop import divisions
from shop.models import Box, Variety

register = template.Library()

DRAWN = {"kyoho", "summer-black", "shine-muscat", "muscat-hamburg", "red-globe", "zuoyouhong"}
BY_SKIN = {"purple": "kyoho", "black": "summer-black", "green": "shine-muscat", "red": "red-globe"}
"""Which of our drawings stands for a variety that has none of its own."""
SMALL_GRAMS = 3000
JIN_GRAMS, KILOGRAM = 500, 1000


@register.filter
def drawing(variety: Variety) -> str:
    """The static file of a variety's bunch."""
    name = variety.code if variety.code in DRAWN else BY_SKIN.get(variety.skin, "kyoho")
    return f"beizhen/drawings/grape-{name}.svg"


@register.filter
def carton(box: Box) -> str:
    """The static file of what it is packed in."""
    if box.is_gift:
        return "beizhen/drawings/box-gift.svg"
    return f"beizhen/drawings/box-{'small' if box.net_grams <= SMALL_GRAMS else 'large'}.svg"


@register.filter
def province(code: str) -> str:
    """A province's name in the reader's language, from its code."""
    return divisions.province_words(code)


@register.filter
def freight(fen: int) -> str:
    """1600 -> ¥16.00, 0 -> free"""
    return in_yuan(fen) if fen else _("free")


@register.filter
def by_weight(box: Box) -> str:
    """¥18.32/kg; in Chinese by the jin of 500 g: ¥9.16/斤"""
    grams = KILOGRAM if get_language() == "en" else JIN_GRAMS
    return _("¥%(price)s/kg") % {"price": yuan(round(box.price_fen * grams / box.net_grams))}


@register.simple_tag
def damage_report_hours() -> int:
    """How long after delivery damaged fruit may be reported, as every page promises it."""
    hours: int = settings.DAMAGE_REPORT_HOURS
    return hours
