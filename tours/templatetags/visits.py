"""What the visits' pages say of an experience: its drawing, how long it takes, in which languages it is held."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from farm.language import in_readers_language
from tours.models import Experience, Slot, TicketType
from tours.party import company_words
from tours.sheets import ALONE, Company, Sheet

register = template.Library()

DRAWINGS = ("vineyard", "picking", "grower", "tasting", "walk", "school")
LANGUAGES = {"zh": ("中文", "Chinese"), "en": ("英语", "English")}


@register.filter
def drawing(experience: Experience) -> str:
    """The static file of its drawing; the vineyard when staff named none that we have."""
    name = experience.drawing if experience.drawing in DRAWINGS else DRAWINGS[0]
    return f"beizhen/drawings/visit-{name}.svg"


@register.filter
def duration(minutes: int) -> str:
    """90 -> 1.5 hours, 45 -> 45 minutes"""
    if minutes < 60 or minutes % 30:
        return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
    hours = minutes / 60
    return ngettext("%(hours)s hour", "%(hours)s hours", 1 if hours == 1 else 2) % {"hours": f"{hours:.10g}"}


@register.filter
def spoken(codes: Sequence[str]) -> str:
    """["zh", "en"] -> Chinese and English"""
    return _(" and ").join(in_readers_language(*LANGUAGES.get(code, (code, code))) for code in codes)


@register.filter
def month_and_year(date: dt.date) -> str:
    """September 2026, 2026年9月"""
    return date_format(date, pgettext("format of a month with its year", "F Y"))


@register.filter
def why_back(why: str) -> str:
    """The reason of a refund in the visitor's words."""
    reasons = {
        "cancelled": _("The booking was cancelled"),
        "late": _("It came after the hold had ended"),
        "double": _("You had paid already"),
        "wrong amount": _("It was not the amount asked"),
    }
    if why.startswith("changed"):
        return _("The changed visit costs less")
    return reasons.get(why, _("The farm sends it back"))


@register.filter
def who(kind: TicketType, companies: Mapping[str, Company]) -> str:
    """2 people · 4 to 12 years · with a grown-up, at most 5 for each"""
    said = [kind.ages, company_words(kind, companies.get(kind.code, ALONE))]
    if kind.people == 0:
        said.insert(0, _("needs no seat"))
    elif kind.people > 1:
        said.insert(0, _("%(people)s people") % {"people": kind.people})
    if kind.needs_proof:
        said.append(_("bring the card that proves it"))
    return " · ".join(words for words in said if words)


@register.simple_tag
def price_at(sheet: Sheet, kind: TicketType, slot: Slot) -> int:
    """What one ticket costs in fen on the slot's own day: weekends and feasts have price lists of theirs."""
    return sheet.price_fen(kind, slot.price_list_id)
