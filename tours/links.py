"""The signed links of bookings and waiting parties: whoever has one may see and change, nobody can guess it."""

from django.http import Http404
from django.urls import reverse

from farm.security import sign, unsign
from tours.models import Booking, WaitingParty
from tours.models.bookings import BookingQuerySet

BOOKING, PARTY = "booking", "waiting"


def token_of(booking: Booking) -> str:
    return sign(booking.number, purpose=BOOKING)


def booking_path(booking: Booking) -> str:
    """The booking's page for people."""
    return page_of(token_of(booking))


def page_of(token: str) -> str:
    return reverse("tours:booking", args=[token])


def booking_in(token: str, bookings: BookingQuerySet | None = None) -> Booking:
    """The booking behind a link's token, with its slot or as `bookings` loads it.

    :raises Http404: for a forged token as for a booking that is gone.
    """
    known = Booking.objects.select_related("slot__experience", "slot__day") if bookings is None else bookings
    booking = known.filter(number=unsign(token, purpose=BOOKING)).first()
    if booking is None:
        raise Http404
    return booking


def party_token(party: WaitingParty) -> str:
    return sign(party.number, purpose=PARTY)


def party_path(party: WaitingParty) -> str:
    """The page where a waiting party sees its place and takes its offer."""
    return reverse("tours:waiting", args=[party_token(party)])


def party_in(token: str) -> WaitingParty:
    """The waiting party behind a link's token.

    :raises Http404: for a forged token as for one that is gone.
    """
    known = WaitingParty.objects.select_related("slot__experience", "slot__day")
    party = known.filter(number=unsign(token, purpose=PARTY)).first()
    if party is None:
        raise Http404
    return party
