"""What an experience asks and offers, read once a second and shared: ticket types, prices, questions, the waiver.

Slots, too, as a rush on one of them sees it: what their counters take is decided by their rows alone.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from tours.models import Booking, Experience, Price, Question, Slot, TicketType, WaitingParty, Waiver

MOST_SLOTS = 1000


@dataclass(frozen=True)
class Company:
    """The tickets of which one must come along; `is_anybody` when that is every ticket of a grown-up."""

    tickets: tuple[TicketType, ...] = ()
    is_anybody: bool = False


ALONE = Company()


@dataclass(frozen=True)
class Sheet:
    """One experience with everything that a booking is checked against. Prices may lag GLANCE_SECONDS, no longer."""

    looked_at: float
    experience: Experience
    ticket_types: Mapping[str, TicketType]
    companies: Mapping[str, Company]
    prices: Mapping[tuple[int, int], int]
    questions: tuple[Question, ...]
    waiver: Waiver | None

    def company(self, code: str) -> Company:
        return self.companies.get(code, ALONE)

    def price_fen(self, ticket_type: TicketType, price_list_id: int | None) -> int:
        """What one ticket costs by a price list; types that it does not name cost what they usually do."""
        if price_list_id is None:
            return ticket_type.price_fen
        return self.prices.get((price_list_id, ticket_type.pk), ticket_type.price_fen)


_seen: dict[int, Sheet] = {}
_slots: dict[int, tuple[float, Slot]] = {}


def recent(experience_id: int, now: dt.datetime) -> Sheet:
    """The sheet as it was at most GLANCE_SECONDS ago."""
    known = _seen.get(experience_id)
    if known and time.monotonic() - known.looked_at < settings.GLANCE_SECONDS:
        return known
    return fresh(experience_id, now)


def for_change(booking: Booking, now: dt.datetime) -> Sheet:
    """The recent sheet with the ticket types that the booking has, though they are offered no longer."""
    sheet = recent(booking.slot.experience_id, now)
    return _with(
        sheet, {unit.ticket_type.code: unit.ticket_type for unit in booking.units.select_related("ticket_type")}
    )


def for_wait(party: WaitingParty, now: dt.datetime) -> Sheet:
    """The recent sheet with the ticket types that the party was accepted with, though they are offered no longer."""
    sheet = recent(party.slot.experience_id, now)
    gone = party.party.keys() - sheet.ticket_types.keys()
    return _with(
        sheet, {kind.code: kind for kind in sheet.experience.ticket_types.filter(code__in=gone)} if gone else {}
    )


def fresh(experience_id: int, now: dt.datetime) -> Sheet:
    """Look again: six queries whatever the number of rows."""
    experience = Experience.objects.get(pk=experience_id)
    types = tickets_of(experience)
    _seen[experience_id] = Sheet(
        time.monotonic(),
        experience,
        types,
        companies_of(types),
        _prices(experience),
        tuple(experience.questions.all()),
        experience.waivers.filter(published_at__lte=now).order_by("-published_at").first(),
    )
    return _seen[experience_id]


def tickets_of(experience: Experience) -> dict[str, TicketType]:
    """The ticket types that it offers now, by their codes."""
    return {kind.code: kind for kind in experience.ticket_types.filter(is_offered=True)}


def companies_of(types: Mapping[str, TicketType]) -> dict[str, Company]:
    """Who must come along, for each type that cannot come alone."""
    by_pk = {kind.pk: kind for kind in types.values()}
    found: dict[str, tuple[TicketType, ...]] = {}
    pairs = TicketType.accompanied_by.through.objects.filter(from_tickettype__in=by_pk)
    in_order = pairs.order_by("to_tickettype__position", "to_tickettype")
    for alone, companion in in_order.values_list("from_tickettype", "to_tickettype"):
        if companion in by_pk:
            code = by_pk[alone].code
            found[code] = (*found.get(code, ()), by_pk[companion])
    grown_up = {kind for kind in types.values() if kind.is_offered and kind.grown_ups and kind.code not in found}
    return {code: Company(tickets, grown_up <= {*tickets}) for code, tickets in found.items()}


def slot(pk: int) -> Slot | None:
    """The slot as it was at most GLANCE_SECONDS ago, with its day and experience: for all but its seats."""
    looked_at, known = _slots.get(pk, (0.0, None))
    if known is None or time.monotonic() - looked_at >= settings.GLANCE_SECONDS:
        known = Slot.objects.select_related("experience", "day").filter(pk=pk).first()
        if known:
            if len(_slots) >= MOST_SLOTS:
                _slots.clear()
            _slots[pk] = (time.monotonic(), known)
    return known


def _with(sheet: Sheet, older: Mapping[str, TicketType]) -> Sheet:
    """The sheet with ticket types that are offered no longer beside its own; they may look after others, too."""
    if older.keys() <= sheet.ticket_types.keys():
        return sheet
    types = {**older, **sheet.ticket_types}
    return replace(sheet, ticket_types=types, companies=companies_of(types))


def _prices(experience: Experience) -> dict[tuple[int, int], int]:
    prices = Price.objects.filter(price_list__experience=experience)
    return {
        (price_list, kind): fen
        for price_list, kind, fen in prices.values_list("price_list", "ticket_type", "price_fen")
    }
