"""Days on which the whole farm is closed: what nobody booked leaves the schedule, who booked may choose anew."""

import datetime as dt

from django.db import transaction
from django.utils.timezone import localdate

from farm.models import ClosedDay
from tours import closures, slots, unbooked
from tours.closures import Reason
from tours.models import Slot


@transaction.atomic
def on_day_closed(*, date: str, by: str, now: dt.datetime) -> None:
    """Take the day's unbooked slots off the schedule, and close the others as rain does: each party has a choice.

    The row is the truth: of a day that was lifted meanwhile nothing is closed, and days gone by stay as they were.
    """
    closed_day = ClosedDay.objects.filter(date=date, date__gte=localdate(now)).first()
    if closed_day is None:
        return
    coming = Slot.objects.filter(date=date, starts_at__gt=now, is_closed=False)
    unbooked.take_off(coming)
    booked = list(coming.order_by("pk").values_list("pk", flat=True))
    if booked:
        reason = Reason(closed_day.reason_zh, closed_day.reason_en)
        closures.close(slots=booked, reason=reason, by=by, now=now)


def on_day_lifted(*, date: str, by: str, now: dt.datetime) -> None:
    """Plan again what had left the schedule; what was closed for parties is opened by hand."""
    slots.materialise(now)
