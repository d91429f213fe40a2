"""What the gate's page is answered: verdicts, who is in, what is for sale, and conflicts."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from farm.money import yuan
from farm.security import mask_name
from tours import manifest, offline, papers, sheets, verdicts, walkins
from tours.gate import Admission
from tours.models import Booking, ScanConflict, Slot, Ticket
from tours.verdicts import Verdict

CONFLICTS = 20


def verdict(verdict: Verdict, reader: Any) -> dict[str, Any]:
    """A verdict as the page draws it; the booker's name is whole only for those who may see it."""
    answer = {"code": verdict.code, "green": verdict.is_green, "words": verdict.words, "advice": verdict.advice}
    if verdict.booking is None:
        return answer
    name = verdict.booking.name if reader.has_perm(manifest.WHOLE_NAMES) else mask_name(verdict.booking.name)
    waiting = [ticket.key for ticket in verdict.waiting] if verdict.may_be_let_in else []
    told = {"who": name, "to_know": manifest.to_know(verdict.booking), "waiting": waiting}
    return {**answer, **_party(verdict.booking, verdict.party), **told}


def admission(admission: Admission) -> dict[str, Any]:
    party = _party(admission.booking, admission.party)
    return {**party, "let_in": admission.check_in.people, "again": admission.is_repeat}


def for_sale(now: dt.datetime) -> list[dict[str, Any]]:
    return [_for_sale(slot, now) for slot in walkins.open_slots(now)]


def conflicts(now: dt.datetime) -> list[dict[str, Any]]:
    """The last scans that our people must look at, or have looked at since yesterday."""
    last = offline.conflicts(now).select_related("booking", "first")[:CONFLICTS]
    return [_conflict(one) for one in last]


def _party(booking: Booking, party: Sequence[Ticket]) -> dict[str, Any]:
    return {
        "number": booking.number,
        "issue": booking.issue,
        "experience": booking.slot.experience.name,
        "time": papers.time_words(booking.slot),
        "party": papers.kinds_words({ticket.unit_id: ticket.unit.ticket_type.name for ticket in party}.values()),
        "expected": len(party),
        "inside": [ticket.key for ticket in party if ticket.check_in_id],
        "outside": [ticket.key for ticket in party if not ticket.check_in_id],
        "balance_fen": booking.balance_fen,
        "balance": yuan(booking.balance_fen),
    }


def _for_sale(slot: Slot, now: dt.datetime) -> dict[str, Any]:
    sheet = sheets.recent(slot.experience_id, now)
    kinds = [(kind, sheet.price_fen(kind, slot.price_list_id)) for kind in sheet.ticket_types.values()]
    return {
        "slot": slot.pk,
        "experience": slot.experience.name,
        "time": f"{timezone.localtime(slot.starts_at):%H:%M}",
        "left": min(slot.left, slot.day.left),
        "kinds": [{"code": kind.code, "name": kind.name, "fen": fen, "price": yuan(fen)} for kind, fen in kinds],
    }


def _conflict(one: ScanConflict) -> dict[str, Any]:
    return {
        "number": one.booking.number if one.booking else "",
        "why": one.why,
        "gate": one.gate,
        "at": f"{timezone.localtime(one.at):%m-%d %H:%M}",
        "words": verdicts.first_words(one.first) if one.first else "",
    }
