"""What a party would cost in a slot, and in which ways it may be paid."""

from dataclasses import dataclass

from farm.money import share
from tours import refusals
from tours.models import Booking, Credit, Experience, Slot
from tours.party import PricedParty


@dataclass(frozen=True)
class Quote:
    """What a party would cost in a slot, in fen, with the terms by which it can be given up."""

    slot: Slot
    party: PricedParty
    plan: str
    credit_fen: int
    terms: list[dict[str, int]]

    @property
    def total_fen(self) -> int:
        return self.party.total_fen

    @property
    def due_now_fen(self) -> int:
        """What confirms the booking: all of it, a deposit rounded up to the fen, or nothing."""
        if self.plan == Booking.Plan.ARRIVAL:
            return 0
        percent = self.slot.experience.deposit_percent if self.plan == Booking.Plan.DEPOSIT else 100
        return max(0, share(self.total_fen, percent) - self.credit_fen)


def quoted(slot: Slot, party: PricedParty, plan: str, credit: Credit | None = None) -> Quote:
    """The quote of a party that may come.

    :raises PlanRefused: when the experience is not paid that way.
    """
    experience = slot.experience
    if plan not in plans_of(experience):
        raise refusals.bad_plan()
    used_fen = min(credit.left, party.total_fen) if credit else 0
    return Quote(slot, party, plan, used_fen, list(experience.refund_terms))


def plans_of(experience: Experience) -> list[Booking.Plan]:
    """In which ways the experience may be paid; the first one is chosen at first."""
    offered = {
        Booking.Plan.FULL: True,
        Booking.Plan.DEPOSIT: experience.deposit_percent > 0,
        Booking.Plan.ARRIVAL: experience.may_pay_on_arrival,
    }
    return [plan for plan, is_offered in offered.items() if is_offered]
