"""How many people a slot or a whole day takes, as staff change it by hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

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

    :raises LimitTooLow: when more have a seat; nothing is changed.
    """
    _set(slot, limit)
    line.offer_freed([slot], now=now)
    return slot


@transaction.atomic
def set_day_limit(*, day: VisitorsDay, limit: int, now: dt.datetime) -> VisitorsDay:
    """Let the farm take `limit` visitors on this day, over all experiences; never fewer than are expected.

    :raises LimitTooLow: when more are expected; nothing is changed.
    """
    _set(day, limit)
    line.offer_freed(day.slots.order_by("pk")[:1], now=now)
    return day


def _set(row: Slot | VisitorsDay, limit: int) -> None:
    """One conditional UPDATE: a seat taken at this moment is counted, or finds the new limit."""
    changed = type(row)._default_manager.filter(pk=row.pk, taken__lte=limit).update(limit=limit) if limit >= 0 else 0
    row.refresh_from_db(fields=["taken", "limit"])
    if not changed:
        raise LimitTooLow(
            _("%(taken)s people have a seat already.") % {"taken": row.taken},
            advice=_("Set the limit to %(taken)s or more, or move bookings first.") % {"taken": row.taken},
            field="limit",
        )
