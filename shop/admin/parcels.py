"""Parcels on the road and what carriers said of them."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from farm.admin.lists import History, ReadOnly, StaffAdmin, moment
from shop.models import Shipment, TrackingEvent


class Tracking(History):
    model = TrackingEvent
    fields = ("at", "code", "place", "text")
    readonly_fields = fields


@admin.register(Shipment)
class ShipmentAdmin(ReadOnly, StaffAdmin):
    list_display = ("order_number", "carrier", "waybill_no", "packed", "shipped", "promised_on", "arrived")
    packed = moment("packed_at", _("packed"))
    shipped = moment("shipped_at", _("shipped"))
    list_filter = ("carrier", ("delivered_at", admin.EmptyFieldListFilter))
    list_select_related = ("order",)
    search_fields = ("waybill_no__exact", "order__number__exact")
    inlines = (Tracking,)

    @display(description=_("order"))
    def order_number(self, shipment: Shipment) -> str:
        return shipment.order.number

    @display(description=_("arrived"), label={"late": "danger", "on the way": "info", "arrived": "success", "-": ""})
    def arrived(self, shipment: Shipment) -> str:
        if shipment.delivered_at:
            return "arrived"
        if shipment.shipped_at is None:
            return "-"
        is_late = shipment.promised_on is not None and shipment.promised_on < timezone.localdate()
        return "late" if is_late else "on the way"

    def get_readonly_fields(self, request: HttpRequest, obj: Shipment | None = None) -> tuple[str, ...]:
        return tuple(field.name for field in self.opts.fields)
