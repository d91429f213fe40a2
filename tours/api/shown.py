"""Experiences, bookings and waiting parties as the API shows them: rows that are there, put into one shape."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from farm.api.shapes import show
from farm.language import in_readers_language
from tours import links, sheets, tickets, waiting
from tours.api.serializers import (
    BookingOut,
    HeldOut,
    SlotOut,
    TicketsOut,
    WaitingPartyOut,
    WholeExperienceOut,
)
from tours.availability import Opening
from tours.models import BookedUnit, Booking, Closure, ClosureOffer, Experience, Question, Rebooking, WaitingParty
from tours.models.bookings import BookingQuerySet
from tours.party import PricedParty, company_words
from tours.quotes import plans_of
from tours.sheets import Sheet


def experience(found: Experience, now: dt.datetime) -> dict[str, Any]:
    sheet = sheets.recent(found.pk, now)
    own = ("story", "meeting_point", "included", "bring", "rules", "cut_off_minutes", "deposit_percent", "refund_terms")
    listed = ("code", "name", "summary", "duration_minutes", "is_outdoor", "languages", "min_party", "max_party")
    seen = {
        **{name: getattr(found, name) for name in (*listed, *own)},
        "plans": plans_of(found),
        "ticket_types": _ticket_types(sheet),
        "questions": [_question(question) for question in sheet.questions],
        "waiver": sheet.waiver,
    }
    return show(WholeExperienceOut, seen)


def opening(found: Opening, code: str) -> dict[str, Any]:
    return show(SlotOut, {**vars(found), "id": found.slot, "experience": code})


def lines(party: PricedParty) -> list[dict[str, Any]]:
    return [
        {
            "ticket_type": line.ticket_type.code,
            "name": line.ticket_type.name,
            "quantity": line.quantity,
            "price_fen": line.price_fen,
            "sum_fen": line.sum_fen,
        }
        for line in party.lines
    ]


def held(booking: Booking, now: dt.datetime) -> dict[str, Any]:
    """A booking that was made just now, or is asked for again with its key."""
    return show(HeldOut, _held(booking, now))


def booking(token: str, now: dt.datetime) -> dict[str, Any]:
    """The booking behind a link's token, in a fixed number of queries."""
    found = links.booking_in(token, _with_everything())
    change = _waiting_change(found, now)
    seen = {
        **_held(found, now),
        **{name: getattr(found, name) for name in _AS_IT_IS},
        "party": _party(found.units.all()),
        "may_be_extended": found.may_be_extended(now),
        "refund_terms": found.terms_left,
        "waiver": found.waiver.version if found.waiver else "",
        "change": change,
        "weather_note": found.slot.weather_note,
        "rain": _open_offer(found, now),
        "events": found.events.all(),
    }
    if change:
        seen["due_now_fen"] = change.bill.amount_fen
    return show(BookingOut, seen)


def tickets_of(found: Booking) -> dict[str, Any]:
    """The codes of a sure booking; none while it is not paid, or after it was cancelled."""
    is_sure = found.status in (Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW)
    rows = found.tickets.filter(issue=found.issue).select_related("unit__ticket_type", "check_in") if is_sure else []
    seen = {
        "number": found.number,
        "party": tickets.party_token(found) if is_sure else None,
        "tickets": [
            {
                "token": tickets.token_of(ticket, found),
                "ticket_type": ticket.unit.ticket_type.code,
                "name": ticket.unit.ticket_type.name,
                "let_in_at": ticket.check_in.at if ticket.check_in else None,
            }
            for ticket in rows
        ],
    }
    return show(TicketsOut, seen)


def waiting_party(found: WaitingParty) -> dict[str, Any]:
    token = links.party_token(found)
    names = ("number", "status", "slot", "party", "people", "joined_at", "offered_until")
    seen = {
        **{name: getattr(found, name) for name in names},
        "token": token,
        "place": waiting.place_of(found) if found.status == WaitingParty.Status.WAITING else None,
        "booking": links.token_of(found.booking) if found.booking else None,
        "links": {"self": f"{_place('waiting-parties')}/{token}", "page": links.party_path(found)},
    }
    return show(WaitingPartyOut, seen)


_AS_IT_IS = (
    "slot",
    "people",
    "plan",
    "name",
    "phone",
    "credit_fen",
    "fee_fen",
    "paid_fen",
    "balance_fen",
    "held_at",
    "confirmed_at",
    "cancelled_at",
)


def _held(found: Booking, now: dt.datetime) -> dict[str, Any]:
    token = links.token_of(found)
    own = f"{_place('bookings')}/{token}"
    return {
        "number": found.number,
        "token": token,
        "status": found.status,
        "hold_until": found.hold_until,
        "total_fen": found.total_fen,
        "due_now_fen": found.due_first_fen if found.awaits_payment(now) else 0,
        "links": {
            "self": own,
            "pay": f"{own}/payment",
            "tickets": f"{own}/tickets",
            "page": links.page_of(token),
        },
    }


def _with_everything() -> BookingQuerySet:
    change = Rebooking.objects.held().select_related("slot__experience", "slot__day", "bill")
    offer = ClosureOffer.objects.filter(status=ClosureOffer.Status.WAITING).select_related("closure")
    return Booking.objects.select_related("slot__experience", "slot__day", "waiver").prefetch_related(
        "units__ticket_type",
        "events",
        Prefetch("rebookings", change),
        Prefetch("closure_offers", offer.prefetch_related("alternatives__experience", "alternatives__day")),
    )


def _waiting_change(found: Booking, now: dt.datetime) -> Rebooking | None:
    return next((change for change in found.rebookings.all() if change.awaits_payment(now)), None)


def _open_offer(found: Booking, now: dt.datetime) -> dict[str, Any] | None:
    for offer in found.closure_offers.all():
        if offer.closure.status == Closure.Status.OPEN and now < offer.closure.answer_until:
            return {"closure": offer.closure, "alternatives": offer.alternatives.all()}
    return None


def _party(units: Iterable[BookedUnit]) -> list[dict[str, Any]]:
    kinds = Counter((unit.ticket_type.code, unit.ticket_type.name, unit.price_fen) for unit in units)
    return [
        {"ticket_type": code, "name": name, "quantity": many, "price_fen": fen, "sum_fen": fen * many}
        for (code, name, fen), many in kinds.items()
    ]


def _ticket_types(sheet: Sheet) -> list[dict[str, Any]]:
    names = ("code", "kind", "name", "price_fen", "people", "tickets", "min_age", "max_age", "ages")
    more = ("needs_proof", "min_quantity", "max_quantity", "per_grown_up", "grown_ups")
    return [
        {
            **{name: getattr(kind, name) for name in (*names, *more)},
            "accompanied_by": [companion.code for companion in sheet.company(code).tickets],
            "company": company_words(kind, sheet.company(code)),
        }
        for code, kind in sheet.ticket_types.items()
    ]


def _question(question: Question) -> dict[str, Any]:
    choices = [
        {"code": choice["code"], "words": in_readers_language(choice["zh"], choice["en"])}
        for choice in question.choices
    ]
    return {
        "code": question.code,
        "words": question.words,
        "is_required": question.is_required,
        "choices": choices,
    }


@cache
def _place(name: str) -> str:
    return reverse(f"tours-api:{name}")
