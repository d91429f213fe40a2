"""What the visits' rows add up to, counted one by one and sharing no code with the stories that count."""

from collections import defaultdict

from django.db.models import Sum
from django.utils.module_loading import import_string

from beizhen import verify
from farm.models import LedgerEntry
from tours.models import Booking, ClosureOffer, Credit, Rebooking, Slot, VisitorsDay, WaitingParty

SURE = ("confirmed", "attended", "no-show")
CHECKS = [path for path in verify.DRIFT if not path.startswith("shop.")]
LATE = [
    "farm.ledgers.nothing_is_parked",
    "farm.ledgers.messages_are_told_in_time",
    "farm.ledgers.jobs_are_done_in_time",
    "tours.ledgers.holds_of_visits_end_in_time",
]


def nothing_is_oversold_and_nothing_leaks() -> None:
    seats, days = defaultdict(int), defaultdict(int)
    for slot, people in taken_seats():
        seats[slot.pk] += people
        days[slot.day_id] += people
    for slot in Slot.objects.all():
        assert slot.taken == seats[slot.pk] <= slot.limit, slot
    for day in VisitorsDay.objects.all():
        assert day.taken == days[day.pk] <= day.limit, day
    for credit in Credit.objects.all():
        assert 0 <= credit.taken <= credit.limit, credit


def everybody_who_is_sure_has_a_ticket_and_nobody_else() -> None:
    for booking in Booking.objects.prefetch_related("units__ticket_type", "tickets"):
        persons = sum(unit.people or 1 for unit in booking.units.all())
        assert len(booking.tickets.all()) == (persons if booking.status in SURE else 0), booking


def whoever_fits_is_not_left_waiting(now) -> None:
    coming = WaitingParty.objects.filter(status="waiting", slot__is_closed=False, slot__cut_off_at__gt=now)
    for party in coming.filter(slot__day__is_closed=False).select_related("slot__day"):
        assert min(party.slot.left, party.slot.day.left) < party.people, party


def all_money_is_where_it_should_be() -> None:
    """At rest: what the farm's book has of a booking is what the booking says, and what it owes."""
    for booking in Booking.objects.all():
        assert kept(booking) == booking.paid_fen, booking
        given, owed = booking.paid_fen + booking.credit_fen, booking.total_fen + booking.fee_fen
        if booking.status in SURE:
            assert given == owed if booking.plan == "full" else given <= owed, booking
        elif booking.status == "cancelled":
            assert given == booking.fee_fen, booking
        else:
            assert (booking.status, booking.paid_fen) == ("expired", 0), booking


def taken_seats():
    """Every slot with the people for whom somebody keeps seats in it, one row of the farm at a time."""
    for booking in Booking.objects.filter(status__in=("held", *SURE)).select_related("slot"):
        yield booking.slot, booking.people
    for change in Rebooking.objects.held().select_related("slot", "booking"):
        same = change.booking.people if change.booking.slot_id == change.slot_id else 0
        yield change.slot, max(0, change.people - same)
    for offer in ClosureOffer.objects.filter(status="waiting").select_related("booking"):
        for slot in offer.alternatives.all():
            yield slot, offer.booking.people
    for party in WaitingParty.objects.filter(status="offered").select_related("slot"):
        yield party.slot, party.people


def kept(booking) -> int:
    """What the farm's money book has of a booking, over all its bills."""
    entries = LedgerEntry.objects.filter(payable__startswith=f"{booking.holder}/")
    return entries.aggregate(fen=Sum("amount_fen"))["fen"] or 0


def findings(checks, now) -> list[str]:
    return [sentence for path in checks for sentence in import_string(path)(now)]
