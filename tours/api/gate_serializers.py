"""The one definition of every field that a gate's page sends to the farm or gets from it."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from farm.models import TillEntry

LONGEST_CODE = 400
MOST_PEOPLE = 500
MOST_SCANS = 100
NONCE = r"^[0-9A-Za-z-]{8,40}\Z"


class LookIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=LONGEST_CODE, help_text="a ticket's code, or a booking's number")


class ScanIn(serializers.Serializer[Any]):
    """One scan; `keys` or `people` choose among the party, without either all that the code stands for come in."""

    code = serializers.CharField(max_length=LONGEST_CODE)
    nonce = serializers.RegexField(NONCE, help_text="the scanner's own number of the scan; sent again it counts once")
    gate = serializers.CharField(max_length=30)
    keys = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=MOST_PEOPLE, required=False, default=list
    )
    people = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE, required=False, allow_null=True, default=None)
    despite = serializers.CharField(
        max_length=30,
        required=False,
        allow_blank=True,
        default="",
        help_text="the `code` of the look that our people overrule; a closed visit needs `closed` here",
    )


class MomentField(serializers.DateTimeField):
    """A moment; one at either end of all calendars, which is none in another zone, is out of range."""

    def enforce_timezone(self, value: dt.datetime) -> dt.datetime:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class QueuedScanIn(ScanIn):
    at = MomentField(help_text="when it was made, by the telephone's clock")


class UploadIn(serializers.Serializer[Any]):
    scans = serializers.ListField(child=QueuedScanIn(), max_length=MOST_SCANS)


class AnyScansIn(serializers.Serializer[Any]):
    """An upload whose scans are read one by one, so that a bad one does not stop the others."""

    scans = serializers.ListField(max_length=MOST_SCANS)


class BalanceIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=20)
    amount_fen = serializers.IntegerField(min_value=1, max_value=2**53, help_text="the balance that was shown")
    how = serializers.ChoiceField(choices=TillEntry.How.choices)


class WalkInIn(serializers.Serializer[Any]):
    slot = serializers.IntegerField(min_value=1, max_value=2**53)
    party = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE), allow_empty=False)
    how = serializers.ChoiceField(choices=TillEntry.How.choices)
    amount_fen = serializers.IntegerField(
        min_value=0,
        max_value=2**31,
        required=False,
        help_text="the sum that was shown; another one by now, or none, sells nothing",
    )
    nonce = serializers.RegexField(NONCE, help_text="the sale's own number; sent again it sells once")
    gate = serializers.CharField(max_length=30)


class WithdrawalIn(serializers.Serializer[Any]):
    nonce = serializers.RegexField(NONCE, help_text="of the sale")


class WithdrawalOut(serializers.Serializer[Any]):
    nonce = serializers.CharField()


class PartyOut(serializers.Serializer[Any]):
    """A booking as a gate needs it. Nothing of it stands in a verdict over a code that no booking has."""

    number = serializers.CharField(required=False)
    issue = serializers.IntegerField(required=False, help_text="tickets of older issues are dead")
    experience = serializers.CharField(required=False)
    time = serializers.CharField(required=False)
    party = serializers.CharField(required=False, help_text="how many of which tickets, in words")
    expected = serializers.IntegerField(required=False, help_text="people of the party")
    inside = serializers.ListField(child=serializers.CharField(), required=False, help_text="keys of tickets let in")
    outside = serializers.ListField(child=serializers.CharField(), required=False, help_text="keys of all others")
    balance_fen = serializers.IntegerField(required=False, help_text="still to be paid")
    balance = serializers.CharField(required=False, help_text="the same in yuan")


class VerdictOut(PartyOut):
    code = serializers.CharField(help_text="`welcome` or why not; never translated")
    green = serializers.BooleanField()
    words = serializers.CharField()
    advice = serializers.CharField()
    who = serializers.CharField(required=False, help_text="whole only for staff who may see visitors")
    to_know = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="what the guide must know: allergies, the party's note"
    )
    waiting = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="keys of tickets that the code can let in now"
    )


class AdmissionOut(PartyOut):
    let_in = serializers.IntegerField(help_text="people who came in by this scan")
    again = serializers.BooleanField(help_text="the scan was known: nobody came in by this request")


class ListedTicketOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.CharField()
    is_in = serializers.BooleanField()


class ListedBookingOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    issue = serializers.IntegerField(help_text="tickets of older issues are dead")
    experience = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    closed = serializers.CharField(allow_blank=True, help_text="that the visit does not take place and why, or empty")
    who = serializers.CharField(help_text="masked, whoever asks: a telephone may be lost")
    balance_fen = serializers.IntegerField()
    to_know = serializers.ListField(child=serializers.CharField(), help_text="what the guide must know")
    tickets = ListedTicketOut(many=True)


class GoneOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    issue = serializers.IntegerField()


class KindForSaleOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    fen = serializers.IntegerField()
    price = serializers.CharField(help_text="the same in yuan")


class SlotForSaleOut(serializers.Serializer[Any]):
    slot = serializers.IntegerField()
    experience = serializers.CharField()
    time = serializers.CharField()
    left = serializers.IntegerField()
    kinds = KindForSaleOut(many=True)


class ConflictOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="of the booking; empty for a stranger")
    why = serializers.CharField()
    gate = serializers.CharField()
    at = serializers.CharField()
    words = serializers.CharField(help_text="when and where they were in before")


class ConflictsOut(serializers.Serializer[Any]):
    conflicts = ConflictOut(many=True, help_text="the last ones, newest first")


class GateDayOut(ConflictsOut):
    date = serializers.DateField()
    until = serializers.DateTimeField(help_text="forget all of it then")
    early_minutes = serializers.IntegerField(help_text="so long before it begins a slot's guests are let in")
    keys = serializers.DictField(
        child=serializers.CharField(), help_text="Ed25519 public keys by id, 32 bytes in base64: they verify tickets"
    )
    bookings = ListedBookingOut(many=True)
    gone = GoneOut(many=True, help_text="booked for the day once, and no more: cancelled or moved away")
    walk_ins = SlotForSaleOut(many=True)


class ToldOut(serializers.Serializer[Any]):
    nonce = serializers.CharField(allow_blank=True, help_text="empty when it cannot be read")
    people = serializers.IntegerField(help_text="in by this scan")
    conflict = serializers.CharField(
        allow_blank=True,
        help_text="why others should not have come in, `unreadable` with its fields in `words`, or empty",
    )
    words = serializers.CharField(allow_blank=True)


class UploadOut(ConflictsOut):
    told = ToldOut(many=True)
