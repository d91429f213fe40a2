"""A party's booking over REST: quote, hold, pay, look, cancel, tickets. The booking's own token is the key to it."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.attempts import PaymentIn, PaymentOut
from farm.api.keys import idempotency_key
from farm.api.schema import (
    BAD_FIELDS,
    KEY,
    KEY_REUSED,
    NO_KEY,
    NOT_FOUND,
    PROVIDER_AWAY,
    TOO_MANY,
    Answer,
    Sent,
    in_path,
    told,
)
from farm.api.shapes import read, show
from farm.api.throttles import BookingByAddress, BookingByContact
from farm.api.views import PublicDoor
from farm.security import mask_phone
from tours import booking as holding
from tours import cancelling, contacts, notices, paying
from tours.api import examples, refused, shown
from tours.api.inputs import BookingIn, VisitCancellationIn, VisitQuoteIn, contact_of, party_of, wish_of
from tours.api.serializers import (
    BookingOut,
    HeldOut,
    ReturnOut,
    SentAgainOut,
    TicketsOut,
    VisitQuoteOut,
)
from tours.links import booking_in, page_of
from tours.models import Booking
from tours.quotes import Quote

TOKEN = in_path("token", "the booking's signed token, as it was given with the booking", examples.TOKEN)
VISITOR = "visitor"
A_WISH = (
    BAD_FIELDS,
    refused.UNKNOWN_SLOT,
    refused.UNKNOWN_TICKET,
    refused.BAD_PARTY,
    refused.BAD_PLAN,
    refused.CLOSED,
    refused.SOLD_OUT,
)


class VisitQuotes(PublicDoor):
    @told(
        "createVisitQuote",
        "What a party would cost",
        takes=Sent(VisitQuoteIn, examples.QUOTE_IN),
        gives=Answer(VisitQuoteOut, examples.QUOTE),
        refuses=[*A_WISH, TOO_MANY],
    )
    def post(self, request: Request) -> Response:
        """Check a party by the rules of the experience and price it for a time. Nothing is held."""
        said = read(VisitQuoteIn, request.data)
        asked = {"slot": said["slot"], "plan": said["plan"], "credit": said["credit"]}
        return Response(show(VisitQuoteOut, _quoted(holding.quote(**asked, party=party_of(said), now=timezone.now()))))


class Bookings(PublicDoor):
    throttle_classes = (BookingByAddress, BookingByContact)

    @told(
        "holdBooking",
        "Book a visit",
        takes=Sent(BookingIn, examples.BOOKING_IN),
        gives=Answer(HeldOut, examples.HELD, 201, "Held, or sure when nothing is due; the same again for its key."),
        refuses=[
            *A_WISH,
            refused.BAD_CONTACT,
            refused.NO_ANSWER,
            refused.NO_WAIVER,
            refused.BAD_CREDIT,
            refused.TOO_MANY_ON_ARRIVAL,
            NO_KEY,
            KEY_REUSED,
            TOO_MANY,
        ],
        parameters=[KEY],
    )
    def post(self, request: Request) -> Response:
        """Hold the party's seats until `hold_until`. The farm computes the price; pay `due_now_fen` to keep them.

        The same key with the same body answers the same booking again, with the header `Idempotent-Replayed: true`;
        with another body it is refused.
        """
        said, key, now = read(BookingIn, request.data), idempotency_key(request), timezone.now()
        contact = contacts.clean(contact_of(said))
        wish = wish_of(said, slot=said["slot"], party=party_of(said), contact=contact)
        made = holding.hold(wish=wish, language=get_language() or "zh-hans", key=key, now=now)
        return made_or_repeated(made, now)


class OneBooking(PublicDoor):
    @told(
        "getBooking",
        "One booking with its time, party, money and history",
        gives=Answer(BookingOut, examples.BOOKING),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """What the visitor sees of it; `change` and `rain` tell when something waits for the party."""
        return seen(token)


class BookingExtension(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "extendHold",
        "Hold the seats longer, once",
        gives=Answer(BookingOut, examples.EXTENDED),
        refuses=[NOT_FOUND, refused.WRONG_STATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """As long again for a hold that is still running, once. No body is needed."""
        holding.extend(booking=booking_in(token), now=timezone.now())
        return seen(token)


class BookingPayment(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "startVisitPayment",
        "Start paying a booking",
        takes=Sent(PaymentIn, {"provider": "practice"}),
        gives=Answer(PaymentOut, examples.PAYMENT, 201, "The attempt; while one is open, that one again."),
        refuses=[refused.UNKNOWN_PROVIDER, NOT_FOUND, refused.WRONG_STATE, TOO_MANY, PROVIDER_AWAY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Pay what is due: what makes it sure, the difference of a change, else the balance. Send them to `pay_url`."""
        payment = paying.start(
            booking=booking_in(token),
            provider=read(PaymentIn, request.data).get("provider", ""),
            return_url=page_of(token),
            now=timezone.now(),
        )
        return Response(show(PaymentOut, payment), status.HTTP_201_CREATED)


class BookingCancellation(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "getReturn",
        "What cancelling now would give back",
        gives=Answer(ReturnOut, examples.RETURN),
        refuses=[NOT_FOUND, refused.WRONG_STATE, refused.TOO_LATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """By the terms that were shown before payment. Nothing is changed."""
        now = timezone.now()
        return Response(show(ReturnOut, cancelling.preview(booking=booking_in(token), now=now)))

    @told(
        "cancelBooking",
        "Cancel a booking",
        takes=Sent(VisitCancellationIn, {"reason": "The children are ill."}),
        gives=Answer(BookingOut, examples.CANCELLED),
        refuses=[BAD_FIELDS, NOT_FOUND, refused.WRONG_STATE, refused.TOO_LATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Until the visit begins. What the terms give back goes back by itself; a hold costs nothing."""
        reason = read(VisitCancellationIn, request.data)["reason"]
        cancelling.cancel(booking=booking_in(token), by=VISITOR, reason=reason, now=timezone.now())
        return seen(token)


class BookingTickets(PublicDoor):
    @told(
        "getTickets",
        "The codes that let the party in",
        gives=Answer(TicketsOut, examples.TICKETS),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """Draw each token as a QR code. None while the booking is not sure; a change makes new ones."""
        return Response(shown.tickets_of(booking_in(token)))


class BookingTicketsAgain(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "sendTicketsAgain",
        "Send the link to the tickets again",
        gives=Answer(SentAgainOut, examples.SENT_AGAIN, 202, "They go out."),
        refuses=[NOT_FOUND, refused.WRONG_STATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """To the booking's own phone and mail address. Repeats within ten minutes are one. No body is needed."""
        booking = booking_in(token)
        notices.send_again(booking, now=timezone.now())
        to = {"phone": mask_phone(booking.phone), "has_email": bool(booking.email)}
        return Response(show(SentAgainOut, to), status.HTTP_202_ACCEPTED)


def seen(token: str) -> Response:
    return Response(shown.booking(token, timezone.now()))


def made_or_repeated(booking: Booking, now: dt.datetime) -> Response:
    headers = {} if booking.held_at == now else {"Idempotent-Replayed": "true"}
    return Response(shown.held(booking, now), status.HTTP_201_CREATED, headers=headers)


def _quoted(quote: Quote) -> dict[str, Any]:
    return {
        "slot": quote.slot.pk,
        "people": quote.party.people,
        "lines": shown.lines(quote.party),
        "plan": quote.plan,
        "total_fen": quote.total_fen,
        "credit_fen": quote.credit_fen,
        "due_now_fen": quote.due_now_fen,
        "refund_terms": quote.terms,
    }
