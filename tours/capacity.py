"""How many people a slot or a whole day takes, as staff change it by hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from farm import limited
from farm.refusals import Refused
from tours import line
from tours.models import Slot, VisitorsDay


class LimitTooLow(Refused):
    """More people are expected already than the new limit allows."""

    code = "limit_too_low"
    conflict = True


@transaction.atomic
def set_slot_limit(*, slot: Slot, limit: int, now: dt.datetime) -> Slot:
    """Let the slot take `limit` people; never fewer than have a seat in it. New seats are offered to its line first.

    :raises LimitTooLow: when more have a seat, or it would be called off for want of people; nothing is changed.
    """
    if slot.runs == Slot.Runs.OPEN and limit < min(slot.minimum_to_run, slot.limit):
        raise LimitTooLow(
            _("This time needs %(least)s people to run.") % {"least": slot.minimum_to_run},
            advice=_("Set the limit to %(least)s or more, or close it.") % {"least": slot.minimum_to_run},
            field="limit",
        )
    _set(slot, limit)
    line.offer_freed([slot], now=now)
    return slot


@transaction.atomic
def set_day_limit(*, day: VisitorsDay, limit: int, now: dt.datetime) -> VisitorsDay:
    """Let the farm take `limit` visitors on this day, over all experiences; never fewer than are expected.

    New room is offered to the lines of the day's slots first.

    :raises LimitTooLow: when more are expected; nothing is changed.
    """
    _set(day, limit)
    line.offer_freed(day.slots.all()[:1], now=now)
    return day


def _set(row: Slot | VisitorsDay, limit: int) -> None:
    if not limited.set_limit(row, limit):
        raise LimitTooLow(
            _("%(taken)s people have a seat already.") % {"taken": row.taken},
            advice=_("Set the limit to %(taken)s or more, or move bookings first.") % {"taken": row.taken},
            field="limit",
        )
