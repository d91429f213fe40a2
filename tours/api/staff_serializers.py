"""The one definition of every field that staff's programs send to the visits' API or get from it."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from farm.security import mask_name, mask_phone
from tours import reports
from tours.api.inputs import a_slot
from tours.models import Booking, Closure, ClosureOffer, Slot, VisitorsDay

MOST_PEOPLE = 100_000
MOST_SLOTS = 500


class WeekIn(serializers.Serializer[Any]):
    week = serializers.DateField(help_text="any day of it, YYYY-MM-DD")
    experience = serializers.SlugField(required=False, help_text="only of this one")

    def validate_week(self, week: dt.date) -> dt.date:
        """Weeks at either end of all calendars have days that no calendar has."""
        if not reports.are_known(week):
            self.fields["week"].fail("invalid", format="YYYY-MM-DD")
        return week


class LimitIn(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE, help_text="people")


class SlotIn(serializers.Serializer[Any]):
    slot = a_slot()


class FarmCancellationIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=60, help_text="kept in the history")


class ClosureIn(serializers.Serializer[Any]):
    """What is closed: some times, a whole day, or an experience from one day to another."""

    slots = serializers.ListField(
        child=a_slot(), required=False, allow_empty=False, min_length=1, max_length=MOST_SLOTS
    )
    date = serializers.DateField(required=False, help_text="the whole day, all experiences")
    experience = serializers.SlugField(required=False, help_text="its code; with first_on and last_on")
    first_on = serializers.DateField(required=False)
    last_on = serializers.DateField(required=False)
    reason_zh = serializers.CharField(max_length=60, help_text="visitors read it")
    reason_en = serializers.CharField(max_length=60, help_text="visitors read it")
    otherwise = serializers.ChoiceField(
        choices=Closure.Otherwise.choices, required=False, help_text="for who does not answer; else the farm's default"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = [name for name in ("slots", "date", "experience") if name in attrs]
        if len(said) != 1:
            raise serializers.ValidationError(_("Name one of slots, date and experience."))
        missing = [name for name in ("first_on", "last_on") if said == ["experience"] and name not in attrs]
        if missing:
            required = self.fields["reason_zh"].error_messages["required"]
            raise serializers.ValidationError(dict.fromkeys(missing, required), "required")
        return attrs


class StaffSlotOut(serializers.Serializer[Slot]):
    id = serializers.IntegerField(source="pk")
    experience = serializers.CharField(source="experience.code")
    date = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cut_off_at = serializers.DateTimeField()
    limit = serializers.IntegerField(help_text="people")
    taken = serializers.IntegerField()
    left = serializers.IntegerField(help_text="of the slot alone: its day may have fewer")
    is_closed = serializers.BooleanField()
    reason_zh = serializers.CharField(source="closed_reason_zh")
    reason_en = serializers.CharField(source="closed_reason_en")
    minimum_to_run = serializers.IntegerField()
    runs = serializers.ChoiceField(choices=Slot.Runs.choices)


class VisitorsDayOut(serializers.Serializer[VisitorsDay]):
    date = serializers.DateField()
    limit = serializers.IntegerField(help_text="visitors over all experiences")
    taken = serializers.IntegerField()
    left = serializers.IntegerField()
    is_closed = serializers.BooleanField()
    reason_zh = serializers.CharField(source="closed_reason_zh")
    reason_en = serializers.CharField(source="closed_reason_en")


class WeekDayOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    holiday = serializers.CharField(help_text="the public holiday, or empty")
    is_workday = serializers.BooleanField(help_text="make-up workdays are")
    visitors = VisitorsDayOut(allow_null=True, help_text="null while nothing is planned on it")


class WeekOut(serializers.Serializer[Any]):
    days = WeekDayOut(many=True)
    slots = StaffSlotOut(many=True)


class StaffBookingOut(serializers.Serializer[Booking]):
    """Name and phone are whole only for staff who may see visitors."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Booking.Status.choices)
    slot = serializers.IntegerField(source="slot_id")
    experience = serializers.CharField(source="slot.experience.code")
    starts_at = serializers.DateTimeField(source="slot.starts_at")
    channel = serializers.CharField()
    people = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    total_fen = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    balance_fen = serializers.IntegerField()
    held_at = serializers.DateTimeField()

    def get_name(self, booking: Booking) -> str:
        return mask_name(booking.name)

    def get_phone(self, booking: Booking) -> str:
        return mask_phone(booking.phone)


class WholeStaffBookingOut(StaffBookingOut):
    def get_name(self, booking: Booking) -> str:
        return booking.name

    def get_phone(self, booking: Booking) -> str:
        return booking.phone


class KnownOut(serializers.Serializer[Any]):
    """What the guide must know: a question and its answer."""

    question = serializers.CharField()
    answer = serializers.CharField()


class GuestsOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    name = serializers.CharField(help_text="whole only for staff who may see visitors")
    phone = serializers.CharField(help_text="whole only for staff who may see visitors")
    language = serializers.CharField()
    tickets = serializers.DictField(child=serializers.IntegerField(), help_text="how many by their names")
    expected = serializers.IntegerField(help_text="people")
    inside = serializers.IntegerField(help_text="people let in")
    balance_fen = serializers.IntegerField(help_text="to be paid on arrival")
    answers = KnownOut(many=True, help_text="only for staff who let visitors in or may see them")
    notes = serializers.CharField(help_text="only for staff who let visitors in or may see them")


class SlotListOut(serializers.Serializer[Any]):
    slot = StaffSlotOut()
    tickets = serializers.DictField(child=serializers.IntegerField())
    expected = serializers.IntegerField()
    inside = serializers.IntegerField()
    balance_fen = serializers.IntegerField()
    parties = GuestsOut(many=True)


class ClosureOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Closure.Status.choices)
    date = serializers.DateField(allow_null=True, help_text="when the whole day is closed")
    reason_zh = serializers.CharField()
    reason_en = serializers.CharField()
    otherwise = serializers.ChoiceField(choices=Closure.Otherwise.choices)
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    answer_until = serializers.DateTimeField()


class ChoiceMadeOut(serializers.Serializer[ClosureOffer]):
    booking = StaffBookingOut()
    choice = serializers.CharField(source="status", help_text="waiting, moved, refunded, credited or undone")


class WholeClosureOut(ClosureOut):
    slots = StaffSlotOut(many=True)
    waiting = serializers.IntegerField(help_text="parties that have not chosen")
    offers = ChoiceMadeOut(many=True, help_text="every party that was asked, those that have not chosen first")
