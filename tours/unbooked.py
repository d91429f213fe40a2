"""Which slots nobody has booked, and how such slots leave the schedule."""

from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from tours.models import Booking, Closure, ClosureOffer, Rebooking, Slot, WaitingParty

NO_LONGER_ZH, NO_LONGER_EN = "不再安排", "no longer held"


def is_engaged() -> Q:
    """Of a slot: somebody has booked it, waits for it, or was asked because it closed."""
    booked = Booking.objects.filter(slot=OuterRef("pk"), status__in=Booking.HOLDING)
    waits = WaitingParty.objects.filter(
        slot=OuterRef("pk"), status__in=(WaitingParty.Status.WAITING, WaitingParty.Status.OFFERED)
    )
    closes = Closure.slots.through.objects.filter(slot=OuterRef("pk"), closure__status=Closure.Status.OPEN)
    return Q(taken__gt=0) | Q(Exists(booked)) | Q(Exists(waits)) | Q(Exists(closes))


@transaction.atomic
def take_off(slots: Iterable[Slot]) -> int:
    """Take those of `slots` that nobody has booked off the schedule; return how many.

    A slot that no row speaks of is deleted. One with a past (a booking that was cancelled) is closed and kept.
    """
    idle = hold_idle(slots)
    if not idle:
        return 0
    kept = Slot.objects.filter(_has_a_past(), pk__in=idle)
    closed = {"is_closed": True, "closed_reason_zh": NO_LONGER_ZH, "closed_reason_en": NO_LONGER_EN}
    count = kept.filter(is_closed=False).update(**closed)
    deleted = Slot.objects.filter(pk__in=idle).exclude(pk__in=list(kept.values_list("pk", flat=True)))
    return count + deleted.delete()[1].get(Slot._meta.label, 0)


def put_back(slots: Iterable[Slot]) -> int:
    """Open again those of `slots` that were taken off and are planned after all; return how many."""
    taken_off = Slot.objects.filter(pk__in=[slot.pk for slot in slots if was_taken_off(slot)])
    return taken_off.update(is_closed=False, closed_reason_zh="", closed_reason_en="")


def was_taken_off(slot: Slot) -> bool:
    return slot.is_closed and slot.closed_reason_en == NO_LONGER_EN


def hold_idle(slots: Iterable[Slot]) -> list[int]:
    """The keys of those of `slots` that nobody has booked, held still until commit.

    Locked first and looked at then: whoever was booking meanwhile is seen.
    """
    named = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    list(named.select_for_update().order_by("pk").values_list("pk"))
    return list(named.exclude(is_engaged()).order_by("pk").values_list("pk", flat=True))


def _has_a_past() -> Q:
    """A row speaks of the slot."""
    speakers: tuple[type[models.Model], ...] = (
        Booking,
        Rebooking,
        WaitingParty,
        Closure.slots.through,
        ClosureOffer.alternatives.through,
    )
    spoken_of = Q()
    for model in speakers:
        spoken_of |= Q(Exists(model._default_manager.filter(slot=OuterRef("pk"))))
    return spoken_of
