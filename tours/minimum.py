"""The minimum a slot needs: at its deadline it becomes sure, or it is called off and its parties hear of it."""

import datetime as dt

from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from farm import outbox
from tours.models import Booking, Slot

Runs = Slot.Runs
TOO_FEW_ZH, TOO_FEW_EN = "报名人数不足，未成团", "too few people came together"


def decide_due(now: dt.datetime) -> int:
    """Decide the slots whose deadline has come; return how many were called off.

    Confirmed people count. While unpaid holds could still make up the minimum, the slot waits for them; a slot that
    began undecided, because nothing ran, is sure: whoever booked it stands at the gate. Closed slots are left to
    their closure. Of two beats one decides.
    """
    due = Slot.objects.filter(runs=Runs.OPEN, decide_at__lte=now)
    _with_people(due).filter(Q(coming__gte=F("minimum_to_run")) | Q(starts_at__lte=now)).update(runs=Runs.SURE)
    hopeless = due.filter(is_closed=False, day__is_closed=False, taken__lt=F("minimum_to_run"), starts_at__gt=now)
    return sum(_call_off(slot, now) for slot in hopeless.order_by("pk"))


@transaction.atomic
def _call_off(slot: Slot, now: dt.datetime) -> bool:
    """Close the slot if it still lacks people: a seat taken at this moment counts, or finds it closed."""
    lacking = Slot.objects.filter(pk=slot.pk, runs=Runs.OPEN, is_closed=False, taken__lt=F("minimum_to_run"))
    closed = {"is_closed": True, "closed_reason_zh": TOO_FEW_ZH, "closed_reason_en": TOO_FEW_EN}
    if not lacking.update(runs=Runs.CALLED_OFF, **closed):
        return False
    outbox.publish("slot.called_off", at=now, slot=slot.pk)
    return True


def _with_people(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """Slots with the people of their confirmed bookings as `coming`."""
    parties = Booking.objects.coming().filter(slot=OuterRef("pk")).order_by().values("slot")
    people = parties.annotate(sum=Sum("people")).values("sum")
    return slots.annotate(coming=Coalesce(Subquery(people, output_field=IntegerField()), Value(0)))
