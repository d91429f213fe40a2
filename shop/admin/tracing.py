"""Where the boxes of a lot went: what a recall is made from, order by order, masked for whoever needs no names."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export.fields import Field
from unfold.decorators import action, display

from farm import security
from farm.admin.exports import Exportable, FarmResource
from farm.admin.lists import ReadOnly, StaffAdmin
from farm.admin.once import read_once
from farm.admin.personal import Personal
from shop import tracing
from shop.admin.orders import COLOURS, PERSONAL, Ships
from shop.models import Lot, Order, OrderLine


class BoxResource(FarmResource):
    """One line per order and lot; people are masked unless `shows_people`."""

    name, phone, address = Field(column_name="name"), Field(column_name="phone"), Field(column_name="address")
    buyer_phone = Field(column_name="buyer_phone")

    class Meta:
        model = OrderLine
        fields = ("lot__code", "lot__harvested_on", "box__sku", "quantity", "order__number", "order__status",
                  "order__ship_date__date", "name", "phone", "order__province", "order__city", "order__district",
                  "address", "buyer_phone", "order__shipment__waybill_no", "order__shipment__packed_at",
                  "order__shipment__delivered_at", "passport")  # fmt: skip
        export_order = fields

    def __init__(self, *, shows_people: bool = False) -> None:
        super().__init__()
        self.shows_people = shows_people

    def dehydrate_name(self, line: OrderLine) -> str:
        return line.order.name if self.shows_people else security.mask_name(line.order.name)

    def dehydrate_phone(self, line: OrderLine) -> str:
        return line.order.phone if self.shows_people else security.mask_phone(line.order.phone)

    def dehydrate_buyer_phone(self, line: OrderLine) -> str:
        return line.order.buyer_phone if self.shows_people else security.mask_phone(line.order.buyer_phone)

    def dehydrate_address(self, line: OrderLine) -> str:
        return line.order.street if self.shows_people else security.mask_street(line.order.street)


class Went(admin.SimpleListFilter):
    """How far the boxes have come: what can still be stopped, what is on the road, what has arrived."""

    title = _("where they are")
    parameter_name = "where"

    HERE = (Order.Status.PLACED, Order.Status.PAID, Order.Status.PLANNED, Order.Status.PICKED, Order.Status.PACKED)
    STATUSES = {"here": HERE, "road": (Order.Status.SHIPPED,), "arrived": (Order.Status.DELIVERED,)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("here", _("still at the farm")), ("road", _("on the road")), ("arrived", _("delivered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
        statuses = self.STATUSES.get(self.value() or "")
        return queryset.filter(order__status__in=statuses) if statuses else queryset


class ShipsWith(Ships):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = super().queryset(request, Order.objects.all())
        return queryset.filter(order__in=days) if self.value() else queryset


@admin.register(OrderLine)
class BoxTrace(Exportable, ReadOnly, Personal):
    personal = PERSONAL
    resource_classes = [BoxResource]
    list_display = ("lot_code", "box", "quantity", "number", "state", "ships_on", "who", "phone_masked", "city", "way")
    list_display_links = None
    list_filter = (Went, ShipsWith)
    list_select_related = ("lot", "box", "order__ship_date", "order__shipment")
    search_fields = ("passport",)
    search_help_text = _("a whole lot, order number or box code (also its scanned address)")

    @display(description=_("lot"))
    def lot_code(self, line: OrderLine) -> str:
        return line.lot.code

    @display(description=_("order"))
    def number(self, line: OrderLine) -> SafeString:
        place = reverse("admin:shop_order_change", args=[line.order_id])
        return format_html('<a href="{}">{}</a>', place, line.order.number)

    @display(description=_("status"), label=COLOURS)
    def state(self, line: OrderLine) -> tuple[str, str]:
        return line.order.status, line.order.get_status_display()

    @display(description=_("ships on"))
    def ships_on(self, line: OrderLine) -> str:
        return f"{line.order.ship_date.date:%m-%d}"

    @display(description=_("name"))
    def who(self, line: OrderLine) -> str:
        return security.mask_name(line.order.name)

    @display(description=_("phone"))
    def phone_masked(self, line: OrderLine) -> str:
        return security.mask_phone(line.order.phone)

    @display(description=_("city"))
    def city(self, line: OrderLine) -> str:
        return line.order.city

    @display(description=_("waybill"))
    def way(self, line: OrderLine) -> str:
        parcel = getattr(line.order, "shipment", None)
        return parcel.waybill_no if parcel else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        """What was given back by cancelled and expired orders went nowhere."""
        lines: Any = super().get_queryset(request)
        return lines.held()

    def found(self, queryset: QuerySet[OrderLine], term: str) -> QuerySet[OrderLine]:
        """Each kind of code has its index; the address behind a scanned code counts as the code.

        So does an older code that begins as a formula does, as a file says it: with an apostrophe before it.
        """
        term = term.rstrip("/").rpartition("/")[2].removeprefix("'")
        lot = Lot.objects.filter(code=term).first()
        if lot is not None:
            return queryset.filter(lot=lot)
        order = Order.objects.filter(number=term.upper()).first()
        return queryset.filter(order=order) if order else queryset.filter(passport=term)

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"shows_people": self.sees_people(request)}

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: QuerySet[OrderLine], **kwargs: Any
    ) -> Any:
        self.note_export(request, queryset, _now("%(count)s orders of lots") % {"count": queryset.count()})
        return super().get_export_data(file_format, request, queryset, **kwargs)


class LotTrace(StaffAdmin):
    """Adds to a lot's page where its boxes are, and the way to their orders."""

    @display(description=_("where its boxes are"))
    @read_once
    def whereabouts(self, lot: Lot) -> str:
        found = tracing.whereabouts(lot)
        return " · ".join(self._counted(place) for place in found) or _now("none sold yet")

    @action(description=_("Where its boxes went"), permissions=["trace"], icon="travel_explore")
    def trace(self, request: HttpRequest, object_id: str) -> HttpResponse:
        lot = Lot.objects.get(pk=object_id)
        return redirect(f"{reverse('admin:shop_orderline_changelist')}?q={lot.code}")

    def has_trace_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm("shop.view_orderline"))

    def _counted(self, place: tracing.Whereabouts) -> str:
        boxes = ngettext("%(boxes)s box", "%(boxes)s boxes", place.boxes) % {"boxes": place.boxes}
        orders = ngettext("%(orders)s order", "%(orders)s orders", place.orders) % {"orders": place.orders}
        words = {"status": place.status.label, "boxes": boxes, "orders": orders}
        return _now("%(status)s: %(boxes)s of %(orders)s") % words
