"""A closed time is opened again by hand, once nobody of it is left to answer."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from farm.models import ClosedDay
from farm.refusals import Refused
from tours import line, unbooked
from tours.closures import BegunAlready
from tours.models import Booking, Slot, VisitorsDay

OPEN = {"is_closed": False, "closed_reason_zh": "", "closed_reason_en": ""}
TO_ANSWER = (Booking.Status.HELD, Booking.Status.CONFIRMED)


class StillAnswering(Refused):
    """Parties of the time have not said yet what they want instead."""

    code = "still_answering"
    conflict = True


class NotPlanned(Refused):
    """The schedule, or a closed day of the farm, would take the time off again."""

    code = "not_planned"
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
        reasons = {"closed_reason_zh": day.closed_reason_zh, "closed_reason_en": day.closed_reason_en}
        day.slots.filter(is_closed=False).exclude(pk=slot.pk).update(is_closed=True, **reasons)
        VisitorsDay.objects.filter(pk=day.pk).update(**OPEN)
    mine = Slot.objects.filter(pk=slot.pk)
    mine.filter(Q(runs=Slot.Runs.CALLED_OFF) | Q(decide_at__lte=now)).update(runs=Slot.Runs.SURE)
    mine.update(**OPEN)
    line.offer_freed([slot], now=now)
    return Slot.objects.select_related("experience", "day").get(pk=slot.pk)


def _refuse(slot: Slot, now: dt.datetime) -> None:
    if slot.starts_at <= now:
        raise BegunAlready(_("This time has begun already."), advice=_("Add a new time in the schedule instead."))
    if ClosedDay.objects.filter(date=slot.date).exists():
        raise NotPlanned(_("The farm is closed on this day."), advice=_("Take the day off the closed days first."))
    if unbooked.was_taken_off(slot):
        raise NotPlanned(_("The schedule no longer plans this time."), advice=_("Change its rule first."))
    if (slot.is_closed or slot.day.is_closed) and slot.bookings.filter(status__in=TO_ANSWER).exists():
        raise StillAnswering(
            _("Parties of this time have not chosen yet."),
            advice=_("Write down what they want at their closure, or undo it while nobody has answered."),
        )
