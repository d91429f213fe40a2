"""The line for full times over REST: join with the whole party, look, book what is offered, leave."""

from django.utils import timezone
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.keys import idempotency_key
from farm.api.schema import BAD_FIELDS, KEY, KEY_REUSED, NO_KEY, NOT_FOUND, TOO_MANY, Answer, Sent, in_path, told
from farm.api.shapes import read
from farm.api.throttles import BookingByAddress, BookingByContact
from farm.api.views import PublicDoor
from tours import contacts, waiting
from tours.api import examples, refused, shown
from tours.api.bookings import VISITOR, made_or_repeated
from tours.api.inputs import AnswersIn, WaitingPartyIn, contact_of, party_of, wish_of
from tours.api.serializers import HeldOut, WaitingPartyOut
from tours.booking import Contact
from tours.links import party_in
from tours.party import Party

TOKEN = in_path("token", "the waiting party's signed token, as it was given when it joined", examples.WAITING_TOKEN)


class WaitingParties(PublicDoor):
    throttle_classes = (BookingByAddress, BookingByContact)

    @told(
        "joinLine",
        "Wait for seats in a full time",
        takes=Sent(WaitingPartyIn, examples.WAITING_IN),
        gives=Answer(WaitingPartyOut, examples.WAITING, 201, "It has its place in line."),
        refuses=[
            BAD_FIELDS,
            refused.UNKNOWN_SLOT,
            refused.UNKNOWN_TICKET,
            refused.BAD_PARTY,
            refused.BAD_CONTACT,
            refused.CLOSED,
            refused.ROOM_IS_LEFT,
            refused.WAITS_ALREADY,
            TOO_MANY,
        ],
    )
    def post(self, request: Request) -> Response:
        """The whole party or nobody: the first in line that fits is offered its seats until `offered_until`."""
        said = read(WaitingPartyIn, request.data)
        party = waiting.join(
            slot=said["slot"],
            party=party_of(said),
            contact=contacts.clean(contact_of(said)),
            language=get_language() or "zh-hans",
            now=timezone.now(),
        )
        return Response(shown.waiting_party(party), status.HTTP_201_CREATED)


class OneWaitingParty(PublicDoor):
    @told(
        "getWaitingParty",
        "One party in line",
        gives=Answer(WaitingPartyOut, examples.WAITING),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """Its place, or until when seats are kept for it."""
        return _seen(token)


class WaitingPartyBooking(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "acceptOffer",
        "Book the seats that were offered",
        takes=Sent(AnswersIn, examples.ANSWERS),
        gives=Answer(HeldOut, examples.HELD, 201, "Held, or sure when nothing is due; the same again for its key."),
        refuses=[
            BAD_FIELDS,
            refused.BAD_PLAN,
            refused.NO_ANSWER,
            refused.NO_WAIVER,
            NO_KEY,
            NOT_FOUND,
            refused.OFFER_ENDED,
            refused.BAD_CREDIT,
            refused.TOO_MANY_ON_ARRIVAL,
            KEY_REUSED,
            TOO_MANY,
        ],
        parameters=[TOKEN, KEY],
    )
    def post(self, request: Request, token: str) -> Response:
        """Time, party and contact are those it waited with. Afterwards it is a booking like any other."""
        said, key, now = read(AnswersIn, request.data), idempotency_key(request), timezone.now()
        party = party_in(token)
        contact = Contact(party.name, party.phone, party.email)
        wish = wish_of(said, slot=party.slot_id, party=Party.of(party.party), contact=contact)
        return made_or_repeated(waiting.accept(party=party, wish=wish, key=key, now=now), now)


class WaitingPartyDeparture(PublicDoor):
    throttle_classes = (BookingByAddress,)

    @told(
        "leaveLine",
        "Wait no more",
        gives=Answer(WaitingPartyOut, examples.LEFT),
        refuses=[NOT_FOUND, refused.OFFER_ENDED, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Seats that were offered go to the next in line. No body is needed."""
        waiting.leave(party=party_in(token), by=VISITOR, now=timezone.now())
        return _seen(token)


def _seen(token: str) -> Response:
    return Response(shown.waiting_party(party_in(token)))
