"""Which slots nobody has booked, and how such slots leave the schedule, come back and follow it."""

from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from farm import rows
from tours.models import Booking, Closure, ClosureOffer, Rebooking, Slot, WaitingParty

NO_LONGER_ZH, NO_LONGER_EN = "不再安排", "no longer held"
FOLLOWS = ("rule_id", "ends_at", "cut_off_at", "limit", "price_list_id", "minimum_to_run", "decide_at", "runs")
"""What a slot has of its rule."""
CLOSURE = ("is_closed", "closed_reason_zh", "closed_reason_en")


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


@transaction.atomic
def follow(wanted: Iterable[tuple[Slot, Slot]]) -> None:
    """Let those slots of the pairs that nobody has booked be what stands beside them; one taken off is open again."""
    pairs = list(wanted)
    idle = set(hold_idle(slot for slot, _ in pairs))
    changed = [_like(slot, other) for slot, other in pairs if slot.pk in idle]
    Slot.objects.bulk_update(changed, [*FOLLOWS, *CLOSURE], batch_size=rows.AT_ONCE)


def was_taken_off(slot: Slot) -> bool:
    return slot.is_closed and slot.closed_reason_en == NO_LONGER_EN


def is_taken_off() -> Q:
    return Q(is_closed=True, closed_reason_en=NO_LONGER_EN)


def hold_idle(slots: Iterable[Slot]) -> list[int]:
    """The keys of those of `slots` that nobody has booked, held still until commit.

    Locked first and looked at then: whoever was booking meanwhile is seen.
    """
    named = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    list(named.select_for_update().order_by("pk").values_list("pk"))
    return list(named.exclude(is_engaged()).order_by("pk").values_list("pk", flat=True))


def _like(slot: Slot, other: Slot) -> Slot:
    for name in FOLLOWS:
        setattr(slot, name, getattr(other, name))
    if was_taken_off(slot):
        slot.is_closed, slot.closed_reason_zh, slot.closed_reason_en = False, "", ""
    return slot


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
