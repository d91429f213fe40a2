"""The passport of a box over REST: where its grapes grew, for whoever holds the box."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from farm.api.keeping import MINUTE, kept_for
from farm.api.schema import NOT_FOUND, TOO_MANY, Answer, in_path, told
from farm.api.shapes import show
from farm.api.views import PublicDoor
from shop import tracing
from shop.api import examples
from shop.links import passport_path
from shop.tracing import Passport

CODE = "8bYxQ2nT5sVwK1aZ"
GRAPES = {
    "variety": "kyoho",
    "variety_name": "Kyoho",
    "grower": "李国军",
    "block": "鲍家 A-3",
    "harvested_on": "2026-09-03",
    "lot": "K-0903-A1",
    "cold_room": "Cold room 1",
    "celsius": "-0.5",
    "best_before": "2026-11-02",
    "is_withdrawn": False,
}
PASSPORT = {
    "sku": "kyoho-2500",
    "name": examples.BOX["name"],
    "net_grams": 2500,
    "packed_on": "2026-09-10",
    "grapes": GRAPES,
    "page": f"/b/{CODE}/",
}


class GrapesOut(serializers.Serializer[Any]):
    variety = serializers.CharField(source="variety.code")
    variety_name = serializers.CharField(source="variety.name", help_text="in the reader's language")
    grower = serializers.CharField()
    block = serializers.CharField(help_text="the vineyard block it grew on")
    harvested_on = serializers.DateField()
    lot = serializers.CharField(source="code")
    cold_room = serializers.CharField(source="cold_room.name")
    celsius = serializers.DecimalField(source="cold_room.celsius", max_digits=3, decimal_places=1)
    best_before = serializers.DateField(help_text="the last day on which the box should arrive")
    is_withdrawn = serializers.BooleanField(help_text="taken off sale: what is not eaten yet should be set aside")


class PassportOut(serializers.Serializer[Passport]):
    sku = serializers.CharField(source="box.sku")
    name = serializers.CharField(source="box.name")
    net_grams = serializers.IntegerField(source="box.net_grams")
    packed_on = serializers.DateField(allow_null=True, help_text="null: it is not packed yet")
    grapes = GrapesOut(allow_null=True, help_text="null until it is packed: until then another lot may fill it")
    page = serializers.SerializerMethodField(help_text="the same for people")

    def get_page(self, passport: Passport) -> str:
        return passport_path(passport.code)


@kept_for(MINUTE)
class BoxPassport(PublicDoor):
    @told(
        "getBoxPassport",
        "Where the grapes of a box come from",
        gives=Answer(PassportOut, PASSPORT),
        refuses=[NOT_FOUND, TOO_MANY],
        parameters=[in_path("code", "the code in the QR code on the box", CODE)],
    )
    def get(self, request: Request, code: str) -> Response:
        """Boxes are passed on, so this tells of the grapes only, never of an order or a person."""
        passport = tracing.passport(code)
        if passport is None:
            raise Http404
        return Response(show(PassportOut, passport))
