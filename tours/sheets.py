"""What an experience asks and offers, read once a second and shared: ticket types, prices, questions, the waiver.

Slots, too, as a rush on one of them sees it: what their counters take is decided by their rows alone.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from farm import rows
from tours import asked
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
    return _with(sheet, {unit.ticket_type.code: unit.ticket_type for unit in asked.units(booking)})


def for_wait(party: WaitingParty, now: dt.datetime) -> Sheet:
    """The recent sheet with the ticket types that the party was accepted with, though they are offered no longer."""
    sheet = recent(party.slot.experience_id, now)
    gone = party.party.keys() - sheet.ticket_types.keys()
    return _with(
        sheet, {kind.code: kind for kind in sheet.experience.ticket_types.filter(code__in=gone)} if gone else {}
    )


def fresh(experience_id: int, now: dt.datetime) -> Sheet:
    """Look again: six queries whatever the number of rows."""
    experience = rows.first(_experience, experience_id)
    if experience is None:
        raise Experience.DoesNotExist(experience_id)
    types = tickets_of(experience)
    waivers = (waiver for waiver in rows.read(_waivers, experience_id) if waiver.published_at <= now)
    _seen[experience_id] = Sheet(
        time.monotonic(),
        experience,
        types,
        companies_of(types),
        {(price.price_list_id, price.ticket_type_id): price.price_fen for price in rows.read(_prices, experience_id)},
        tuple(rows.read(_questions, experience_id)),
        next(waivers, None),
    )
    return _seen[experience_id]


def tickets_of(experience: Experience) -> dict[str, TicketType]:
    """The ticket types that it offers now, by their codes."""
    return {kind.code: kind for kind in rows.read(_offered, experience.pk)}


def companies_of(types: Mapping[str, TicketType]) -> dict[str, Company]:
    """Who must come along, for each type of an experience that cannot come alone."""
    by_pk = {kind.pk: kind for kind in types.values()}
    found: dict[str, tuple[TicketType, ...]] = {}
    pairs = rows.read(_pairs, next(iter(types.values())).experience_id) if types else []
    for pair in pairs:
        alone, companion = by_pk.get(pair.from_tickettype_id), by_pk.get(pair.to_tickettype_id)
        if alone and companion:
            found[alone.code] = (*found.get(alone.code, ()), companion)
    grown_up = {kind for kind in types.values() if kind.is_offered and kind.grown_ups and kind.code not in found}
    return {code: Company(tickets, grown_up <= {*tickets}) for code, tickets in found.items()}


def slot(pk: int) -> Slot | None:
    """The slot as it was at most GLANCE_SECONDS ago, with its day and experience: for all but its seats."""
    looked_at, known = _slots.get(pk, (0.0, None))
    if known is None or time.monotonic() - looked_at >= settings.GLANCE_SECONDS:
        known = rows.first(asked.slot_with_day, pk)
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


def _experience(pk: int) -> QuerySet[Experience]:
    return Experience.objects.filter(pk=pk)


def _offered(experience: int) -> QuerySet[TicketType]:
    return TicketType.objects.filter(experience=experience, is_offered=True)


def _pairs(experience: int) -> QuerySet[Any]:
    pairs = TicketType.accompanied_by.through.objects.filter(from_tickettype__experience=experience)
    return pairs.order_by("to_tickettype__position", "to_tickettype")


def _prices(experience: int) -> QuerySet[Price]:
    return Price.objects.filter(price_list__experience=experience)


def _questions(experience: int) -> QuerySet[Question]:
    return Question.objects.filter(experience=experience)


def _waivers(experience: int) -> QuerySet[Waiver]:
    return Waiver.objects.filter(experience=experience).order_by("-published_at")
