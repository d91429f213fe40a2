"""The one definition of every field that customers send to the API or get from it."""

from functools import cache
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from farm.security import BadPhone, mask_name, mask_phone, mask_street, normal_phone
from farm.unseen import in_lines
from shop import refusals
from shop.addresses import Address
from shop.checkout import Gift, Wanted
from shop.links import page_of, token_of
from shop.models import Box, Order, OrderEvent, OrderLine, Shipment, TrackingEvent, Variety
from shop.pricing import QuoteLine, Want

MOST_LINES = 20
MOST_BOXES = 1000


class LineIn(serializers.Serializer[Want]):
    sku = serializers.CharField(max_length=50, help_text="which box, from /api/v1/boxes")
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_BOXES, help_text="how many of it")


class PlaceIn(serializers.Serializer[Any]):
    """Names as in /api/v1/divisions; missing suffixes are forgiven. `city` may be empty in a municipality."""

    province = serializers.CharField(max_length=30)
    city = serializers.CharField(max_length=30, allow_blank=True)
    district = serializers.CharField(max_length=30, allow_blank=True)


class AddressIn(PlaceIn):
    name = serializers.CharField(max_length=40, help_text="whom the parcel is for")
    phone = serializers.CharField(max_length=30, help_text="mainland mobile number; spaces and +86 are forgiven")
    street = serializers.CharField(max_length=120, help_text="street, house and door")


class NewAddressIn(AddressIn):
    buyer_phone = serializers.CharField(
        max_length=30,
        allow_blank=True,
        default="",
        help_text="where messages go from now on; without it a gift's stay with its buyer, others follow `phone`",
    )


class GiftIn(serializers.Serializer[Gift]):
    message = serializers.CharField(max_length=120, allow_blank=True, default="")
    hides_price = serializers.BooleanField(default=False, help_text="no prices on paper in the parcel")
    buyer_phone = serializers.CharField(
        max_length=30,
        allow_blank=True,
        default="",
        help_text="mobile number of who orders it for somebody else: messages go there, not to the one in the address",
    )


class BasketIn(serializers.Serializer[Any]):
    lines = serializers.ListField(child=LineIn(), allow_empty=False, min_length=1, max_length=MOST_LINES)
    ship_date = serializers.DateField(help_text="the day the parcel leaves the farm, from /api/v1/availability")


class QuoteIn(BasketIn):
    address = PlaceIn(required=False, allow_null=True, help_text="without it freight and arrival are still open")


class AgreedIn(serializers.Serializer[Any]):
    agreed_fen = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        help_text="the total that was agreed to: refused if it has changed",
    )


class OrderIn(AgreedIn, BasketIn):
    address = AddressIn()
    gift = GiftIn(required=False)
    live = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text="the code of the live show that brought the order"
    )


class ShipDateIn(serializers.Serializer[Any]):
    ship_date = serializers.DateField()


class LookupIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=20, help_text="the order number, as in the message the farm sent")
    last4 = serializers.CharField(max_length=4, help_text="the last four digits of the buyer's phone")


class BoxFilterIn(serializers.Serializer[Any]):
    variety = serializers.CharField(max_length=50, required=False)
    ship_date = serializers.DateField(required=False)


class ParentIn(serializers.Serializer[Any]):
    parent = serializers.RegexField(  # type: ignore[assignment]  # only a field's name: it hides no parent of this
        r"^[0-9]{6}$", required=False
    )


class VarietyOut(serializers.Serializer[Variety]):
    code = serializers.CharField()
    name = serializers.CharField(help_text="in the reader's language (Accept-Language: zh-Hans or en)")
    taste = serializers.CharField()
    skin = serializers.CharField(help_text="colour of the skin")
    keeps_days = serializers.IntegerField(help_text="days in a cold room at 0 °C")


class BoxOut(serializers.Serializer[Box]):
    sku = serializers.CharField()
    name = serializers.CharField()
    variety = serializers.CharField(source="variety.code")
    net_grams = serializers.IntegerField()
    packing_units = serializers.IntegerField(help_text="how many of a ship date's units it takes")
    price_fen = serializers.IntegerField(help_text="1/100 yuan, for one box")
    max_per_order = serializers.IntegerField()
    is_gift = serializers.BooleanField()
    season_from = serializers.DateField(help_text="first ship date")
    season_until = serializers.DateField(help_text="last ship date")


class DayOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    is_open = serializers.BooleanField(help_text="takes orders now, as far as there is room")
    left = serializers.IntegerField(help_text="packing units left")
    limit = serializers.IntegerField(help_text="packing units of the whole day")
    cut_off_at = serializers.DateTimeField(help_text="orders, changes and cancellations until here")
    closed_reason = serializers.CharField(help_text="why nothing is shipped then, or empty")


class DivisionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    has_parts = serializers.BooleanField(help_text="ask again with parent=code for its parts")


class QuoteLineOut(serializers.Serializer[QuoteLine]):
    sku = serializers.CharField(source="box.sku")
    name = serializers.CharField(source="box.name")
    quantity = serializers.IntegerField()
    price_fen = serializers.IntegerField()
    sum_fen = serializers.IntegerField()


class QuoteOut(serializers.Serializer[Any]):
    lines = QuoteLineOut(many=True)
    boxes_fen = serializers.IntegerField()
    freight_fen = serializers.IntegerField(allow_null=True, help_text="null while there is no address")
    total_fen = serializers.IntegerField()
    packing_units = serializers.IntegerField()
    net_grams = serializers.IntegerField()
    arrives_on = serializers.DateField(allow_null=True, help_text="promised; null while there is no address")


class LinksOut(serializers.Serializer[Any]):
    """Paths on this site. Whoever has them is the customer: keep them like a ticket."""

    self = serializers.CharField()
    pay = serializers.CharField()
    page = serializers.CharField()


class LookupOut(serializers.Serializer[Order]):
    links = serializers.SerializerMethodField()

    @extend_schema_field(LinksOut)
    def get_links(self, order: Order) -> dict[str, str]:
        token = token_of(order)
        own = f"{_orders()}/{token}"
        return {"self": own, "pay": f"{own}/payment", "page": page_of(token)}


class PlacedOut(LookupOut):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    boxes_fen = serializers.IntegerField()
    freight_fen = serializers.IntegerField()
    total_fen = serializers.IntegerField(help_text="what is to be paid")
    hold_until = serializers.DateTimeField(help_text="the boxes are kept until here; pay before")


class OrderLineOut(serializers.Serializer[OrderLine]):
    sku = serializers.CharField(source="box.sku")
    name = serializers.CharField(source="box.name")
    lot = serializers.CharField(source="lot.code", help_text="the harvest these boxes come from")
    quantity = serializers.IntegerField()
    price_fen = serializers.IntegerField()


class EventOut(serializers.Serializer[OrderEvent]):
    at = serializers.DateTimeField()
    what = serializers.CharField()


class TrackingEventOut(serializers.Serializer[TrackingEvent]):
    at = serializers.DateTimeField()
    code = serializers.ChoiceField(choices=TrackingEvent.Code.choices)
    place = serializers.CharField()
    text = serializers.CharField()


class ParcelOut(serializers.Serializer[Shipment]):
    carrier = serializers.CharField()
    waybill_no = serializers.CharField(help_text="empty until the carrier has given one")
    shipped_at = serializers.DateTimeField(allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    tracking = TrackingEventOut(many=True)


class TrackingOut(serializers.Serializer[Order]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    parcel = ParcelOut(source="shipment", allow_null=True, help_text="null until it is packed")


class OrderOut(LookupOut, TrackingOut):
    """The order as its customer sees it; name, phone and street are masked, for links get passed on."""

    ship_date = serializers.DateField(source="ship_date.date")
    can_change_until = serializers.DateTimeField(source="ship_date.cut_off_at")
    name = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    buyer_phone = serializers.SerializerMethodField(help_text="where messages about it go")
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField()
    street = serializers.SerializerMethodField()
    gift_message = serializers.CharField()
    hides_price = serializers.BooleanField()
    packing_units = serializers.IntegerField()
    net_grams = serializers.IntegerField()
    boxes_fen = serializers.IntegerField()
    freight_fen = serializers.IntegerField()
    total_fen = serializers.IntegerField()
    placed_at = serializers.DateTimeField()
    hold_until = serializers.DateTimeField()
    was_extended = serializers.BooleanField(help_text="the hold was made longer; it is not made longer again")
    paid_at = serializers.DateTimeField(allow_null=True)
    lines = OrderLineOut(many=True)
    events = serializers.SerializerMethodField()

    def get_name(self, order: Order) -> str:
        return mask_name(order.name)

    def get_phone(self, order: Order) -> str:
        return mask_phone(order.phone)

    def get_buyer_phone(self, order: Order) -> str:
        return mask_phone(order.buyer_phone)

    def get_street(self, order: Order) -> str:
        return mask_street(order.street)

    @extend_schema_field(EventOut(many=True))
    def get_events(self, order: Order) -> list[dict[str, Any]]:
        """What concerns the customer; how the farm works is the farm's."""
        return [EventOut(event).data for event in order.events.all() if event.what in OrderEvent.FOR_CUSTOMERS]


def wants_of(basket: dict[str, Any]) -> tuple[Want, ...]:
    return tuple(Want(**line) for line in basket["lines"])


def gift_of(said: dict[str, Any]) -> Gift:
    """:raises PhoneRefused: when the buyer's phone is none."""
    if not (gift := said.get("gift")):
        return Gift()
    return Gift(in_lines(gift["message"]), gift["hides_price"], phone_of(gift, "gift.buyer_phone"))


def phone_of(said: dict[str, Any], field: str) -> str:
    """The 11 digits of the mobile number in `field`, or nothing when it was left out.

    :raises PhoneRefused: naming `field`, when it is none.
    """
    raw = said.get(field.rpartition(".")[2], "")
    try:
        return normal_phone(raw) if raw else ""
    except BadPhone as error:
        raise refusals.bad_phone(field) from error


def wanted_of(order_in: dict[str, Any], address: Address, language: str) -> Wanted:
    gift = gift_of(order_in)
    live, agreed_fen = order_in.get("live", ""), order_in.get("agreed_fen")
    return Wanted(wants_of(order_in), order_in["ship_date"], address, gift, language, live, agreed_fen)


@cache
def _orders() -> str:
    return reverse("shop-api:orders")
