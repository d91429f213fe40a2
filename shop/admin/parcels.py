"""Parcels on the road and what carriers said of them."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from farm import naming
from farm.admin.lists import History, InWords, ReadOnly, StaffAdmin, moment
from shop.models import Shipment, TrackingEvent


class Tracking(History):
    model = TrackingEvent
    fields = ("at", "code", "place", "text")
    readonly_fields = fields


class ByCarrier(InWords):
    title = _("carrier")
    parameter_name = "carrier"
    words = naming.CARRIER


@admin.register(Shipment)
class ShipmentAdmin(ReadOnly, StaffAdmin):
    list_display = ("order_number", "by_way_of", "waybill_no", "packed", "shipped", "promised_on", "arrived")
    packed = moment("packed_at", _("packed"))
    shipped = moment("shipped_at", _("shipped"))
    list_filter = (ByCarrier, ("delivered_at", admin.EmptyFieldListFilter))
    list_select_related = ("order",)
    search_fields = ("waybill_no__exact", "order__number__exact")
    fields = (
        ("order", "request_no"),
        ("by_way_of", "waybill_no"),
        ("packed_at", "shipped_at"),
        ("promised_on", "delivered_at"),
        "ask_again_at",
    )
    readonly_fields = ("by_way_of",)
    inlines = (Tracking,)

    @display(description=_("carrier"), ordering="carrier")
    def by_way_of(self, shipment: Shipment) -> str:
        return naming.carrier(shipment.carrier)

    @display(description=_("order"))
    def order_number(self, shipment: Shipment) -> str:
        return shipment.order.number

    @display(description=_("arrived"), label={"late": "danger", "under-way": "info", "arrived": "success", "here": ""})
    def arrived(self, shipment: Shipment) -> tuple[str, str]:
        if shipment.delivered_at:
            return "arrived", _now("arrived")
        if shipment.shipped_at is None:
            return "here", _now("still at the farm")
        is_late = shipment.promised_on is not None and shipment.promised_on < timezone.localdate()
        return ("late", _now("late")) if is_late else ("under-way", _now("on the road"))
