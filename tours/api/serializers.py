"""The one definition of every field that visitors get from the API about what the farm offers and what they booked."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from farm.security import mask_phone
from tours.availability import Status
from tours.models import Booking, BookingEvent, Experience, Slot, WaitingParty

FROM_FEN = (
    "what an ordinary grown-up pays at this time: the cheapest ticket that somebody of 30 may have alone and without "
    "proof; where every such ticket is free or none is sold, the cheapest paid one that may come alone, else the "
    "cheapest paid one; 0 when all are free, null when none is sold"
)


class ExperienceOut(serializers.Serializer[Experience]):
    code = serializers.CharField()
    name = serializers.CharField(help_text="in the reader's language (Accept-Language: zh-Hans or en)")
    summary = serializers.CharField()
    duration_minutes = serializers.IntegerField()
    is_outdoor = serializers.BooleanField(help_text="depends on the weather")
    languages = serializers.ListField(child=serializers.CharField(), help_text="in which it is held")
    min_party = serializers.IntegerField(help_text="people in one booking, at least")
    max_party = serializers.IntegerField(help_text="people in one booking, at most")


class TicketTypeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.CharField(help_text="adult, youth, child, infant, family, senior, student or other")
    name = serializers.CharField()
    price_fen = serializers.IntegerField(help_text="1/100 yuan; some times have other prices, a quote tells")
    people = serializers.IntegerField(help_text="seats it takes: a family 4, an infant perhaps none")
    tickets = serializers.IntegerField(help_text="people who come with it")
    min_age = serializers.IntegerField()
    max_age = serializers.IntegerField()
    ages = serializers.CharField(help_text="in words, in the reader's language; empty: for every age")
    needs_proof = serializers.BooleanField(help_text="a student or senior card is looked at")
    min_quantity = serializers.IntegerField(allow_null=True)
    max_quantity = serializers.IntegerField(allow_null=True)
    accompanied_by = serializers.ListField(
        child=serializers.CharField(), help_text="one of these must be in the party; empty: may come alone"
    )
    per_grown_up = serializers.IntegerField(
        allow_null=True, help_text="how many of them one grown-up of `accompanied_by` may bring; null: any number"
    )
    grown_ups = serializers.IntegerField(help_text="how many of its people can look after others: a family 2")
    company = serializers.CharField(help_text="who must come along, in words; empty: may come alone")


class ChoiceOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()


class QuestionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()
    is_required = serializers.BooleanField()
    choices = ChoiceOut(many=True, help_text="empty: any text; else answer with one of the codes")


class WaiverOut(serializers.Serializer[Any]):
    version = serializers.CharField(help_text="send it as `waiver` with the booking")
    text = serializers.CharField()


class TermOut(serializers.Serializer[Any]):
    """Who cancels at least so long before the start gets so much back; after the last of them nothing."""

    hours = serializers.IntegerField()
    percent = serializers.IntegerField()


class WholeExperienceOut(ExperienceOut):
    story = serializers.CharField()
    meeting_point = serializers.CharField()
    included = serializers.ListField(child=serializers.CharField())
    bring = serializers.ListField(child=serializers.CharField())
    rules = serializers.ListField(child=serializers.CharField(), help_text="ages and who must come along")
    cut_off_minutes = serializers.IntegerField(help_text="bookings and changes until so long before the start")
    plans = serializers.ListField(child=serializers.CharField(), help_text="how it may be paid: `plan` of a booking")
    deposit_percent = serializers.IntegerField(help_text="of the price, now, with the plan `deposit`")
    refund_terms = TermOut(many=True)
    ticket_types = TicketTypeOut(many=True)
    questions = QuestionOut(many=True)
    waiver = WaiverOut(allow_null=True, help_text="null when nothing needs to be accepted")


class SlotOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="send it as `slot`")
    experience = serializers.CharField(help_text="its code")
    date = serializers.DateField(help_text="the farm's day")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cut_off_at = serializers.DateTimeField(help_text="bookings and changes until here")
    status = serializers.ChoiceField(choices=Status.choices)
    reason = serializers.CharField(help_text="why it is closed, or empty")
    left = serializers.IntegerField(help_text="seats that both the slot and its day still have")
    capacity = serializers.IntegerField(help_text="seats of the whole slot")
    from_fen = serializers.IntegerField(allow_null=True, help_text=FROM_FEN)
    minimum_to_run = serializers.IntegerField(help_text="people without whom it is called off; 0: always held")
    runs = serializers.ChoiceField(choices=Slot.Runs.choices)


class TimeOut(serializers.Serializer[Slot]):
    """The time of a booking."""

    id = serializers.IntegerField(source="pk")
    experience = serializers.CharField(source="experience.code")
    name = serializers.CharField(source="experience.name", help_text="of the experience")
    meeting_point = serializers.CharField(source="experience.meeting_point")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cut_off_at = serializers.DateTimeField(help_text="changes until here")
    minimum_to_run = serializers.IntegerField(help_text="people without whom it is called off; 0: always held")
    runs = serializers.ChoiceField(choices=Slot.Runs.choices)
    is_closed = serializers.SerializerMethodField()

    def get_is_closed(self, slot: Slot) -> bool:
        return slot.is_closed or slot.day.is_closed


class PartyLineOut(serializers.Serializer[Any]):
    ticket_type = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    price_fen = serializers.IntegerField(help_text="of one")
    sum_fen = serializers.IntegerField()


class VisitQuoteOut(serializers.Serializer[Any]):
    slot = serializers.IntegerField()
    people = serializers.IntegerField(help_text="seats it takes")
    lines = PartyLineOut(many=True)
    plan = serializers.ChoiceField(choices=Booking.Plan.choices)
    total_fen = serializers.IntegerField()
    credit_fen = serializers.IntegerField(help_text="of it, paid by the credit")
    due_now_fen = serializers.IntegerField(help_text="what makes the booking sure")
    refund_terms = TermOut(many=True, help_text="as they would be frozen into the booking")


class BookingLinksOut(serializers.Serializer[Any]):
    """Paths on this site. Whoever has them is the visitor: keep them like a ticket."""

    self = serializers.CharField()
    pay = serializers.CharField()
    tickets = serializers.CharField()
    page = serializers.CharField()


class HeldOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    token = serializers.CharField(help_text="the key to it: keep it like a ticket")
    status = serializers.ChoiceField(choices=Booking.Status.choices)
    hold_until = serializers.DateTimeField(help_text="the seats are kept until here; pay before")
    total_fen = serializers.IntegerField()
    due_now_fen = serializers.IntegerField(help_text="what is to be paid now; 0: nothing")
    links = BookingLinksOut()


class VisitEventOut(serializers.Serializer[BookingEvent]):
    at = serializers.DateTimeField()
    what = serializers.CharField()


class WaitingChangeOut(serializers.Serializer[Any]):
    """A change that costs more: its seats are kept beside the old ones until the difference is paid."""

    slot = TimeOut()
    party = serializers.DictField(child=serializers.IntegerField())
    total_fen = serializers.IntegerField()
    due_fen = serializers.IntegerField(source="bill.amount_fen")
    hold_until = serializers.DateTimeField()


class RainOut(serializers.Serializer[Any]):
    """The farm closed the party's time: it may choose until the deadline."""

    reason = serializers.CharField(source="closure.reason")
    answer_until = serializers.DateTimeField(source="closure.answer_until")
    otherwise = serializers.CharField(source="closure.otherwise", help_text="what happens without an answer")
    alternatives = TimeOut(many=True, help_text="times in which its seats are kept; others may be chosen too")


class BookingOut(HeldOut):
    """The booking as its visitor sees it. The phone is masked, mail and answers are not shown: links get passed on."""

    slot = TimeOut()
    people = serializers.IntegerField(help_text="seats it takes")
    party = PartyLineOut(many=True)
    plan = serializers.ChoiceField(choices=Booking.Plan.choices)
    name = serializers.CharField()
    phone = serializers.SerializerMethodField()
    credit_fen = serializers.IntegerField()
    fee_fen = serializers.IntegerField(help_text="kept by the refund terms")
    paid_fen = serializers.IntegerField(help_text="came in and was not sent back")
    balance_fen = serializers.IntegerField(help_text="still to be paid, by link or on arrival")
    may_be_extended = serializers.BooleanField()
    held_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    refund_terms = TermOut(many=True, help_text="as they were when it was booked, without what was lost by moving late")
    waiver = serializers.CharField(help_text="the accepted version, or empty")
    change = WaitingChangeOut(allow_null=True, help_text="a change that waits for its payment")
    weather_note = serializers.CharField(help_text="what to know of the day's weather, or empty")
    rain = RainOut(allow_null=True, help_text="a choice that waits for the party")
    events = VisitEventOut(many=True)

    @extend_schema_field(serializers.CharField())
    def get_phone(self, seen: dict[str, Any]) -> str:
        return mask_phone(seen["phone"])


class VisitChangeOut(serializers.Serializer[Any]):
    slot = serializers.IntegerField()
    people = serializers.IntegerField()
    lines = PartyLineOut(many=True)
    total_fen = serializers.IntegerField()
    difference_fen = serializers.IntegerField(help_text="more to pay")
    due_first_fen = serializers.IntegerField(help_text="of the difference: what the change waits for")
    refund_fen = serializers.IntegerField(help_text="goes back to where it came from")
    credit_fen = serializers.IntegerField(help_text="goes back to the credit")
    fee_fen = serializers.IntegerField(help_text="kept by the refund terms")
    must_be_paid_first = serializers.BooleanField(help_text="the change waits until the difference is paid")


class ReturnOut(serializers.Serializer[Any]):
    percent = serializers.IntegerField()
    money_fen = serializers.IntegerField(help_text="goes back to where it came from")
    credit_fen = serializers.IntegerField(help_text="goes back to the credit")
    fee_fen = serializers.IntegerField(help_text="kept by the refund terms")


class TicketOut(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="draw it as a QR code")
    ticket_type = serializers.CharField()
    name = serializers.CharField()
    let_in_at = serializers.DateTimeField(allow_null=True)


class TicketsOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    party = serializers.CharField(allow_null=True, help_text="one code for everybody; null while it is not sure")
    tickets = TicketOut(many=True)


class SentAgainOut(serializers.Serializer[Any]):
    phone = serializers.CharField(help_text="masked")
    has_email = serializers.BooleanField(help_text="a mail goes out too")


class WaitingLinksOut(serializers.Serializer[Any]):
    self = serializers.CharField()
    page = serializers.CharField()


class WaitingPartyOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    token = serializers.CharField(help_text="the key to it")
    status = serializers.ChoiceField(choices=WaitingParty.Status.choices)
    slot = TimeOut()
    party = serializers.DictField(child=serializers.IntegerField())
    people = serializers.IntegerField(help_text="seats it needs")
    place = serializers.IntegerField(allow_null=True, help_text="in line; null when it waits no more")
    joined_at = serializers.DateTimeField()
    offered_until = serializers.DateTimeField(allow_null=True, help_text="its seats are kept until here")
    booking = serializers.CharField(allow_null=True, help_text="token of what it booked")
    links = WaitingLinksOut()
