"""What the visits hold about a visitor, whole and in plain words, for the visitor."""

from django.db.models import Prefetch

from farm.disclosure import Facts, fields, money_of
from farm.models import Customer
from tours import visitors
from tours.models import BookedUnit, Booking, WaitingParty

CONTACT = ("name", "phone", "email", "language")


def held_about(customer: Customer) -> Facts:
    """Bookings with all that happened to them, places in line, credits."""
    bookings = list(_bookings(customer))
    money = money_of(bill.payable for booking in bookings for bill in booking.bills.all())
    waiting = visitors.waiting_of(customer).select_related("slot__experience").prefetch_related("events")
    credits = visitors.credits_of(customer).order_by("pk")
    return {
        "bookings": [_booking(booking, money) for booking in bookings],
        "waiting_parties": [_waiting(party) for party in waiting.order_by("pk")],
        "credits": [
            {**fields(one, "code", "phone", "why", "given_at", "expires_on"), "fen": one.limit, "used_fen": one.taken}
            for one in credits
        ],
    }


def spoken_of(customer: Customer) -> list[str]:
    """The names under which messages speak of what is theirs."""
    parties = visitors.waiting_of(customer).only("number")
    return [one.holder for one in visitors.bookings_of(customer).only("number")] + [one.holder for one in parties]


def _bookings(customer: Customer) -> "list[Booking]":
    units = Prefetch("units", BookedUnit.objects.select_related("ticket_type"))
    known = visitors.bookings_of(customer).select_related("slot__experience", "waiver").order_by("pk")
    return list(known.prefetch_related(units, "bills", "events", "check_ins", "tickets"))


def _booking(booking: Booking, money: dict[str, list[Facts]]) -> Facts:
    told = ("number", "status", "channel", "plan", *CONTACT, "answers", "notes", "people", "held_at", "confirmed_at")
    bills = list(booking.bills.all())
    for bill in bills:
        bill.booking = booking
    return {
        **fields(booking, *told, "cancelled_at", "cancel_reason", "waiver_accepted_at"),
        **fields(booking, "total_fen", "credit_fen", "paid_fen", "fee_fen"),
        "waiver": booking.waiver.version if booking.waiver else None,
        "experience": booking.slot.experience.code,
        "starts_at": booking.slot.starts_at,
        "tickets": [unit.ticket_type.code for unit in booking.units.all()],
        "check_ins": [fields(one, "at", "people", "gate") for one in booking.check_ins.all()],
        "history": [fields(event, "at", "what", "details") for event in booking.events.all()],
        "payments": [payment for bill in bills for payment in money.get(bill.payable, [])],
    }


def _waiting(party: WaitingParty) -> Facts:
    told = ("number", "status", *CONTACT, "party", "seats", "people", "joined_at", "offered_until")
    place = {"experience": party.slot.experience.code, "starts_at": party.slot.starts_at}
    return {**fields(party, *told), **place, "history": [fields(event, "at", "what") for event in party.events.all()]}
