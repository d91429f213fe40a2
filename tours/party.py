"""Who comes: a party is checked against the experience's rules and priced, by the farm and never by the visitor."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tours import refusals
from tours.models import BookedUnit, Slot, TicketType
from tours.sheets import Company, Sheet


@dataclass(frozen=True)
class Party:
    """So many of each ticket type, by its code."""

    tickets: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, tickets: Mapping[str, int]) -> "Party":
        return cls(tuple(sorted((code, quantity) for code, quantity in tickets.items() if quantity)))

    def as_dict(self) -> dict[str, int]:
        return dict(self.tickets)


@dataclass(frozen=True)
class PartyLine:
    """One ticket type in a priced party; money in fen, `people` the seats that each of its tickets takes."""

    ticket_type: TicketType
    quantity: int
    price_fen: int
    people: int

    @property
    def sum_fen(self) -> int:
        return self.price_fen * self.quantity

    @property
    def tickets(self) -> int:
        """How many tickets it makes: one without a seat still has one."""
        return max(self.people, 1) * self.quantity


@dataclass(frozen=True)
class PricedParty:
    """A party that may come, its price in fen and the seats it takes."""

    lines: tuple[PartyLine, ...]

    @property
    def total_fen(self) -> int:
        return sum(line.sum_fen for line in self.lines)

    @property
    def people(self) -> int:
        return sum(line.people * line.quantity for line in self.lines)

    @property
    def seats(self) -> dict[str, int]:
        """The seats that one ticket takes, by the code of its type."""
        return {line.ticket_type.code: line.people for line in self.lines}


@dataclass(frozen=True)
class Kept:
    """What was agreed with a party before and counts on: a ticket's fen and its seats, by the code of its type."""

    prices: Mapping[str, int] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)


NOTHING = Kept()


def priced(party: Party, *, slot: Slot, sheet: Sheet, kept: Kept = NOTHING) -> PricedParty:
    """The party at the slot's prices, but for what is `kept`.

    :raises PartyRefused: for every rule it breaks, in words; UnknownTicketType for a type that is not offered.
    """
    whole = accepted(party, slot=slot, sheet=sheet, kept=kept)
    _check(whole, sheet)
    return whole


def accepted(party: Party, *, slot: Slot, sheet: Sheet, kept: Kept) -> PricedParty:
    """A party that the farm accepted before, at the slot's prices but for what is `kept`; no rule is asked again.

    :raises UnknownTicketType: for a type that is not on the sheet.
    """
    lines = []
    for code, quantity in party.tickets:
        kind = sheet.ticket_types.get(code)
        if kind is None:
            raise refusals.unknown_ticket_type(code)
        price_fen = kept.prices.get(code, sheet.price_fen(kind, slot.price_list_id))
        lines.append(PartyLine(kind, quantity, price_fen, kept.seats.get(code, kind.people)))
    return PricedParty(tuple(lines))


def company_words(kind: TicketType, company: Company) -> str:
    """Who must come along with a ticket and how many of it they may bring, in words; nothing if it may come alone."""
    if not company.tickets:
        return ""
    are_many = len(company.tickets) > 1
    names = _(" or ").join(companion.name for companion in company.tickets)
    words = {"who": _("a grown-up") if company.is_anybody and are_many else names, "each": kind.per_grown_up}
    if kind.per_grown_up is None:
        return _("with %(who)s") % words
    if any(companion.grown_ups != 1 for companion in company.tickets):  # one ticket is not one grown-up
        return _("with %(who)s, at most %(each)s for each grown-up") % words
    return _("with %(who)s, at most %(each)s for each") % words


def booked(units: Iterable[BookedUnit]) -> PricedParty:
    """The party of a booking, at the prices and with the seats it was booked for; units come with their types."""
    many = Counter((unit.ticket_type, unit.price_fen, unit.people) for unit in units)
    return PricedParty(tuple(PartyLine(kind, quantity, fen, people) for (kind, fen, people), quantity in many.items()))


def _check(party: PricedParty, sheet: Sheet) -> None:
    if not party.lines:
        raise refusals.nobody()
    experience = sheet.experience
    for line in party.lines:
        _check_quantity(line, experience.max_party)
        _check_company(line, party, sheet.company(line.ticket_type.code).tickets)
    if not max(experience.min_party, 1) <= party.people <= experience.max_party:
        raise refusals.wrong_party_size(party.people, max(experience.min_party, 1), experience.max_party)


def _check_quantity(line: PartyLine, most_people: int) -> None:
    kind = line.ticket_type
    least = kind.min_quantity or 1
    most = most_people if kind.max_quantity is None else kind.max_quantity
    if not least <= line.quantity <= most:
        raise refusals.bad_quantity(kind, least, most)


def _check_company(line: PartyLine, party: PricedParty, companions: Sequence[TicketType]) -> None:
    """Who cannot come alone needs enough grown-ups of the right tickets."""
    if not companions:
        return
    able = {companion.pk for companion in companions}
    others = [other for other in party.lines if other.ticket_type.pk in able]
    grown_ups = sum(other.ticket_type.grown_ups * other.quantity for other in others)
    if not grown_ups:
        raise refusals.alone(line.ticket_type, companions)
    each = line.ticket_type.per_grown_up
    if each is not None and line.quantity > each * grown_ups:
        raise refusals.too_many_for_grown_ups(line.ticket_type, companions, most=each * grown_ups)
