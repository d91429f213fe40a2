"""From a rule to its starts: which days, which times, in the farm's wall clock."""

import datetime as dt
import re
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from farm.refusals import Refused
from tours import chinese_calendar, recurrence
from tours.models import ScheduleException, ScheduleRule

Days, Kind = ScheduleRule.Days, ScheduleException.Kind
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class BadTimes(Refused):
    code = "bad_times"


class Start(NamedTuple):
    """One beginning that a rule plans, for so many people."""

    date: dt.date
    time: dt.time
    capacity: int

    @property
    def at(self) -> dt.datetime:
        return dt.datetime.combine(self.date, self.time, get_default_timezone())


def check(rule: ScheduleRule) -> None:
    """See that the rule can be followed.

    :raises BadRecurrence: when its days cannot; BadTimes when its times cannot.
    """
    recurrence.check(rule.recurrence)
    times_of(rule.times)


def times_of(words: Any) -> list[dt.time]:
    """The times of day that `words` (e.g. ["09:30", "14:00"]) mean, in order.

    :raises BadTimes: when one is no time, or stands there twice, or there is none.
    """
    if not isinstance(words, list) or not words:
        raise _bad_times(_("The rule has no times."))
    for word in words:
        if not isinstance(word, str) or not CLOCK.fullmatch(word):
            raise _bad_times(_("“%(time)s” is not a time.") % {"time": str(word)[:20]})
    if len(set(words)) < len(words):
        raise _bad_times(_("The same time stands there twice."))
    return sorted(dt.time.fromisoformat(word) for word in words)


def planned(
    rule: ScheduleRule,
    first: dt.date,
    last: dt.date,
    *,
    exceptions: Iterable[ScheduleException] = (),
    closed: Collection[dt.date] = (),
) -> list[Start]:
    """The starts that the rule plans from `first` to `last`, in order; asks nobody, so whoever calls brings the facts.

    An added start holds on a day that the rule does not name, or outside its season, but never on a closed day.

    :raises BadRecurrence: when its days cannot be followed; BadTimes when its times cannot.
    """
    if not rule.is_active:
        return []
    times = times_of(rule.times)
    plan = {(date, time): rule.capacity for date in _dates(rule, first, last) for time in times}
    in_reach = [one for one in exceptions if first <= one.date <= last]
    for skip in (one for one in in_reach if one.kind == Kind.SKIP):
        for time in [skip.time] if skip.time else times:
            plan.pop((skip.date, time), None)
    for add in (one for one in in_reach if one.kind == Kind.ADD):
        for time in [add.time] if add.time else times:
            plan[add.date, time] = rule.capacity if add.capacity is None else add.capacity
    return [Start(*start, capacity) for start, capacity in sorted(plan.items()) if start[0] not in closed]


def _dates(rule: ScheduleRule, first: dt.date, last: dt.date) -> list[dt.date]:
    named = recurrence.dates(
        rule.recurrence, since=rule.starts_on, first=max(first, rule.starts_on), last=min(last, rule.ends_on)
    )
    if rule.days == Days.EVERY:
        return named
    return [date for date in named if chinese_calendar.is_workday(date) == (rule.days == Days.WORKDAYS)]


def _bad_times(reason: str) -> BadTimes:
    return BadTimes(reason, advice=_("Write times like 09:30, 14:00."), field="times")
