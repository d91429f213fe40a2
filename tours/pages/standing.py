"""How a booking stands, as its page shows it: the situation, the tickets, the money and what has happened."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from farm.models import Refund
from farm.money import yuan
from farm.payments.attempts import Attempts
from tours import changed, changing, links, money, papers, tickets
from tours.models import Booking, BookingEvent, ClosureOffer, Credit, Rebooking, Slot, Ticket
from tours.pages.terms import Tier, best_now, tiers_of_booking
from tours.party import PartyLine, booked

Status = Booking.Status
ENDED = {Status.ATTENDED: "attended", Status.NO_SHOW: "no_show", Status.CANCELLED: "cancelled"}

DRAWINGS = {
    "to_pay": "now-seats",
    "confirming": "now-confirming",
    "confirmed": "now-ticket",
    "change_waits": "now-seats",
    "attended": "now-visited",
    "cancelled": "now-called-off",
    "no_show": "now-missed",
    "hold_over": "now-missed",
    "too_late": "now-too_late",
    "closing": "now-rain",
    "rained_out": "now-rain",
}


@dataclass(frozen=True)
class Code:
    """One ticket to show at the gate: who it lets in, and the code as an image's address."""

    ticket: Ticket
    image: str


@dataclass(frozen=True)
class Step:
    """One line of what has happened."""

    words: str
    at: dt.datetime


@dataclass(frozen=True)
class Standing(Attempts):
    """Everything the booking's page shows, read in a fixed number of queries."""

    booking: Booking
    payments: Sequence[Any]
    offer: ClosureOffer | None
    change: Rebooking | None
    change_words: str
    credit: Credit | None
    now: dt.datetime

    @property
    def situation(self) -> str:
        """The name of the partial that says how things stand and what to do next."""
        status = Status(self.booking.status)
        if status in ENDED:
            return ENDED[status]
        if status == Status.CONFIRMED:
            return self._sure()
        if self._money_came:
            return "too_late" if status == Status.EXPIRED else "confirming"
        return "to_pay" if self.booking.awaits_payment(self.now) else "hold_over"

    @property
    def partial(self) -> str:
        return f"tours/situations/_{self.situation}.html"

    @property
    def party(self) -> Sequence[PartyLine]:
        """Who comes, each kind of ticket once."""
        return booked(self.booking.units.all()).lines

    @property
    def later_fen(self) -> int:
        """What of a held booking is paid after it is sure."""
        return max(0, self.booking.balance_fen - self.booking.due_first_fen)

    @property
    def given_fen(self) -> int:
        """What the party has given for its visit so far, money and credit."""
        return self.booking.paid_fen + self.booking.credit_fen

    @property
    def weather_note(self) -> str:
        """What to know of the weather, while the visit is still to come."""
        is_to_come = self.situation in ("confirmed", "change_waits") and self.now < self.booking.slot.ends_at
        return self.booking.slot.weather_note if is_to_come else ""

    @property
    def needs_more_people(self) -> bool:
        """Whether the visit may still be called off, because too few have booked it."""
        return self._is_to_come and self.booking.slot.runs == Slot.Runs.OPEN

    @property
    def has_enough_people(self) -> bool:
        """Whether the visit needed a minimum and has it: it is held."""
        slot = self.booking.slot
        return self._is_to_come and slot.minimum_to_run > 0 and slot.runs == Slot.Runs.SURE

    @property
    def has_tickets(self) -> bool:
        return self.situation in ("confirmed", "change_waits")

    @property
    def party_code(self) -> str:
        return papers.qr_image(tickets.party_token(self.booking))

    @property
    def codes(self) -> list[Code]:
        """A code for each person who is not in yet, or was let in with these tickets."""
        mine = [ticket for ticket in self.booking.tickets.all() if ticket.issue == self.booking.issue]
        return [Code(ticket, papers.qr_image(tickets.token_of(ticket, self.booking))) for ticket in mine]

    @property
    def tiers(self) -> list[Tier]:
        return tiers_of_booking(self.booking, self.now)

    @property
    def back(self) -> Tier | None:
        """What goes back, and until when, if the party gives its visit up now."""
        return best_now(self.tiers, self.now)

    @property
    def drawing(self) -> str:
        return f"beizhen/drawings/{DRAWINGS[self.situation]}.svg"

    @property
    def people(self) -> int:
        """How many people the party's code lets in."""
        return sum(line.tickets for line in self.party)

    @property
    def attempts_now(self) -> list[Any]:
        """Of a change that waits, or of what else is asked for: what failed for another bill is no news."""
        ends = f"/{self.change.bill.number}" if self.change else ""
        return [payment for payment in self.payments if payment.is_asked and payment.payable.endswith(ends)]

    @property
    def can_change(self) -> bool:
        return self.situation == "confirmed" and self.now < self.booking.slot.cut_off_at and not self._somebody_is_in

    @property
    def can_cancel(self) -> bool:
        if self.situation == "to_pay":
            return True
        is_sure = self.situation in ("confirmed", "change_waits")
        return is_sure and self.now < self.booking.slot.starts_at and not self._somebody_is_in

    @property
    def can_pay_the_rest(self) -> bool:
        return self.situation in ("confirmed", "attended") and self.booking.balance_fen > 0

    @property
    def steps(self) -> list[Step]:
        """What has happened, in the visitor's words; what only the farm's books need is left out."""
        told = [(event, _words(event)) for event in self.booking.events.all()]
        return [Step(words, event.at) for event, words in told if words]

    @property
    def is_final(self) -> bool:
        """Nothing more will happen by itself, so the page need not look again."""
        waits = any(refund.status == Refund.Status.DUE for refund in self.refunds)
        moving = self.situation in ("to_pay", "confirming", "change_waits", "closing", "rained_out")
        return not moving and not waits and not self.is_open_at_the_cashier

    @property
    def version(self) -> str:
        """Another text whenever the page would show something else."""
        facts: list[object] = [
            self.situation,
            self.can_change,
            self.can_cancel,
            self.booking.slot_id,
            (self.needs_more_people, self.has_enough_people),
            self.weather_note,
        ]
        facts += [self.booking.issue, self.booking.hold_until, self.booking.balance_fen, len(self.steps)]
        facts += [(payment.status, payment.refunded_fen) for payment in self.payments]
        facts += [refund.status for refund in self.refunds]
        facts += [ticket.check_in_id for ticket in self.booking.tickets.all()]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

    @property
    def refunded_fen(self) -> int:
        """What goes back of a cancelled booking."""
        return int(self._cancelled.get("refund_fen", 0))

    @property
    def kept_fen(self) -> int:
        """What the farm keeps of a cancelled booking by its terms; what became a credit is not kept."""
        return 0 if self.credit else int(self._cancelled.get("fee_fen", 0))

    def _sure(self) -> str:
        if self.offer:
            return "rained_out"
        if self.booking.slot.is_shut(self.now):
            return "closing"
        if self.change is None:
            return "confirmed"
        paid = any(one.payable.endswith(f"/{self.change.bill.number}") for one in self.payments_to_show)
        return "confirming" if paid else "change_waits"

    @property
    def _is_to_come(self) -> bool:
        is_on = self.situation in ("to_pay", "confirming", "confirmed", "change_waits")
        return is_on and self.now < self.booking.slot.starts_at

    @property
    def _money_came(self) -> bool:
        return any(payment.payable.endswith("/1") for payment in self.payments_to_show)

    @property
    def _somebody_is_in(self) -> bool:
        return any(ticket.check_in_id for ticket in self.booking.tickets.all())

    @property
    def _cancelled(self) -> dict[str, int]:
        found = (event.details for event in self.booking.events.all() if event.what == Status.CANCELLED)
        return next(found, {})


def standing(token: str, *, now: dt.datetime) -> Standing:
    """Read a booking, its money and what waits for an answer.

    :raises Http404: for a forged token as for a booking that is gone.
    """
    booking = links.booking_in(token, Booking.objects.with_everything())
    offer = _offer(booking) if booking.status == Status.CONFIRMED else None
    held = booking.rebookings.held().filter(hold_until__gt=now).select_related("bill", "slot")
    change = held.first() if booking.status == Status.CONFIRMED and not offer else None
    credits = Credit.objects.filter(why__startswith=f"{booking.number}:")
    return Standing(
        booking=booking,
        payments=list(money.payments_of(booking)),
        offer=offer,
        change=change,
        change_words=_new_of(change, booking) if change else "",
        credit=credits.first() if booking.status == Status.CANCELLED else None,
        now=now,
    )


def _offer(booking: Booking) -> ClosureOffer | None:
    offers = booking.closure_offers.filter(status=ClosureOffer.Status.WAITING).select_related("closure")
    return offers.prefetch_related("alternatives").first()


def _new_of(change: Rebooking, booking: Booking) -> str:
    """What the change that waits for its payment would make other."""
    before, after = booked(booking.units.all()), changing.new_party(change)
    return changed.words(changed.facts(was=booking.slot, now=change.slot, before=before, after=after))


def _words(event: BookingEvent) -> str:
    """One line of history as a visitor understands it; "" for what is none of theirs."""
    said = event.details
    amount = yuan(int(said.get("amount_fen", 0)))
    words = {
        "held": _("Seats kept for you"),
        "extended": _("Kept for longer"),
        Status.CONFIRMED: _("Booked"),
        "paid": _("You paid ¥%(amount)s") % {"amount": amount},
        "changed": _changed(said),
        "let in": _("Let in at the gate: %(people)s") % {"people": said.get("people", "")},
        Status.ATTENDED: _("You were here"),
        Status.NO_SHOW: _("Nobody came"),
        Status.CANCELLED: _("Cancelled"),
        Status.EXPIRED: _("Not paid in time, the seats went back"),
        "refunded": _("¥%(amount)s sent back") % {"amount": amount},
        "late money": _("¥%(amount)s came too late and goes back") % {"amount": amount},
        "paid twice": _("¥%(amount)s was paid twice and goes back") % {"amount": amount},
        "wrong amount": _("¥%(amount)s was not the amount asked and goes back") % {"amount": amount},
    }
    return words.get(event.what, "")


def _changed(said: Mapping[str, Any]) -> str:
    new = changed.words(said)
    return _("Changed, now %(what)s") % {"what": new} if new else _("Changed")
