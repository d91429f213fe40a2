"""The line for full ship dates over REST: join with the whole order, look, order what is offered, leave."""

from django.utils import timezone
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.schema import BAD_FIELDS, NOT_FOUND, TOO_MANY, Answer, Sent, in_path, told
from farm.api.shapes import read, show
from farm.api.throttles import OrderingByAddress, OrderingByPhone, PlacingByPhone
from farm.api.views import PublicDoor
from shop import addresses, waiting
from shop.addresses import Address
from shop.api import examples
from shop.api import waiting_examples as shapes
from shop.api.serializers import PlacedOut, gift_of, phone_of, wants_of
from shop.api.waiting_serializers import OfferIn, WaitingOrderIn, WaitingOrderOut, shown
from shop.links import waiting_in

TOKEN = in_path("token", "the waiting order's signed token, as it was given when it joined", shapes.TOKEN)
CUSTOMER = "customer"


class WaitingOrders(PublicDoor):
    throttle_classes = (OrderingByAddress, OrderingByPhone)

    @told(
        "joinBoxLine",
        "Wait for boxes of a full ship date",
        takes=Sent(WaitingOrderIn, shapes.WAITING_IN),
        gives=Answer(WaitingOrderOut, shapes.WAITING, 201, "It has its place in line."),
        refuses=[
            BAD_FIELDS,
            examples.UNKNOWN_BOX,
            shapes.BAD_PHONE,
            examples.CLOSED,
            examples.LARGER_THAN_A_DAY,
            shapes.ROOM_IS_LEFT,
            shapes.WAITS_ALREADY,
            TOO_MANY,
        ],
    )
    def post(self, request: Request) -> Response:
        """The whole order or nothing: the first in line that fits is offered its boxes until `offered_until`."""
        said = read(WaitingOrderIn, request.data)
        place = waiting.join(
            wants=wants_of(said),
            date=said["ship_date"],
            phone=phone_of(said, "phone"),
            language=get_language() or "zh-hans",
            now=timezone.now(),
        )
        return Response(shown(place), status.HTTP_201_CREATED)


class OneWaitingOrder(PublicDoor):
    @told(
        "getWaitingOrder",
        "One order in line",
        gives=Answer(WaitingOrderOut, shapes.WAITING),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """Its place, or until when boxes are kept for it."""
        return _seen(token)


class WaitingOrderOrder(PublicDoor):
    throttle_classes = (OrderingByAddress, PlacingByPhone)

    @told(
        "orderOfferedBoxes",
        "Order the boxes that were offered",
        takes=Sent(OfferIn, shapes.OFFER_IN),
        gives=Answer(PlacedOut, examples.PLACED, 201, "Placed and held; the same order again when it is repeated."),
        refuses=[
            BAD_FIELDS,
            examples.UNKNOWN_PLACE,
            NOT_FOUND,
            shapes.OFFER_ENDED,
            examples.TOTAL_CHANGED,
            examples.CLOSED,
            examples.SOLD_OUT,
            TOO_MANY,
        ],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Boxes and ship date are those it waited with, prices are today's. It orders once, so it needs no key.
        Afterwards it is an order like any other."""
        said = read(OfferIn, request.data)
        address = addresses.clean(Address(**said["address"]))
        place, gift = waiting_in(token), gift_of(said)
        agreed_fen, now = said.get("agreed_fen"), timezone.now()
        order = waiting.accept(waiting=place, address=address, gift=gift, agreed_fen=agreed_fen, now=now)
        return Response(show(PlacedOut, order), status.HTTP_201_CREATED)


class WaitingOrderDeparture(PublicDoor):
    throttle_classes = (OrderingByAddress,)

    @told(
        "leaveBoxLine",
        "Wait no more for boxes",
        gives=Answer(WaitingOrderOut, shapes.LEFT),
        refuses=[NOT_FOUND, shapes.OFFER_ENDED, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Boxes that were offered go to the next in line. No body is needed."""
        waiting.leave(waiting=waiting_in(token), by=CUSTOMER, now=timezone.now())
        return _seen(token)


def _seen(token: str) -> Response:
    return Response(shown(waiting_in(token)))
