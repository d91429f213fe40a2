"""The one definition of every field that staff's programs send to the API or get from it."""

from typing import Any

from rest_framework import serializers

from farm import naming
from farm.security import mask_name, mask_phone
from shop.addresses import Address
from shop.harvest import Harvest
from shop.models import Lot, Order, PickWave, ShipDate
from shop.picklist import PickLine

MOST_UNITS = 100_000
MOST_GRAMS = 1_000_000_000


class ShipDateChangeIn(serializers.Serializer[Any]):
    """Only what is sent is changed."""

    limit = serializers.IntegerField(required=False, min_value=0, max_value=MOST_UNITS, help_text="packing units")
    is_closed = serializers.BooleanField(required=False)
    reason_zh = serializers.CharField(default="", allow_blank=True, max_length=60, help_text="why it is closed")
    reason_en = serializers.CharField(default="", allow_blank=True, max_length=60)


class StaffDayOut(serializers.Serializer[ShipDate]):
    date = serializers.DateField()
    limit = serializers.IntegerField()
    taken = serializers.IntegerField()
    left = serializers.IntegerField()
    is_closed = serializers.BooleanField()
    reason_zh = serializers.CharField(source="closed_reason_zh")
    reason_en = serializers.CharField(source="closed_reason_en")
    cut_off_at = serializers.DateTimeField()


class LotIn(serializers.Serializer[Harvest]):
    code = serializers.SlugField(max_length=50)
    variety = serializers.CharField(max_length=50, help_text="its code")
    cold_room = serializers.CharField(max_length=50, help_text="its code")
    grower = serializers.CharField(max_length=40)
    block = serializers.CharField(max_length=40)
    harvested_on = serializers.DateField()
    best_before = serializers.DateField(help_text="the last day on which a box of it may arrive")
    net_grams = serializers.IntegerField(min_value=1, max_value=MOST_GRAMS)


class LotOut(serializers.Serializer[Lot]):
    code = serializers.CharField()
    variety = serializers.CharField(source="variety.code")
    cold_room = serializers.CharField(source="cold_room.code")
    grower = serializers.CharField()
    block = serializers.CharField()
    harvested_on = serializers.DateField()
    best_before = serializers.DateField()
    net_grams = serializers.IntegerField(source="limit")
    promised_grams = serializers.IntegerField(source="taken")
    is_withdrawn = serializers.BooleanField()


class StaffOrderOut(serializers.Serializer[Order]):
    """Name and phone are whole only for staff who may see personal data."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    ship_date = serializers.DateField(source="ship_date.date")
    wave = serializers.IntegerField(source="wave_id", allow_null=True)
    name = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    buyer_phone = serializers.SerializerMethodField(help_text="who ordered it; the same as `phone` unless it is a gift")
    province = serializers.CharField()
    city = serializers.CharField()
    packing_units = serializers.IntegerField()
    net_grams = serializers.IntegerField()
    total_fen = serializers.IntegerField()
    placed_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)

    def get_name(self, order: Order) -> str:
        return mask_name(order.name)

    def get_phone(self, order: Order) -> str:
        return mask_phone(order.phone)

    def get_buyer_phone(self, order: Order) -> str:
        return mask_phone(order.buyer_phone)


class WholeStaffOrderOut(StaffOrderOut):
    def get_name(self, order: Order) -> str:
        return order.name

    def get_phone(self, order: Order) -> str:
        return order.phone

    def get_buyer_phone(self, order: Order) -> str:
        return order.buyer_phone


class RecipientOut(serializers.Serializer[Address]):
    """Whom and where, in full: for the eyes that write a waybill."""

    name = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField()
    street = serializers.CharField()


class UnpackingIn(serializers.Serializer[Any]):
    why = serializers.ChoiceField(
        choices=list(naming.TAKEN_APART), default="", allow_blank=True, help_text="needed where no lot is withdrawn"
    )


class WaybillIn(serializers.Serializer[Any]):
    waybill_no = serializers.CharField(max_length=40, default="", allow_blank=True, help_text="typed or scanned")


class WaveOut(serializers.Serializer[PickWave]):
    id = serializers.IntegerField(source="pk")
    ship_date = serializers.DateField(source="ship_date.date")
    number = serializers.IntegerField()
    planned_at = serializers.DateTimeField()


class PlanOut(serializers.Serializer[Any]):
    wave = WaveOut(allow_null=True, help_text="null when no paid order waits for this date")


class PickLineOut(serializers.Serializer[PickLine]):
    cold_room = serializers.CharField(source="cold_room.code")
    lot = serializers.CharField(source="lot.code")
    sku = serializers.CharField(source="box.sku")
    name = serializers.CharField(source="box.name")
    boxes = serializers.IntegerField()
    orders = serializers.IntegerField()


class PickListOut(serializers.Serializer[Any]):
    wave = WaveOut()
    lines = PickLineOut(many=True)
