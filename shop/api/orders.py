"""A customer's order over REST: quote, place, pay, change, watch. The order's own token is the only key to it."""

import datetime as dt
from typing import Any

from django.http import Http404
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
    WRONG_STATE,
    Answer,
    Sent,
    in_path,
    told,
)
from farm.api.shapes import read, show
from farm.api.throttles import FindingByAddress, FindingByNumber, OrderingByAddress, OrderingByPhone, PlacingByPhone
from farm.api.views import PublicDoor
from farm.refusals import Refused
from shop import addresses, changes, checkout, finding, freight, paying
from shop.addresses import Address
from shop.api import examples
from shop.api.serializers import (
    LookupIn,
    LookupOut,
    NewAddressIn,
    OrderIn,
    OrderOut,
    PlacedOut,
    QuoteIn,
    QuoteOut,
    ShipDateIn,
    TrackingOut,
    phone_of,
    wanted_of,
    wants_of,
)
from shop.links import order_in, page_of
from shop.models import Order
from shop.pricing import Quote

TOKEN = in_path("token", "the order's signed token, from its links", examples.TOKEN)
CUSTOMER = "customer"


class Quotes(PublicDoor):
    @told(
        "createQuote",
        "What boxes would cost",
        takes=Sent(QuoteIn, examples.QUOTE_IN),
        gives=Answer(QuoteOut, examples.QUOTE),
        refuses=[
            BAD_FIELDS,
            examples.UNKNOWN_BOX,
            examples.SOLD_OUT,
            examples.LARGER_THAN_A_DAY,
            examples.CLOSED,
            TOO_MANY,
        ],
    )
    def post(self, request: Request) -> Response:
        """Price boxes for a ship date, with freight once the place is known. Nothing is held."""
        quote_in = read(QuoteIn, request.data)
        place, date = quote_in.get("address"), quote_in["ship_date"]
        address = Address(name="", phone="", street="", **place) if place else None
        quote = checkout.quote(wants=wants_of(quote_in), date=date, address=address, now=timezone.now())
        return Response(show(QuoteOut, _priced(quote, address, date)))


class Orders(PublicDoor):
    throttle_classes = (OrderingByAddress, PlacingByPhone)

    @told(
        "placeOrder",
        "Place an order",
        takes=Sent(OrderIn, examples.ORDER_IN),
        gives=Answer(PlacedOut, examples.PLACED, 201, "Placed and held, or the same order again for the same key."),
        refuses=[
            BAD_FIELDS,
            NO_KEY,
            examples.UNKNOWN_SHOW,
            examples.SOLD_OUT,
            examples.LARGER_THAN_A_DAY,
            examples.CLOSED,
            examples.TOTAL_CHANGED,
            examples.TOO_MUCH_UNPAID,
            KEY_REUSED,
            TOO_MANY,
        ],
        parameters=[KEY],
    )
    def post(self, request: Request) -> Response:
        """Hold boxes of a ship date until `hold_until`. The farm computes the price; pay it to keep them.

        Send the total that the customer read as `agreed_fen`: when it is another by then, nothing is ordered.

        The same key with the same body answers the same order again, with the header `Idempotent-Replayed: true`;
        with another body it is refused. `live` counts the order for a live show that has begun, if a box is its host's.
        """
        order_in, key, now = read(OrderIn, request.data), idempotency_key(request), timezone.now()
        address = addresses.clean(Address(**order_in["address"]))
        wanted = wanted_of(order_in, address, get_language() or "zh-hans")
        order = checkout.place_order(wanted=wanted, key=key, now=now)
        headers = {} if order.placed_at == now else {"Idempotent-Replayed": "true"}
        return Response(show(PlacedOut, order), status.HTTP_201_CREATED, headers=headers)


class OneOrder(PublicDoor):
    @told(
        "getOrder",
        "One order with its lines, history and parcel",
        gives=Answer(OrderOut, examples.ORDER),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """What the customer sees of the order. Phone and street are masked, for links get passed on."""
        return _seen(token)


class OrderPayment(PublicDoor):
    throttle_classes = (OrderingByAddress,)

    @told(
        "startPayment",
        "Start paying an order",
        takes=Sent(PaymentIn, {"provider": "practice"}),
        gives=Answer(PaymentOut, examples.PAYMENT, 201, "The attempt; while one is open, that one again."),
        refuses=[examples.UNKNOWN_PROVIDER, NOT_FOUND, WRONG_STATE, TOO_MANY, PROVIDER_AWAY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Open an attempt to pay the whole amount before the hold ends, and send the buyer to its `pay_url`."""
        order = order_in(token)
        payment = paying.start(
            order=order,
            provider=read(PaymentIn, request.data).get("provider", ""),
            return_url=page_of(token),
            now=timezone.now(),
        )
        return Response(show(PaymentOut, payment), status.HTTP_201_CREATED)


class OrderExtension(PublicDoor):
    throttle_classes = (OrderingByAddress,)

    @told(
        "keepBoxesLonger",
        "Hold the boxes longer, once",
        gives=Answer(OrderOut, examples.EXTENDED),
        refuses=[NOT_FOUND, WRONG_STATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """As long again for a hold that is still running, once. No body is needed."""
        checkout.extend_hold(order=order_in(token), now=timezone.now())
        return _seen(token)


class OrderCancellation(PublicDoor):
    throttle_classes = (OrderingByAddress,)

    @told(
        "cancelOrder",
        "Cancel an order",
        gives=Answer(OrderOut, {**examples.ORDER, "status": "cancelled"}),
        refuses=[NOT_FOUND, WRONG_STATE, examples.TOO_LATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def post(self, request: Request, token: str) -> Response:
        """Until the cut-off of its ship date, unless it is picked by then. What was paid goes back by itself. No body
        is needed."""
        changes.cancel(order=order_in(token), by=CUSTOMER, now=timezone.now())
        return _seen(token)


class OrderShipDate(PublicDoor):
    throttle_classes = (OrderingByAddress,)

    @told(
        "changeShipDate",
        "Move an order to another ship date",
        takes=Sent(ShipDateIn, {"ship_date": "2026-09-12"}),
        gives=Answer(OrderOut, {**examples.ORDER, "ship_date": "2026-09-12"}),
        refuses=[
            BAD_FIELDS,
            NOT_FOUND,
            examples.SOLD_OUT,
            examples.LARGER_THAN_A_DAY,
            WRONG_STATE,
            examples.TOO_LATE,
            TOO_MANY,
        ],
        parameters=[TOKEN],
    )
    def put(self, request: Request, token: str) -> Response:
        """The new date is taken before the old one is given back, so nothing is lost when it is full."""
        date = read(ShipDateIn, request.data)["ship_date"]
        changes.change_ship_date(order=order_in(token), to=date, by=CUSTOMER, now=timezone.now())
        return _seen(token)


class OrderAddress(PublicDoor):
    throttle_classes = (OrderingByAddress, OrderingByPhone)

    @told(
        "changeAddress",
        "Send an order to another address",
        takes=Sent(NewAddressIn, examples.ADDRESS),
        gives=Answer(OrderOut, examples.ORDER),
        refuses=[BAD_FIELDS, examples.UNKNOWN_PLACE, NOT_FOUND, WRONG_STATE, examples.TOO_LATE, TOO_MANY],
        parameters=[TOKEN],
    )
    def put(self, request: Request, token: str) -> Response:
        """An unpaid order is priced anew; of a paid one the freight that is saved goes back."""
        said = read(NewAddressIn, request.data)
        buyer_phone = phone_of(said, "buyer_phone")
        address = Address(**{name: text for name, text in said.items() if name != "buyer_phone"})
        order, now = order_in(token), timezone.now()
        try:
            changes.change_address(order=order, address=address, buyer_phone=buyer_phone, by=CUSTOMER, now=now)
        except Refused as refused:
            refused.field = refused.field.removeprefix("address.")  # here the address is the whole body
            raise
        return _seen(token)


class OrderTracking(PublicDoor):
    @told(
        "getTracking",
        "Where the parcel of an order is",
        gives=Answer(TrackingOut, examples.TRACKING),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[TOKEN],
    )
    def get(self, request: Request, token: str) -> Response:
        """What the carrier said so far, oldest first. `parcel` is null until the order is packed."""
        return Response(show(TrackingOut, order_in(token, Order.objects.with_everything())))


class OrderLookups(PublicDoor):
    throttle_classes = (FindingByAddress, FindingByNumber)

    @told(
        "findOrder",
        "Find an order again",
        takes=Sent(LookupIn, {"number": examples.NUMBER, "last4": "5678"}),
        gives=Answer(LookupOut, {"links": examples.LINKS}),
        refuses=[BAD_FIELDS, NOT_FOUND, TOO_MANY],
    )
    def post(self, request: Request) -> Response:
        """The links of an order, for its number and the end of its buyer's phone. Whatever does not fit, the answer is
        one."""
        lookup = read(LookupIn, request.data)
        try:
            return Response(show(LookupOut, finding.find(number=lookup["number"], last4=lookup["last4"])))
        except finding.NotFound:
            raise Http404 from None


def _seen(token: str) -> Response:
    return Response(show(OrderOut, order_in(token, Order.objects.with_everything())))


def _priced(quote: Quote, address: Address | None, date: dt.date) -> dict[str, Any]:
    return {
        "lines": quote.lines,
        "boxes_fen": quote.boxes_fen,
        "freight_fen": quote.freight_fen if address else None,
        "total_fen": quote.total_fen,
        "packing_units": quote.packing_units,
        "net_grams": quote.net_grams,
        "arrives_on": freight.arrival(addresses.check(address).code, date) if address else None,
    }
