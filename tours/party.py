"""Who comes: a party is checked against the experience's rules and priced, by the farm and never by the visitor."""

from collections.abc import Mapping
from dataclasses import dataclass

from tours import refusals
from tours.models import Slot, TicketType
from tours.sheets import Sheet


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
    """One ticket type in a priced party; money in fen."""

    ticket_type: TicketType
    quantity: int
    price_fen: int

    @property
    def sum_fen(self) -> int:
        return self.price_fen * self.quantity


@dataclass(frozen=True)
class PricedParty:
    """A party that may come, its price in fen and the seats it takes."""

    lines: tuple[PartyLine, ...]

    @property
    def total_fen(self) -> int:
        return sum(line.sum_fen for line in self.lines)

    @property
    def people(self) -> int:
        return sum(line.ticket_type.people * line.quantity for line in self.lines)


def priced(party: Party, *, slot: Slot, sheet: Sheet, booked: Mapping[str, int] | None = None) -> PricedParty:
    """The party at the slot's prices; `booked` keeps the fen that tickets of a type were booked for.

    :raises PartyRefused: for every rule it breaks, in words; UnknownTicketType for a type that is not offered.
    """
    kept = booked or {}
    lines = []
    for code, quantity in party.tickets:
        kind = sheet.ticket_types.get(code)
        if kind is None:
            raise refusals.unknown_ticket_type(code)
        lines.append(PartyLine(kind, quantity, kept.get(code, sheet.price_fen(kind, slot.price_list_id))))
    whole = PricedParty(tuple(lines))
    _check(whole, sheet)
    return whole


def _check(party: PricedParty, sheet: Sheet) -> None:
    if not party.lines:
        raise refusals.nobody()
    experience = sheet.experience
    present = {line.ticket_type.pk for line in party.lines}
    for line in party.lines:
        _check_quantity(line, experience.max_party)
        companions = sheet.companions.get(line.ticket_type.code, ())
        if companions and not any(companion.pk in present for companion in companions):
            raise refusals.alone(line.ticket_type, companions)
    if not max(experience.min_party, 1) <= party.people <= experience.max_party:
        raise refusals.wrong_party_size(party.people, max(experience.min_party, 1), experience.max_party)


def _check_quantity(line: PartyLine, most_people: int) -> None:
    kind = line.ticket_type
    least = kind.min_quantity or 1
    most = most_people if kind.max_quantity is None else kind.max_quantity
    if not least <= line.quantity <= most:
        raise refusals.bad_quantity(kind, least, most)
