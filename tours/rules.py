"""The rule stays a rule: after an edit the slots nobody has booked follow it, and staff see those somebody has."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext_lazy, ngettext

from farm import chores
from farm.models import StaffTask
from tours import slots, unbooked
from tours.models import Experience, ScheduleRule, Slot

SETTLE_WITHIN = dt.timedelta(hours=24)
TASK_PREFIX = "misfits:"


class Why(models.TextChoices):
    """In what a slot no longer is what its rule says."""

    GONE = "gone", gettext_lazy("the rule no longer plans it")
    SEATS = "seats", gettext_lazy("the rule has other seats")
    PRICES = "prices", gettext_lazy("the rule has other prices")
    LENGTH = "length", gettext_lazy("the experience has another duration")


@dataclass(frozen=True)
class Misfit:
    """A slot that somebody has booked and that its rule no longer plans like this."""

    slot: Slot
    why: tuple[Why, ...]


def apply_rule(*, rule: ScheduleRule, by: str, now: dt.datetime) -> list[Misfit]:
    """Let the rule's coming slots follow it: change or take off those that nobody has booked, and make new ones.

    What somebody has booked stays as it is; it is returned, and becomes one task for staff. What an earlier edit left
    to do is part of it, or is done when everything fits again.
    """
    return _apply(_rules_of(f"rule:{rule.pk}"), about=f"rule:{rule.pk}", name=rule.name, by=by, now=now)


def apply_experience(*, experience: Experience, by: str, now: dt.datetime) -> list[Misfit]:
    """The same for all rules of an experience whose duration or cut-off was changed."""
    about = f"experience:{experience.pk}"
    return _apply(_rules_of(about), about=about, name=experience.name, by=by, now=now)


def left_of(task: StaffTask, *, now: dt.datetime) -> list[Misfit]:
    """The booked slots of which the task tells and that fit no better today."""
    return misfits(rules=_rules_of(task.about), now=now)


def misfits(
    *, rules: Iterable[ScheduleRule], now: dt.datetime, days: tuple[dt.date, dt.date] | None = None
) -> list[Misfit]:
    """The coming open slots of these rules that somebody has booked and that no longer fit, first ones first.

    All of them, or those from the first to the last of `days`.
    """
    coming = _coming(rules, now).filter(unbooked.is_engaged(), is_closed=False)
    coming = coming.filter(date__range=days) if days else coming
    booked = list(coming.select_related("experience", "rule", "day"))
    wanted = _wanted(rules, booked, now)
    found = [Misfit(slot, _why(slot, wanted.get(slot.pk))) for slot in booked]
    return [misfit for misfit in found if misfit.why]


def _rules_of(about: str) -> "models.QuerySet[ScheduleRule]":
    """Those that a task is about: one, or all of an experience."""
    kind, _colon, key = about.partition(":")
    return ScheduleRule.objects.filter(**{"pk" if kind == "rule" else "experience": key})


@transaction.atomic
def _apply(rules: "models.QuerySet[ScheduleRule]", *, about: str, name: str, by: str, now: dt.datetime) -> list[Misfit]:
    held = slots.hold_rules(rules)
    _follow(held, now)
    slots.make_missing(slots.plan(held, now), now)
    left = misfits(rules=held, now=now)
    _ask_staff(left, about=about, name=name, by=by, now=now)
    return left


def _ask_staff(left: Sequence[Misfit], *, about: str, name: str, by: str, now: dt.datetime) -> None:
    """One task takes the place of those before, due when the first of them was; none when nothing is left to do."""
    asked = StaffTask.objects.filter(key__startswith=f"{TASK_PREFIX}{about}:", settled_at=None)
    due_at = min(asked.values_list("due_at", flat=True), default=now + SETTLE_WITHIN)
    chores.close(asked, by=by, now=now)
    if left:
        chores.raise_task(
            key=f"{TASK_PREFIX}{about}:{now:%Y%m%d%H%M%S%f}",
            what=lambda: (
                ngettext(
                    "“%(name)s” was changed: %(count)s booked slot no longer fits.",
                    "“%(name)s” was changed: %(count)s booked slots no longer fit.",
                    len(left),
                )
                % {"name": name, "count": len(left)}
            ),
            about=about,
            due_at=min(due_at, left[0].slot.starts_at),
            now=now,
        )


def _follow(rules: Sequence[ScheduleRule], now: dt.datetime) -> None:
    """Change the slots that nobody has booked into what their rules want, or take them off."""
    coming = list(_coming(rules, now))
    wanted = _wanted(rules, coming, now)
    unbooked.take_off([slot for slot in coming if slot.pk not in wanted])
    unbooked.follow((slot, wanted[slot.pk]) for slot in coming if _differs(slot, wanted.get(slot.pk)))


def _coming(rules: Iterable[ScheduleRule], now: dt.datetime) -> "models.QuerySet[Slot]":
    """Slots of these rules that have not begun, but for those that were called off: their parties have heard."""
    coming = Slot.objects.filter(rule__in=list(rules), starts_at__gt=now).exclude(runs=Slot.Runs.CALLED_OFF)
    return coming.order_by("starts_at", "pk")


def _wanted(rules: Iterable[ScheduleRule], there: Sequence[Slot], now: dt.datetime) -> dict[int, Slot]:
    """What each of these slots would be if it were made now, by its key; those no longer planned are left out."""
    by_pk = {rule.pk: rule for rule in rules}
    last = max((slot.date for slot in there), default=slots.horizon(now))
    starts = slots.starts_of(by_pk.values(), now, last=last)
    wanted = {}
    for slot in there:
        rule = by_pk[slot.rule_id or 0]
        start = starts[rule.pk].get(slot.starts_at)
        if start:
            wanted[slot.pk] = slots.slot_of(rule, start, slot.day_id, now)
    return wanted


def _differs(slot: Slot, wanted: Slot | None) -> bool:
    return wanted is not None and (
        unbooked.was_taken_off(slot) or any(getattr(slot, name) != getattr(wanted, name) for name in unbooked.FOLLOWS)
    )


def _why(slot: Slot, wanted: Slot | None) -> tuple[Why, ...]:
    if wanted is None:
        return (Why.GONE,)
    told = {Why.SEATS: "limit", Why.PRICES: "price_list_id", Why.LENGTH: "ends_at"}
    return tuple(why for why, name in told.items() if getattr(slot, name) != getattr(wanted, name))
