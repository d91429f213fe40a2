"""Slots made ahead from the schedule's rules, each with its visitors' day; a slot that staff add by hand."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm import chores, rows
from farm.models import ClosedDay
from farm.refusals import Refused
from farm.templatetags.dates import when
from tours import schedule, unbooked
from tours.models import Experience, PriceList, ScheduleException, ScheduleRule, Slot, VisitorsDay
from tours.schedule import Start

Plan = dict[tuple[int, dt.datetime], tuple[ScheduleRule, Start]]
"""What rules want, by experience and start: of two rules with the same start the older one has it."""
StartsByRule = dict[int, dict[dt.datetime, Start]]

MEND_WITHIN = dt.timedelta(hours=24)


class StartTaken(Refused):
    """The experience begins at that time already."""

    code = "start_taken"
    conflict = True


class NotPlanned(Refused):
    """The schedule, or a closed day of the farm, would take the time off again."""

    code = "not_planned"
    conflict = True


def horizon(now: dt.datetime) -> dt.date:
    """The last day whose slots are made ahead."""
    return localdate(now) + dt.timedelta(days=settings.SLOTS_AHEAD_DAYS)


@transaction.atomic
def materialise(now: dt.datetime) -> int:
    """Make the slots that all rules plan for the days ahead; return how many were missing.

    Slots that nobody has booked and no rule plans any more leave: their day was closed, or their season cut short. One
    that is planned once more comes back as the rule says that has it now.
    """
    wanted = plan(hold_rules(ScheduleRule.objects.all()), now)
    ours = Q(rule__isnull=False) | unbooked.is_taken_off()
    coming = Slot.objects.filter(ours, starts_at__gt=now, date__lte=horizon(now))
    there = list(coming.only("experience_id", "day_id", "starts_at", "is_closed", "closed_reason_en"))
    unbooked.take_off([slot for slot in there if not slot.is_closed and _key(slot) not in wanted])
    back = [slot for slot in there if unbooked.was_taken_off(slot) and _key(slot) in wanted]
    unbooked.follow((slot, slot_of(*wanted[_key(slot)], slot.day_id, now)) for slot in back)
    return make_missing(wanted, now)


def hold_rules(rules: QuerySet[ScheduleRule]) -> list[ScheduleRule]:
    """The rules as they are now, held still until commit: an edit in between would leave slots of the old rule."""
    return list(rules.select_for_update(of=("self",)).select_related("experience").order_by("pk"))


def plan(rules: Sequence[ScheduleRule], now: dt.datetime) -> Plan:
    """What `rules` together want from `now` to the horizon."""
    by_rule = starts_of(rules, now, last=horizon(now))
    wanted: Plan = {}
    for rule in rules:
        for start in by_rule[rule.pk].values():
            wanted.setdefault((rule.experience_id, start.at), (rule, start))
    return wanted


def starts_of(rules: Iterable[ScheduleRule], now: dt.datetime, *, last: dt.date) -> StartsByRule:
    """The starts that each rule plans from `now` to `last`. One that cannot be read plans nothing and is a task."""
    reach = (localdate(now), last)
    closed = set(ClosedDay.objects.filter(date__range=reach).values_list("date", flat=True))
    exceptions: dict[int, list[ScheduleException]] = {}
    for exception in ScheduleException.objects.filter(rule__in=list(rules), date__range=reach):
        exceptions.setdefault(exception.rule_id, []).append(exception)
    by_rule = {rule.pk: _starts(rule, reach, exceptions.get(rule.pk, ()), closed, now) for rule in rules}
    return {pk: {start.at: start for start in starts if start.at > now} for pk, starts in by_rule.items()}


def make_missing(wanted: Plan, now: dt.datetime) -> int:
    """Make the slots of a plan that are not there yet, and their days; return how many. Safe under two beats."""
    experiences = {experience for experience, _at in wanted}
    coming = Slot.objects.filter(experience__in=experiences, starts_at__gt=now)
    there = set(coming.values_list("experience_id", "starts_at"))
    missing = [(rule, start) for key, (rule, start) in wanted.items() if key not in there]
    if missing:
        days = days_of({start.date for _, start in missing})
        rows.insert_new([slot_of(rule, start, days[start.date].pk, now) for rule, start in missing])
    return len(missing)


def days_of(dates: Collection[dt.date]) -> dict[dt.date, VisitorsDay]:
    """The visitors' days of these dates, made with the usual limit where they are new."""
    rows.insert_new([VisitorsDay(date=date, limit=settings.VISITORS_PER_DAY) for date in sorted(dates)])
    return {day.date: day for day in VisitorsDay.objects.filter(date__in=dates)}


def slot_of(rule: ScheduleRule, start: Start, day_id: int, now: dt.datetime) -> Slot:
    """The slot that a rule means by one of its starts, not yet saved."""
    slot = _slot(rule.experience, start.at, day_id)
    slot.rule, slot.price_list_id, slot.limit = rule, rule.price_list_id, start.capacity
    _needs(slot, rule.minimum_to_run, dt.timedelta(hours=rule.decide_hours), now)
    return slot


def refuse_on_closed_day(*dates: dt.date) -> None:
    """Nothing is sold on a day on which the whole farm is closed.

    :raises NotPlanned: when one of `dates` is such a day.
    """
    if ClosedDay.objects.filter(date__in=dates).exists():
        raise NotPlanned(_("The farm is closed on this day."), advice=_("Take the day off the closed days first."))


@transaction.atomic
def add(*, experience: Experience, starts_at: dt.datetime, limit: int, price_list: PriceList | None) -> Slot:
    """Add one slot by hand for `limit` people, outside all rules: none of them will change it.

    :raises StartTaken: when the experience begins at that time already.
    :raises NotPlanned: on a day on which the farm is closed.
    """
    date = localdate(starts_at)
    refuse_on_closed_day(date)
    slot = _slot(experience, starts_at, days_of([date])[date].pk)
    slot.price_list, slot.limit = price_list, limit
    try:
        with transaction.atomic():
            slot.save(force_insert=True)
    except IntegrityError as error:
        raise _start_taken(slot) from error
    return slot


def _starts(
    rule: ScheduleRule,
    reach: tuple[dt.date, dt.date],
    exceptions: Iterable[ScheduleException],
    closed: Collection[dt.date],
    now: dt.datetime,
) -> list[Start]:
    try:
        return schedule.planned(rule, *reach, exceptions=exceptions, closed=closed)
    except Refused as refusal:
        words = {"rule": rule, "why": refusal}
        chores.raise_task(
            key=f"rule:{rule.pk}:unreadable",
            what=lambda: _("Rule “%(rule)s” plans nothing: %(why)s") % words,
            about=f"rule:{rule.pk}",
            due_at=now + MEND_WITHIN,
            now=now,
        )
        return []


def _key(slot: Slot) -> tuple[int, dt.datetime]:
    return slot.experience_id, slot.starts_at


def _slot(experience: Experience, starts_at: dt.datetime, day_id: int) -> Slot:
    return Slot(
        experience=experience,
        day_id=day_id,
        date=localdate(starts_at),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=experience.duration_minutes),
        cut_off_at=starts_at - dt.timedelta(minutes=experience.cut_off_minutes),
    )


def _needs(slot: Slot, minimum: int, before: dt.timedelta, now: dt.datetime) -> None:
    """Let the slot run only with `minimum` people, looked at `before` it starts; one made too late, at its cut-off."""
    slot.minimum_to_run = minimum
    if minimum:
        slot.runs = Slot.Runs.OPEN
        slot.decide_at = slot.starts_at - before if slot.starts_at - before > now else slot.cut_off_at


def _start_taken(slot: Slot) -> StartTaken:
    return StartTaken(
        _("%(experience)s begins at %(time)s already.")
        % {"experience": slot.experience.name, "time": when(slot.starts_at)},
        advice=_("Change that slot, or choose another time."),
        field="starts_at",
    )
