"""What a change made other of a visit: its time, its party, or both."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext

from farm.language import in_readers_language
from farm.templatetags.dates import when
from tours.models import Slot
from tours.party import PricedParty


def facts(*, was: Slot, now: Slot, before: PricedParty, after: PricedParty) -> dict[str, Any]:
    """What the history keeps of a change; the party in both languages, if it is another."""
    times = {"was": was.starts_at.isoformat(), "now": now.starts_at.isoformat()}
    if _tickets(before) == _tickets(after):
        return times
    return {**times, "party": [_named(after, "name_zh"), _named(after, "name_en")]}


def words(said: Mapping[str, Any]) -> str:
    """Thu 10 Sep, 16:05, Adult ×2: what of it is new, in the reader's language; nothing of changes that told less."""
    time = when(dt.datetime.fromisoformat(said["now"])) if said.get("now") != said.get("was") else ""
    party = in_readers_language(*said["party"]) if "party" in said else ""
    return pgettext("list", ", ").join(filter(None, (time, party)))


def _tickets(party: PricedParty) -> Counter[str]:
    tickets: Counter[str] = Counter()
    for line in party.lines:
        tickets[line.ticket_type.code] += line.quantity
    return tickets


def _named(party: PricedParty, name: str) -> str:
    return ", ".join(f"{getattr(line.ticket_type, name)} ×{line.quantity}" for line in party.lines)
