"""Staff move a party to another time: as it is, at the prices it was booked for, after the cut-off too."""

import datetime as dt

from django.db import transaction

from tours import asked, changing, offers, refusals
from tours.models import Booking, ClosureOffer, Slot


@transaction.atomic
def move_for_the_farm(*, booking: Booking, slot: int, by: str, now: dt.datetime) -> Booking:
    """Move a sure party to another time of its experience; a change that waits for its payment is dropped.

    A party that was asked what it wants instead of a closed time has chosen by this.

    :raises UnknownSlot, SlotRefused, SlotFull: when the time is not there, over, closed or full.
    :raises NotPossibleNow, TooLate: when the booking is not sure, or somebody of the party was let in.
    """
    offer = booking.closure_offers.filter(status=ClosureOffer.Status.WAITING).first()
    if offer:
        return offers.choose_slot(offer=offer, slot=slot, by=by, now=now)
    booking = asked.locked(booking)
    _refuse_move(booking)
    target = _target(booking, slot, now)
    changing.drop_open(booking, now=now)
    return changing.move(booking=booking, slot=target, by=by, now=now)


def _refuse_move(booking: Booking) -> None:
    asked = booking.closure_offers.filter(status=ClosureOffer.Status.WAITING)
    if booking.status != Booking.Status.CONFIRMED or asked.exists():
        raise refusals.not_possible(booking)
    if booking.check_ins.exists():
        raise refusals.too_late(booking)


def _target(booking: Booking, slot: int, now: dt.datetime) -> Slot:
    if slot == booking.slot_id:
        raise refusals.same_as_before(booking)
    same_experience = Slot.objects.filter(experience=booking.slot.experience_id)
    target = same_experience.select_related("experience", "day").filter(pk=slot).first()
    if target is None:
        raise refusals.unknown_slot()
    if target.is_closed or target.day.is_closed:
        raise refusals.slot_closed(target)
    if target.ends_at <= now:
        raise refusals.past_cut_off(target)
    return target
