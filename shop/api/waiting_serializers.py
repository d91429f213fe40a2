"""What goes in and comes out at the line for full ship dates."""

from functools import cache
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from farm.api.shapes import show
from farm.security import mask_phone
from shop import links, waiting
from shop.api.serializers import AddressIn, AgreedIn, BasketIn, GiftIn
from shop.models import WaitingOrder


class WaitingOrderIn(BasketIn):
    phone = serializers.CharField(max_length=30, help_text="mainland mobile number that is told when boxes come free")


class OfferIn(AgreedIn):
    address = AddressIn()
    gift = GiftIn(required=False)


class PlaceLinksOut(serializers.Serializer[Any]):
    self = serializers.CharField()
    page = serializers.CharField()


class WantedOut(serializers.Serializer[Any]):
    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class WaitingOrderOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    token = serializers.CharField(help_text="the key to it")
    status = serializers.ChoiceField(choices=WaitingOrder.Status.choices)
    ship_date = serializers.DateField()
    lines = WantedOut(many=True)
    packing_units = serializers.IntegerField()
    net_grams = serializers.IntegerField()
    phone = serializers.CharField(help_text="masked")
    place = serializers.IntegerField(allow_null=True, help_text="in line; null when it waits no more")
    joined_at = serializers.DateTimeField()
    offered_until = serializers.DateTimeField(allow_null=True, help_text="its boxes are kept until here")
    order = serializers.CharField(allow_null=True, help_text="token of what it ordered")
    links = PlaceLinksOut()


def shown(place: WaitingOrder) -> dict[str, Any]:
    """A place in line as its customer sees it."""
    token = links.waiting_token(place)
    names = ("number", "status", "packing_units", "net_grams", "joined_at", "offered_until")
    seen = {
        **{name: getattr(place, name) for name in names},
        "token": token,
        "ship_date": place.ship_date.date,
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in place.wants.items()],
        "phone": mask_phone(place.phone),
        "place": waiting.place_of(place) if place.status == WaitingOrder.Status.WAITING else None,
        "order": links.token_of(place.order) if place.order else None,
        "links": {"self": f"{_places()}/{token}", "page": links.waiting_path(place)},
    }
    return show(WaitingOrderOut, seen)


@cache
def _places() -> str:
    return reverse("shop-api:waiting-orders")
