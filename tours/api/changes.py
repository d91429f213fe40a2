"""A booking is changed over REST: another time or party, and what the party wants instead of a closed time."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, Sent, told
from farm.api.shapes import read, show
from farm.api.throttles import BookingByAddress
from farm.api.views import PublicDoor
from tours import changing, offers, refusals
from tours.api import examples, refused, shown
from tours.api.bookings import TOKEN, VISITOR, seen
from tours.api.inputs import ChangeIn, RainAnswerIn
from tours.api.serializers import BookingOut, VisitChangeOut
from tours.changing import Change
from tours.links import booking_in
from tours.models import Booking, ClosureOffer
from tours.party import Party

A_CHANGE = (
    BAD_FIELDS,
    refused.UNKNOWN_SLOT,
    refused.BAD_PARTY,
    NOT_FOUND,
    refused.CLOSED,
    refused.SOLD_OUT,
    refused.WRONG_STATE,
    refused.TOO_LATE,
    TOO_MANY,
)


class BookingChangeQuote(PublicDoor):
    @told(
        "quoteChange",
        "What a change would cost or give back",
        takes=Sent(ChangeIn, examples.CHANGE_IN),
        gives=Answer(VisitChangeOut, examples.CHANGE),
        refuses=A_CHANGE,
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Nothing is changed. What is left out stays as it is."""
        booking = booking_in(token)
        wanted = _wanted(booking, read(ChangeIn, request.data))
        planned = changing.preview(booking=booking, **wanted, now=timezone.now())
        return Response(show(VisitChangeOut, _previewed(planned)))


class BookingChange(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "changeBooking",
        "Change the time or the party",
        takes=Sent(ChangeIn, examples.CHANGE_IN),
        gives=Answer(BookingOut, examples.CHANGE_WAITS, means="Changed; or `change` waits until it is paid."),
        refuses=A_CHANGE,
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Until the cut-off. New seats are taken before old ones are given back, so nothing is lost when it is full.

        What costs more than was paid waits, with its seats kept beside the old ones, until `payment` brings the
        difference. All tickets are new afterwards.
        """
        booking = booking_in(token)
        wanted = _wanted(booking, read(ChangeIn, request.data))
        changing.change(booking=booking, **wanted, by=VISITOR, now=timezone.now())
        return seen(token)

    @told(
        "dropChange",
        "Give up a change that waits for its payment",
        gives=Answer(BookingOut, examples.BOOKING),
        refuses=[NOT_FOUND, refused.WRONG_STATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def delete(self, request: Request, token: str) -> Response:
        """The booking stays as it was, and the seats kept beside it are free."""
        rebooking = booking_in(token).rebookings.held().select_related("booking").first()
        if rebooking is None:
            raise Http404
        changing.drop(rebooking=rebooking, by=VISITOR, now=timezone.now())
        return seen(token)


class BookingRainAnswer(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "answerRain",
        "Choose what to get instead of a closed time",
        takes=Sent(RainAnswerIn, {"choice": "slot", "slot": examples.SUNDAY_ID}),
        gives=Answer(BookingOut, examples.MOVED),
        refuses=[
            BAD_FIELDS,
            refused.UNKNOWN_SLOT,
            NOT_FOUND,
            refused.CLOSED,
            refused.SOLD_OUT,
            refused.ANSWER_TOO_LATE,
            refused.WRONG_STATE,
            TOO_MANY,
        ],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Another time (`rain.alternatives` have seats kept), all the money, or a credit for a year. Once."""
        _answer(booking_in(token), read(RainAnswerIn, request.data), timezone.now())
        return seen(token)


def _wanted(booking: Booking, said: dict[str, Any]) -> dict[str, Any]:
    party = Party.of(said["party"]) if "party" in said else changing.party_of(booking)
    return {"slot": said.get("slot", booking.slot_id), "party": party}


def _previewed(planned: Change) -> dict[str, Any]:
    return {
        "slot": planned.slot.pk,
        "people": planned.party.people,
        "lines": shown.lines(planned.party),
        "total_fen": planned.party.total_fen,
        "difference_fen": planned.difference_fen,
        "due_first_fen": planned.due_first_fen,
        "refund_fen": planned.refund_fen,
        "credit_fen": planned.credit_back_fen,
        "fee_fen": planned.fee_fen,
        "must_be_paid_first": planned.must_be_paid_first,
    }


def _answer(booking: Booking, said: dict[str, Any], now: dt.datetime) -> None:
    made: QuerySet[ClosureOffer] = booking.closure_offers.select_related("closure", "booking").order_by("-pk")
    offer = made.first()
    if offer is None:
        raise refusals.not_possible(booking)
    if said["choice"] == "slot":
        offers.choose_slot(offer=offer, slot=said["slot"], by=VISITOR, now=now)
    elif said["choice"] == "refund":
        offers.choose_refund(offer=offer, by=VISITOR, now=now)
    else:
        offers.choose_credit(offer=offer, by=VISITOR, now=now)
