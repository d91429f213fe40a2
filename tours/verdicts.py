"""What the gate says of a shown code: green or red, in words that tell what to do next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm.templatetags.dates import clock, when
from tours.models import Booking, CheckIn, Slot, Ticket
from tours.tickets import Claim

EARLY = dt.timedelta(minutes=60)
CLOSED, WRONG_TIME = "closed", "wrong_time"


@dataclass(frozen=True)
class Verdict:
    """One look at a code. `waiting` are the tickets that it can let in now, `party` everybody of its booking."""

    code: str
    words: str
    advice: str = ""
    booking: Booking | None = None
    waiting: tuple[Ticket, ...] = ()
    party: tuple[Ticket, ...] = ()
    first: CheckIn | None = None

    @property
    def is_green(self) -> bool:
        return self.code == "welcome"

    @property
    def may_be_let_in(self) -> bool:
        """Green, or amber: who comes at another time or to a closed visit is let in when our people say so."""
        return bool(self.waiting) and self.code in ("welcome", WRONG_TIME, CLOSED)

    @property
    def inside(self) -> int:
        return sum(ticket.check_in_id is not None for ticket in self.party)


def of(claim: Claim, party: Sequence[Ticket], now: dt.datetime, *, told_at: dt.datetime | None = None) -> Verdict:
    """Judge a claim by its booking and the tickets there are; the first reason against it is the one that is said.

    Who stood at the gate at `now` may be told of later: what had begun by then was held, though its day is closed.
    """
    shown = [ticket for ticket in party if claim.key in ("", ticket.key)]
    inside = [ticket.check_in for ticket in shown if ticket.check_in]
    waiting = tuple(ticket for ticket in shown if ticket.check_in is None)
    welcome = Verdict("welcome", _("Welcome"), "", claim.booking, waiting, tuple(party))
    if inside and not waiting:
        words, advice = first_words(inside[0]), _("Nobody else comes in with it.")
        return replace(welcome, code="already_in", words=words, advice=advice, first=inside[0])
    if against := _against(claim, now, told_at or now):
        code, words, advice = against
        return replace(welcome, code=code, words=words, advice=advice)
    return welcome


def of_nobody(reason: str, advice: str, code: str) -> Verdict:
    return Verdict(code, reason, advice)


def first_words(first: CheckIn) -> str:
    """When and where somebody was let in before."""
    return _("Let in before: at %(time)s at %(gate)s.") % {
        "time": clock(first.at) if localdate(first.at) == localdate(first.told_at) else when(first.at),
        "gate": first.gate,
    }


def _against(claim: Claim, now: dt.datetime, told_at: dt.datetime) -> tuple[str, str, str] | None:
    """Why nobody comes in by this claim: code, reason and advice; None when nothing speaks against it."""
    booking, slot = claim.booking, claim.booking.slot
    if booking.status == Booking.Status.CANCELLED:
        return "cancelled", _("This booking was cancelled."), _("Sell them places at the gate if there are any.")
    if booking.status not in (Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW):
        return "not_paid", _("This booking was never paid."), _("Sell them places at the gate if there are any.")
    if claim.is_dead:
        return (
            "dead",
            _("This booking was changed after the ticket was made."),
            _("Ask for the new ticket, or type the number %(number)s.") % {"number": booking.number},
        )
    return _against_the_time(slot, now, is_shut=slot.is_shut(told_at))


def _against_the_time(slot: Slot, now: dt.datetime, *, is_shut: bool) -> tuple[str, str, str] | None:
    is_on = slot.starts_at - EARLY <= now < slot.ends_at  # over midnight, too
    if is_on and not is_shut:
        return None
    words = {"time": when(slot.starts_at), "experience": slot.experience.name}
    if not is_on and slot.date != localdate(now):
        return "wrong_day", _("Not today: %(experience)s, %(time)s.") % words, _("They can move it on their page.")
    if is_shut:
        return CLOSED, closed_words(slot), _("Their page offers other dates or the money. Ask the guide who comes in.")
    return WRONG_TIME, _("Another time today: %(experience)s, %(time)s.") % words, _("Ask the guide.")


def closed_words(slot: Slot) -> str:
    """That a visit does not take place, and why as far as the farm said it; `slot` comes with its day."""
    reason = slot.closed_reason or slot.day.closed_reason
    if not reason:
        return _("Closed: this visit does not take place.")
    return _("Closed: %(reason)s.") % {"reason": reason}
