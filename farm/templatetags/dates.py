"""Days and moments of the farm the way customers read them."""

import datetime as dt
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

register = template.Library()
A_SEASON = 4096


@register.filter
def day(date: dt.date) -> str:
    """Thu 10 Sep, 9月10日 星期四"""
    return _written(date, pgettext("format of a day", "D j M"))


@register.filter
def day_of_any_year(date: dt.date) -> str:
    """Thu 10 Sep, 9月10日 星期四; of another year than this one Fri 10 Sep 2027, 2027年9月10日 星期五"""
    if date.year == timezone.localdate().year:
        return day(date)
    return _written(date, pgettext("format of a day of another year", "D j M Y"))


@register.filter
def day_of_year(date: dt.date) -> str:
    """10 Sep 2027, 2027年9月10日: for days that may be far away"""
    return date_format(date, pgettext("format of a day with its year", "j M Y"))


@register.filter
def short_day(date: dt.date) -> str:
    """10 Sep, 9月10日"""
    return _written(date, pgettext("format of a short day", "j M"))


@register.filter
def month(date: dt.date) -> str:
    """Sep, 9月"""
    return _written(date, pgettext("format of a month", "M"))


@register.filter
def moment(at: dt.datetime) -> str:
    """10 Sep, 16:05 by the farm's clock"""
    return _written(timezone.localtime(at), pgettext("format of a moment", "j M, H:i"))


@register.filter
def when(at: dt.datetime) -> str:
    """Thu 10 Sep, 16:05 by the farm's clock: a time that somebody keeps"""
    return _written(timezone.localtime(at), pgettext("format of a day and its time", "D j M, H:i"))


@register.filter
def clock_or_when(at: dt.datetime) -> str:
    """16:05 today, Thu 10 Sep, 16:05 on any other day"""
    return clock(at) if timezone.localdate(at) == timezone.localdate() else when(at)


@register.filter
def clock(at: dt.datetime) -> str:
    """16:05 by the farm's clock"""
    return _written(timezone.localtime(at), "H:i")


def _written(date: dt.date, form: str) -> str:
    return _in_language(date, form, get_language(), getattr(date, "tzinfo", None))


@lru_cache(A_SEASON)
def _in_language(date: dt.date, form: str, _language: str | None, _zone: dt.tzinfo | None) -> str:
    """Pages name the same few days over and over, and Django takes a page's tenth for each dozen of them."""
    return date_format(date, form)
