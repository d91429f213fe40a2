"""What the gate's page sends, and what it is answered."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from farm.models import TillEntry
from farm.money import yuan
from farm.security import mask_name
from tours import papers
from tours.gate import Admission
from tours.models import Booking, Ticket
from tours.verdicts import Verdict

LONGEST_CODE = 400
MOST_PEOPLE = 500
MOST_SCANS = 100


class LookIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=LONGEST_CODE)


class ScanIn(serializers.Serializer[Any]):
    """One scan; `keys` or `people` choose among the party, without either all that the code stands for come in."""

    code = serializers.CharField(max_length=LONGEST_CODE)
    nonce = serializers.RegexField(r"^[0-9A-Za-z-]{8,40}\Z")
    gate = serializers.CharField(max_length=30)
    keys = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=MOST_PEOPLE, required=False, default=list
    )
    people = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE, required=False, allow_null=True, default=None)


class QueuedScanIn(ScanIn):
    at = serializers.DateTimeField()


class UploadIn(serializers.Serializer[Any]):
    scans = serializers.ListField(child=QueuedScanIn(), max_length=MOST_SCANS)


class BalanceIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=20)
    how = serializers.ChoiceField(choices=TillEntry.How.choices)


class WalkInIn(serializers.Serializer[Any]):
    slot = serializers.IntegerField(min_value=1, max_value=2**53)
    party = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE), allow_empty=False)
    how = serializers.ChoiceField(choices=TillEntry.How.choices)
    nonce = serializers.RegexField(r"^[0-9A-Za-z-]{8,40}\Z")
    gate = serializers.CharField(max_length=30)


def shown_verdict(verdict: Verdict, name: str) -> dict[str, Any]:
    """A verdict as the page draws it; `name` is the booker's, masked or whole."""
    answer = {"code": verdict.code, "green": verdict.is_green, "words": verdict.words, "advice": verdict.advice}
    if verdict.booking is None:
        return answer
    waiting = [ticket.key for ticket in verdict.waiting] if verdict.may_be_let_in else []
    return {**answer, **_shown_booking(verdict.booking, verdict.party), "who": name, "waiting": waiting}


def shown_admission(admission: Admission) -> dict[str, Any]:
    booking = admission.booking
    return {
        **_shown_booking(booking, admission.party),
        "let_in": admission.check_in.people,
        "again": admission.is_repeat,
    }


def masked(booking: Booking) -> str:
    return mask_name(booking.name)


def _shown_booking(booking: Booking, party: Sequence[Ticket]) -> dict[str, Any]:
    kinds = papers.kinds_words(ticket.unit.ticket_type.name for ticket in party)
    return {
        "number": booking.number,
        "experience": booking.slot.experience.name,
        "time": papers.time_words(booking.slot),
        "party": kinds,
        "expected": len(party),
        "inside": [ticket.key for ticket in party if ticket.check_in_id],
        "balance_fen": booking.balance_fen,
        "balance": yuan(booking.balance_fen),
    }
