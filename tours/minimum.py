"""The minimum a slot needs: at its deadline it becomes sure or is called off, and its parties hear which."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from farm import outbox
from tours.models import Booking, Slot

Runs = Slot.Runs
TOO_FEW_ZH, TOO_FEW_EN = "报名人数不足，未成团", "too few people came together"


def decide_due(now: dt.datetime) -> int:
    """Decide the slots whose time has come; return how many were called off.

    Confirmed people count. What is only kept for somebody (an unpaid hold, seats offered to the line or after rain)
    may still make up the minimum, but not for longer than `Slot.decided_by`: who is sure must hear in time whether to
    come. A slot that began undecided, because nothing ran, is sure: whoever booked it stands at the gate. Closed slots
    are left to their closure. Of two beats one decides.
    """
    due = Slot.objects.filter(runs=Runs.OPEN, decide_at__lte=now)
    for pk in list(_enough(due, now).order_by("pk").values_list("pk", flat=True)):
        _make_sure(pk, now)
    lacking = due.filter(is_closed=False, day__is_closed=False, starts_at__gt=now).order_by("pk")
    return sum(_call_off(slot, now) for slot in lacking if slot.is_hopeless(now))


@transaction.atomic
def _make_sure(pk: int, now: dt.datetime) -> None:
    """Make the slot sure if it still has its people: whoever gave up at this moment no longer counts.

    Of two beats one tells the parties.
    """
    if _enough(_held(pk), now).update(runs=Runs.SURE):
        outbox.publish("slot.sure", at=now, slot=pk)


@transaction.atomic
def _call_off(slot: Slot, now: dt.datetime) -> bool:
    """Close the slot if it still lacks people: whoever became sure at this moment counts, or finds it closed.

    Within its patience a seat that was taken at this moment counts as well.
    """
    undecided = _held(slot.pk).filter(is_closed=False)
    lacking = _with_people(undecided).filter(coming__lt=F("minimum_to_run"))
    if now < slot.decided_by:
        lacking = lacking.filter(taken__lt=F("minimum_to_run"))
    closed = {"is_closed": True, "closed_reason_zh": TOO_FEW_ZH, "closed_reason_en": TOO_FEW_EN}
    if not lacking.update(runs=Runs.CALLED_OFF, **closed):
        return False
    outbox.publish("slot.called_off", at=now, slot=slot.pk)
    return True


def _held(pk: int) -> QuerySet[Slot]:
    """The slot if it is undecided, held first: an UPDATE that waits for its row counts who came before the wait."""
    list(Slot.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk"))
    return Slot.objects.filter(pk=pk, runs=Runs.OPEN)


def _enough(slots: QuerySet[Slot], now: dt.datetime) -> QuerySet[Any]:
    """Those of the slots that have their people, or have begun."""
    return _with_people(slots).filter(Q(coming__gte=F("minimum_to_run")) | Q(starts_at__lte=now))


def _with_people(slots: QuerySet[Slot]) -> QuerySet[Any]:
    """Slots with the people of their confirmed bookings as `coming`."""
    parties = Booking.objects.coming().filter(slot=OuterRef("pk")).order_by().values("slot")
    people = parties.annotate(sum=Sum("people")).values("sum")
    return slots.annotate(coming=Coalesce(Subquery(people, output_field=IntegerField()), Value(0)))
