"""Seats of a slot and of its day, taken and given back together; what comes free goes to the waiting line first."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from farm import limited, rows
from farm.limited import Demand
from farm.refusals import Refused
from tours import refusals
from tours.models import Credit, Slot, VisitorsDay
from tours.models.slots import Closable

NEXT_SLOTS = 3


def demands(slot: Slot, people: int) -> list[Demand]:
    """What a party needs: its seats in the slot, and as many of the day's visitors."""
    return [Demand(slot, people), Demand(slot.day, people)]


def take(slot: Slot, people: int, *, holder: str, why: str, now: dt.datetime, more: Iterable[Demand] = ()) -> None:
    """Take the party's seats and `more` for `holder`. Call inside a transaction.

    :raises SlotFull: naming the next times with room; the caller's transaction must roll back.
    """
    try:
        limited.take([*demands(slot, people), *more], holder=holder, why=why, now=now)
    except limited.SoldOut as error:
        raise refusal_of(error, slot, people, now) from error


def exchange(
    slot: Slot, people: int, *, holder: str, why: str, now: dt.datetime, credit_back_fen: int = 0
) -> list[Slot]:
    """Move what `holder` holds of slots and days to `slot`, new seats first; return the slots it left or shrank in.

    So much of its credit is given back under the same locks, and can be used for a while: it may have run out since.

    :raises SlotFull: when the new seats are not there; the caller's transaction must roll back.
    """
    held = limited.held_by(holder)
    old = [demand for demand in held if isinstance(demand.row, Closable)]
    credits = [demand.row for demand in held if isinstance(demand.row, Credit)]
    back = [Demand(credit, credit_back_fen) for credit in credits if credit_back_fen]
    try:
        limited.exchange(demands(slot, people), [*old, *back], holder=holder, why=why, now=now)
    except limited.SoldOut as error:
        raise refusal_of(error, slot, people, now) from error
    if back:
        Credit.objects.filter(pk__in=[demand.row.pk for demand in back]).keep_until(Credit.back_until(now))
    return [demand.row for demand in old if isinstance(demand.row, Slot)]


def refusal_of(error: limited.SoldOut, slot: Slot, people: int, now: dt.datetime) -> Refused:
    """What a visitor reads when `limited` had not enough: the slot, or a credit that was used meanwhile."""
    if isinstance(error.row, Credit):
        return refusals.credit_used(error.row)
    current = Slot.objects.select_related("day").filter(pk=slot.pk).first()
    if current is None:  # nobody had booked it, and it left the schedule at this moment
        return refusals.unknown_slot()
    if current.is_closed or current.day.is_closed:
        return refusals.slot_closed(current)
    mine = error.amount if isinstance(error.row, VisitorsDay) else 0  # taken of the slot, and about to roll back
    left = min(current.left + mine, current.day.left)
    return refusals.slot_full(current, next_slots(current, people, now), left=left)


def next_slots(slot: Slot, people: int, now: dt.datetime) -> Sequence[Slot]:
    """The nearest later slots of the same experience with room for the party."""
    later = rows.read(_later, slot.experience_id, slot.starts_at, people, now)
    return [other for other in later if other.day.left >= people][:NEXT_SLOTS]


def _later(experience: int, starts_at: dt.datetime, people: int, now: dt.datetime) -> QuerySet[Slot]:
    later = Slot.objects.bookable(now).with_room(people).filter(experience=experience, starts_at__gt=starts_at)
    return later.select_related("day").order_by("starts_at")[: 10 * NEXT_SLOTS]
