"""What stories ask of one booking again and again, in statements that are written once; above, shapes they share."""

from typing import Any

from django.db.models import QuerySet

from farm import rows
from tours.models import BookedUnit, Booking, CheckIn, ClosureOffer, Rebooking, Slot
from tours.models.bookings import BookingQuerySet


def numbered_with_slot(number: str) -> BookingQuerySet:
    return Booking.objects.filter(number=number).select_related("slot__experience", "slot__day")


def held_still(number: str) -> QuerySet[Any]:
    """The booking's own row, locked until commit; what it leads to is read after it, never with it.

    PostgreSQL joins before it waits. When the booking led to another slot by then, it finds no row that does both.
    """
    return Booking.objects.select_for_update().filter(number=number).values_list("pk")


def slot_with_day(pk: int) -> QuerySet[Slot]:
    return Slot.objects.filter(pk=pk).select_related("experience", "day")


def locked(booking: Booking) -> Booking:
    """The booking as it is now, locked until commit, with its slot."""
    _, found = rows.read_in_turn((held_still, numbered_with_slot), booking.number)
    now_locked: Booking = found[0]
    return now_locked


def has_come(booking: Booking) -> bool:
    """Whether somebody of the party was let in."""
    return rows.exists(_check_ins, booking.pk)


def units(booking: Booking) -> list[BookedUnit]:
    """Its tickets as they were booked, with their types."""
    return rows.read(_units, booking.pk)


def open_changes(booking: Booking) -> list[Rebooking]:
    """Changes that wait for their payment."""
    return rows.read(_open_changes, booking.pk)


def open_offers(booking: Booking) -> list[ClosureOffer]:
    """What rain made it choose from, and nobody has answered."""
    return rows.read(_open_offers, booking.pk)


def _check_ins(booking: int) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(booking=booking)


def _units(booking: int) -> QuerySet[BookedUnit]:
    return BookedUnit.objects.filter(booking=booking).select_related("ticket_type")


def _open_changes(booking: int) -> QuerySet[Rebooking]:
    return Rebooking.objects.held().filter(booking=booking)


def _open_offers(booking: int) -> QuerySet[ClosureOffer]:
    return ClosureOffer.objects.filter(booking=booking, status=ClosureOffer.Status.WAITING)
