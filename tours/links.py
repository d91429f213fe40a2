"""The signed links of bookings and waiting parties: whoever has one may see and change, nobody can guess it."""

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from farm import rows
from farm.security import sign, unsign
from tours import asked
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
    number = _number_in(token, BOOKING)
    known: Booking | None = (
        rows.first(asked.numbered_with_slot, number) if bookings is None else bookings.filter(number=number).first()
    )
    if known is None:
        raise Http404
    return known


def party_token(party: WaitingParty) -> str:
    return sign(party.number, purpose=PARTY)


def party_path(party: WaitingParty) -> str:
    """The page where a waiting party sees its place and takes its offer."""
    return reverse("tours:waiting", args=[party_token(party)])


def party_in(token: str) -> WaitingParty:
    """The waiting party behind a link's token.

    :raises Http404: for a forged token as for one that is gone.
    """
    party = rows.first(_party_with_slot, _number_in(token, PARTY))
    if party is None:
        raise Http404
    return party


def _number_in(token: str, purpose: str) -> str:
    number = unsign(token, purpose=purpose)
    if number is None:
        raise Http404
    return number


def _party_with_slot(number: str) -> QuerySet[WaitingParty]:
    return WaitingParty.objects.select_related("slot__experience", "slot__day").filter(number=number)
