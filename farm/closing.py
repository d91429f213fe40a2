"""Days on which the whole farm is closed: said once, and every room that sells for such a day hears of it."""

import datetime as dt

from django.db import transaction

from farm import outbox
from farm.models import ClosedDay

FIELDS = ("date", "reason_zh", "reason_en")


@transaction.atomic
def close_day(*, day: ClosedDay, by: str, now: dt.datetime) -> ClosedDay:
    """Write `day` down, new or changed; each room closes what it has open on it by its own story."""
    if day.pk is None:
        day.save()
    else:
        day.save(update_fields=FIELDS)
    outbox.publish("day.closed", at=now, date=str(day.date), by=by)
    return day


@transaction.atomic
def lift(*, day: ClosedDay, by: str, now: dt.datetime) -> None:
    """The farm works on that day after all. What was closed for it stays closed until somebody opens it again."""
    outbox.publish("day.lifted", at=now, date=str(day.date), by=by)
    day.delete()
