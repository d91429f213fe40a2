"""A closed time, or a whole closed day, is opened again by hand, once nobody of it is left to answer."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm.refusals import Refused
from tours import line, unbooked
from tours.closures import BegunAlready
from tours.models import Booking, Closure, Slot, VisitorsDay
from tours.slots import NotPlanned, refuse_on_closed_day

OPEN = {"is_closed": False, "closed_reason_zh": "", "closed_reason_en": ""}
TO_ANSWER = (Booking.Status.HELD, Booking.Status.CONFIRMED)


class StillAnswering(Refused):
    """Parties of the time have not said yet what they want instead."""

    code = "still_answering"
    conflict = True


@transaction.atomic
def open_again(*, slot: Slot, now: dt.datetime) -> Slot:
    """Sell a closed time again; of a day that was closed as a whole this time alone. An open one stays as it is.

    Who chose something else keeps what was chosen.

    :raises BegunAlready, NotPlanned, StillAnswering: nothing is changed then.
    """
    slot = Slot.objects.select_for_update(of=("self",)).select_related("experience").get(pk=slot.pk)
    day = VisitorsDay.objects.select_for_update().get(pk=slot.day_id)
    _refuse(slot, now)
    if day.is_closed:
        _shut(day, day.slots.exclude(pk=slot.pk))
        VisitorsDay.objects.filter(pk=day.pk).update(**OPEN)
    _open([slot], now)
    return Slot.objects.select_related("experience", "day").get(pk=slot.pk)


@transaction.atomic
def open_day(*, day: VisitorsDay, now: dt.datetime) -> VisitorsDay:
    """Sell a closed day again, with the times that were closed with it. An open one stays as it is.

    A time that was closed by itself before, or has begun, stays closed. Who chose something else keeps it.

    :raises BegunAlready, NotPlanned, StillAnswering: nothing is changed then.
    """
    slots = list(day.slots.select_for_update(of=("self",)).order_by("pk"))
    day = VisitorsDay.objects.select_for_update().get(pk=day.pk)
    if not day.is_closed:
        return day
    if day.date < localdate(now):
        raise BegunAlready(_("This day is over."), advice=_("Open a day that is still to come."))
    refuse_on_closed_day(day.date)
    closed_with_it = _closed_with(day)
    opened = [slot for slot in slots if slot.starts_at > now and (not slot.is_closed or slot.pk in closed_with_it)]
    for slot in opened:
        _refuse_while_answering(slot)
    _shut(day, day.slots.filter(starts_at__lte=now))
    VisitorsDay.objects.filter(pk=day.pk).update(**OPEN)
    _open(opened, now)
    return VisitorsDay.objects.get(pk=day.pk)


def _closed_with(day: VisitorsDay) -> set[int]:
    """The times that the day's last closure closed, but for those that the schedule has taken off since."""
    last = _last_closure(day)
    closed = last.slots.filter(is_closed=True, day=day) if last else Slot.objects.none()
    return {slot.pk for slot in closed if not unbooked.was_taken_off(slot)}


def _shut(day: VisitorsDay, slots: QuerySet[Slot]) -> None:
    """What only its day kept closed stays closed by itself, for the same reason; not what had begun before."""
    closure = _last_closure(day)
    shut = slots.filter(starts_at__gt=closure.made_at) if closure else slots
    reasons = {"closed_reason_zh": day.closed_reason_zh, "closed_reason_en": day.closed_reason_en}
    shut.filter(is_closed=False).update(is_closed=True, **reasons)


def _last_closure(day: VisitorsDay) -> Closure | None:
    return Closure.objects.filter(day=day).order_by("-pk").first()


def _open(slots: Sequence[Slot], now: dt.datetime) -> None:
    mine = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    mine.filter(Q(runs=Slot.Runs.CALLED_OFF) | Q(decide_at__lte=now)).update(runs=Slot.Runs.SURE)
    mine.update(**OPEN)
    line.offer_freed(slots, now=now)


def _refuse(slot: Slot, now: dt.datetime) -> None:
    if slot.starts_at <= now:
        raise BegunAlready(_("This time has begun already."), advice=_("Add a new time in the schedule instead."))
    refuse_on_closed_day(slot.date)
    if slot.rule_id and unbooked.was_taken_off(slot):  # what was added by hand has no rule that could plan it again
        raise NotPlanned(_("The schedule no longer plans this time."), advice=_("Change its rule first."))
    if slot.is_closed or slot.day.is_closed:
        _refuse_while_answering(slot)


def _refuse_while_answering(slot: Slot) -> None:
    if slot.bookings.filter(status__in=TO_ANSWER).exists():
        raise StillAnswering(
            _("Parties of this time have not chosen yet."),
            advice=_("Write down what they want at their closure, or undo it while nobody has answered."),
        )
