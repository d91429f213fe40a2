"""The tickets of a booking: one for each person who comes, made anew when the party, the slot or the day changes."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from farm import rows
from farm.refusals import Refused
from farm.security import CROCKFORD
from tours import asked, tokens
from tours.models import BookedUnit, Booking, Ticket

Finding = Callable[[str], Booking | None]
KEY_CHARACTERS = 12
FIRST = 1


class NotOurs(Refused):
    """Nothing that this farm signed."""

    code = "not_our_ticket"


class Unknown(Refused):
    """Signed by this farm, but its books know nothing of it."""

    code = "unknown_ticket"


@dataclass(frozen=True)
class Claim:
    """Whom a shown code stands for: one ticket of a booking, or all of the party when `key` is empty."""

    booking: Booking
    key: str
    issue: int

    @property
    def is_dead(self) -> bool:
        """Newer tickets were made since this one."""
        return self.issue != self.booking.issue


def issue(booking: Booking, *, now: dt.datetime) -> None:
    """Make a new ticket for everybody of the party who is not in yet; all older ones are dead from now on.

    Who has been let in stays let in. Call it inside a transaction, when the booking's units are as they shall be.
    """
    _end_older(booking)
    _make(booking, asked.units(booking))


def issue_first(booking: Booking, units: Iterable[BookedUnit]) -> None:
    """Make the tickets of a booking that never had any: the move that made it sure has set its issue to FIRST."""
    _make(booking, units)


def void(booking: Booking, *, now: dt.datetime) -> None:
    """End all tickets of a booking that was cancelled; who has been let in stays on record. Call in a transaction."""
    _end_older(booking)


def token_of(ticket: Ticket, booking: Booking) -> str:
    """What the ticket's QR code says; `booking` comes with its slot."""
    return tokens.sign(tokens.Token(booking.number, ticket.key, ticket.issue, booking.slot.starts_at))


def party_token(booking: Booking) -> str:
    """What the one QR code says that lets in the whole party."""
    return tokens.sign(tokens.Token(booking.number, "", booking.issue, booking.slot.starts_at))


def known(number: str) -> Booking | None:
    """The booking with this number as it is now, if there is one."""
    return rows.first(asked.numbered_with_slot, number)


def read(text: str, find: Finding = known) -> Claim:
    """Whom a scanned code stands for; `find` looks up the booking by its number.

    :raises NotOurs: when this farm has not signed it.
    :raises Unknown: when it has, but there is no such booking.
    """
    try:
        token = tokens.read(text)
    except tokens.Forged:
        raise NotOurs(
            _("This is no ticket of our farm."), advice=_("Ask for the booking's number, or look on today's list.")
        ) from None
    booking = find(token.number)
    if booking is None:
        raise Unknown(
            _("Our books have no booking %(number)s.") % {"number": token.number},
            advice=_("Call the office: the ticket is genuine, its booking is gone."),
        )
    return Claim(booking=booking, key=token.key, issue=token.issue)


def _make(booking: Booking, units: Iterable[BookedUnit]) -> None:
    """A ticket for everybody who is not in yet."""
    inside: Counter[int] = Counter()
    if booking.issue > FIRST:
        inside.update(Ticket.objects.filter(booking=booking).values_list("unit_id", flat=True))
    rows.insert(
        [
            Ticket(booking=booking, unit=unit, key=_new_key(), issue=booking.issue)
            for unit in units
            for _person in range(unit.heads - inside[unit.pk])
        ]
    )


def _end_older(booking: Booking) -> None:
    """The booking's row is taken first, here as at the gate: a scan and a change of one booking wait for each other.

    The number comes from the row, in the statement that raises it: the caller may have read the booking long ago.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tours_booking SET issue = issue + 1 WHERE id = %s RETURNING issue", [booking.pk])
        booking.issue = cursor.fetchone()[0]
    if booking.issue > FIRST:
        Ticket.objects.filter(booking=booking, check_in=None).delete()


def _new_key() -> str:
    return "".join(CROCKFORD[byte & 31] for byte in secrets.token_bytes(KEY_CHARACTERS))
