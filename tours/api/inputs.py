"""The one definition of every field that visitors send to the API."""

from typing import Any

from rest_framework import serializers

from tours.booking import Contact, Wish
from tours.models import Booking
from tours.party import Party

LARGEST_KEY = 2**63 - 1
MOST_OF_A_KIND = 1000
LONGEST_NAME, LONGEST_MAIL, LONGEST_ANSWER, LONGEST_NOTES = 40, 120, 200, 200
PLAN_HELP = "how it is paid; which ways there are says the experience"


def a_slot(**options: Any) -> serializers.IntegerField:
    words = {"help_text": "which time, by its id in the calendar", **options}
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, **words)


def a_party(**options: Any) -> serializers.DictField:
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_OF_A_KIND)
    return serializers.DictField(child=quantity, help_text="how many of each ticket type, by its code", **options)


def a_plan() -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=Booking.Plan.choices, default=Booking.Plan.FULL.value, help_text=PLAN_HELP)


class DayIn(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="the farm's day, YYYY-MM-DD")


class ContactIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    phone = serializers.CharField(max_length=30, help_text="mainland mobile number; spaces and +86 are forgiven")
    email = serializers.EmailField(max_length=LONGEST_MAIL, required=False, allow_blank=True)


class VisitQuoteIn(serializers.Serializer[Any]):
    slot = a_slot()
    party = a_party()
    plan = a_plan()
    credit = serializers.CharField(max_length=20, default="", allow_blank=True, help_text="code of a credit")


class AnswersIn(serializers.Serializer[Any]):
    """What a party says besides who comes and when."""

    plan = a_plan()
    answers = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_ANSWER, allow_blank=True),
        default=dict,
        help_text="to the experience's questions, by their codes; an answer to any other question is refused",
    )
    waiver = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text="the version of the rules that was read and accepted"
    )
    notes = serializers.CharField(max_length=LONGEST_NOTES, default="", allow_blank=True)
    credit = serializers.CharField(max_length=20, default="", allow_blank=True, help_text="code of a credit")


class BookingIn(AnswersIn):
    slot = a_slot()
    party = a_party()
    contact = ContactIn()


class ChangeIn(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    slot = a_slot(required=False)
    party = a_party(required=False)


class VisitCancellationIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=60, default="", allow_blank=True, help_text="kept in the history")


class RainAnswerIn(serializers.Serializer[Any]):
    choice = serializers.ChoiceField(choices=("slot", "refund", "credit"))
    slot = a_slot(required=False, help_text="with `slot`: which time instead")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["choice"] == "slot" and "slot" not in attrs:
            raise serializers.ValidationError({"slot": self.fields["slot"].error_messages["required"]}, "required")
        return attrs


class WaitingPartyIn(serializers.Serializer[Any]):
    slot = a_slot()
    party = a_party()
    contact = ContactIn()


def party_of(said: dict[str, Any]) -> Party:
    return Party.of(said["party"])


def contact_of(said: dict[str, Any]) -> Contact:
    return Contact(**said["contact"])


def wish_of(said: dict[str, Any], *, slot: int, party: Party, contact: Contact) -> Wish:
    return Wish(
        slot=slot,
        party=party,
        contact=contact,
        plan=said["plan"],
        answers=tuple(sorted(said["answers"].items())),
        waiver=said["waiver"],
        notes=said["notes"],
        credit=said["credit"],
        channel=Booking.Channel.API,
    )
