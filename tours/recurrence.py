"""The days that a recurrence rule (RFC 5545) names: what staff may write, and which dates it means."""

import datetime as dt
import re
from collections.abc import Iterable

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from farm.refusals import Refused

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
WEEKDAY = re.compile(r"([+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)")
WEEKDAYS_KNOWN = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EVERY_DAY = "FREQ=DAILY"
ON_WEEKDAYS = "FREQ=WEEKLY;BYDAY="
LONGEST_INTERVAL = 11
"""Twelve months and more could leap over the only months that have the day, and search for it for ever."""
DAYS_OF_MONTH = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


class BadRecurrence(Refused):
    """The rule cannot be read, or would name no day ever."""

    code = "bad_recurrence"


def check(text: str) -> None:
    """See that `text` is a rule which names days again and again, so that no search for the next one is endless.

    :raises BadRecurrence: saying which part is wrong and how it is written.
    """
    parts = _parts(text)
    if parts.get("FREQ") not in FREQUENCIES:
        raise _bad(
            _("A rule begins with how often it comes."), _("Begin with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY.")
        )
    _check_interval(parts)
    _check_weekdays(parts)
    _check_days_of_month(parts)
    if parts["FREQ"] == "MONTHLY" and not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        raise _bad(_("The rule does not say which day of the month."), _("Add BYMONTHDAY=1 or BYDAY=1SA, for example."))


def dates(text: str, *, since: dt.date, first: dt.date, last: dt.date) -> list[dt.date]:
    """The dates from `first` to `last` that the checked rule names when it begins on `since`.

    :raises BadRecurrence: when the rule is not a good one.
    """
    check(text)
    if last < max(since, first):
        return []
    rule = rrulestr(f"{text};UNTIL={last:%Y%m%d}", dtstart=_midnight(since))
    return [moment.date() for moment in rule.xafter(_midnight(first), inc=True)]


def weekdays(text: str) -> list[str]:
    """The days of the week, Monday first, of a rule that says no more than these; none of any other rule."""
    named = set(text.removeprefix(ON_WEEKDAYS).split(","))
    if not text.startswith(ON_WEEKDAYS) or not named <= set(WEEKDAYS_KNOWN):
        return []
    return [day for day in WEEKDAYS_KNOWN if day in named]


def on_weekdays(days: Iterable[str]) -> str:
    """The rule for these days of each week: all seven are every day, and one choice is always the same text."""
    named = [day for day in WEEKDAYS_KNOWN if day in days]
    return EVERY_DAY if len(named) == len(WEEKDAYS_KNOWN) else ON_WEEKDAYS + ",".join(named)


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if name not in READERS or not equals or name in parts:
            raise _bad(
                _("“%(part)s” cannot stand in a rule.") % {"part": part[:40]},
                _("Write FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, each once; the rule's dates begin and end it."),
            )
        if not re.fullmatch(READERS[name], value):
            raise _bad(
                _("“%(part)s” cannot be read.") % {"part": part[:40]}, _("For example: FREQ=WEEKLY;BYDAY=SA,SU.")
            )
        parts[name] = value
    return parts


READERS = {
    "FREQ": r"[A-Z]+",
    "INTERVAL": r"\d{1,3}",
    "BYDAY": rf"{WEEKDAY.pattern}(,{WEEKDAY.pattern})*",
    "BYMONTHDAY": r"-?\d{1,2}(,-?\d{1,2})*",
    "BYMONTH": r"\d{1,2}(,\d{1,2})*",
    "WKST": "|".join(WEEKDAYS_KNOWN),
}
"""The parts that a rule may have. COUNT, UNTIL and DTSTART would quarrel with the rule's own dates."""


def _check_interval(parts: dict[str, str]) -> None:
    interval = int(parts.get("INTERVAL", 1))
    if not 1 <= interval <= LONGEST_INTERVAL:
        raise _bad(
            _("INTERVAL=%(interval)s cannot be used.") % {"interval": interval},
            _("Choose between 1 and %(most)s.") % {"most": LONGEST_INTERVAL},
        )
    narrowed = "BYMONTH" in parts or (parts["FREQ"] == "DAILY" and {"BYDAY", "BYMONTHDAY"} & parts.keys())
    if interval > 1 and narrowed:
        raise _bad(
            _("INTERVAL above 1 may leap over the days or months that the rule asks for."),
            _("Leave INTERVAL out, or name no days and months with it."),
        )


def _check_weekdays(parts: dict[str, str]) -> None:
    counted = any(match[1] for match in WEEKDAY.finditer(parts.get("BYDAY", "")))
    if counted and (parts["FREQ"] != "MONTHLY" or "BYMONTHDAY" in parts):
        raise _bad(
            _("“The first Saturday” (1SA) is a day of a month."),
            _("Use it with FREQ=MONTHLY and without BYMONTHDAY."),
        )


def _check_days_of_month(parts: dict[str, str]) -> None:
    months = _numbers(parts, "BYMONTH") or list(DAYS_OF_MONTH)
    days = _numbers(parts, "BYMONTHDAY") or [1]
    if not set(months) <= DAYS_OF_MONTH.keys():
        raise _bad(_("A year has the months 1 to 12."), _("Correct BYMONTH."))
    if any(not any(1 <= abs(day) <= DAYS_OF_MONTH[month] for month in months) for day in days):
        raise _bad(_("No month of the rule has such a day."), _("Correct BYMONTHDAY or BYMONTH."))
    if "BYMONTHDAY" in parts and parts["FREQ"] == "WEEKLY":
        raise _bad(_("A week has no days of a month."), _("Use FREQ=MONTHLY with BYMONTHDAY."))


def _numbers(parts: dict[str, str], name: str) -> list[int]:
    return [int(number) for number in parts[name].split(",")] if name in parts else []


def _midnight(date: dt.date) -> dt.datetime:
    """The rule reckons in wall-clock days, which have no time zone."""
    return dt.datetime.combine(date, dt.time())


def _bad(reason: str, advice: str) -> BadRecurrence:
    return BadRecurrence(reason, advice=advice, field="recurrence")
