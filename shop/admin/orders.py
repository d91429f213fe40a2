"""Orders as staff see them: find, pack, hand over, move, cancel; whole names and phones for those who need them."""

import datetime as dt
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from unfold.decorators import display

from farm import chores, naming, security
from farm.admin import places
from farm.admin.exports import Exportable, FarmResource
from farm.admin.lists import EventHistory, History, ReadOnly, moment
from farm.admin.once import read_once
from farm.admin.personal import Personal
from farm.money import in_yuan, yuan
from shop import stranded, tracking
from shop.admin.bench import BenchActions
from shop.models import Lot, Order, OrderEvent, OrderLine, ShipDate, Shipment
from shop.models.orders import OrderQuerySet

PERSONAL = "shop.view_personal_data"
COLOURS = {
    "placed": "info",
    "paid": "primary",
    "planned": "primary",
    "picked": "warning",
    "packed": "warning",
    "shipped": "success",
    "delivered": "success",
    "cancelled": "danger",
    "expired": "",
}


places.lead("order", places.found("shop_order"))
places.lead(
    tracking.ARRIVALS,
    places.Place("shop_order", lambda day: f"{reverse('admin:shop_order_changelist')}?overdue=yes"),
)
chores.look_after(stranded.TASK_PREFIX, stranded.say_left)
chores.look_after(stranded.LEFT_OUT_PREFIX, stranded.say_left)
places.call(Lot, ShipDate)
places.lead("in-line", places.found("shop_waitingorder"))


class OrderResource(FarmResource):
    """Orders for a spreadsheet; people in them are masked unless `shows_people`."""

    name, phone, address = Field(column_name="name"), Field(column_name="phone"), Field(column_name="address")
    buyer_phone, total_yuan = Field(column_name="buyer_phone"), Field(column_name="total_yuan")

    class Meta:
        model = Order
        fields = ("number", "status", "ship_date__date", "name", "phone", "province", "city", "district", "address",
                  "buyer_phone", "packing_units", "net_grams", "total_yuan", "total_fen", "placed_at",
                  "paid_at")  # fmt: skip
        export_order = fields

    def __init__(self, *, shows_people: bool = False) -> None:
        super().__init__()
        self.shows_people = shows_people

    def dehydrate_name(self, order: Order) -> str:
        return order.name if self.shows_people else security.mask_name(order.name)

    def dehydrate_phone(self, order: Order) -> str:
        return order.phone if self.shows_people else security.mask_phone(order.phone)

    def dehydrate_buyer_phone(self, order: Order) -> str:
        return order.buyer_phone if self.shows_people else security.mask_phone(order.buyer_phone)

    def dehydrate_address(self, order: Order) -> str:
        return order.street if self.shows_people else security.mask_street(order.street)

    def dehydrate_total_yuan(self, order: Order) -> str:
        return yuan(order.total_fen)


class Lines(History):
    model = OrderLine
    fields = ("box", "lot", "quantity", "price")
    readonly_fields = fields
    verbose_name_plural = _("boxes")

    @display(description=_("price"))
    def price(self, line: OrderLine) -> str:
        return in_yuan(line.price_fen)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        lines: QuerySet[OrderLine] = super().get_queryset(request).select_related("box", "lot")
        return lines


class Parcel(History):
    model = Shipment
    fields = ("by_way_of", "waybill_no", "packed_at", "shipped_at", "promised_on", "delivered_at")
    readonly_fields = fields
    show_change_link = True

    @display(description=_("carrier"))
    def by_way_of(self, shipment: Shipment) -> str:
        return naming.carrier(shipment.carrier)


class OrderHistory(EventHistory):
    model = OrderEvent


class Ships(admin.SimpleListFilter):
    """Narrows by ship date through the index of a day's orders, so that it costs the same with years of orders."""

    DAYS = {"today": (0, 0), "tomorrow": (1, 1), "week": (0, 6), "last-week": (-7, -1), "about-now": (-7, 7)}

    title = _("ships")
    parameter_name = "ships"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("today")),
            ("tomorrow", _("tomorrow")),
            ("week", _("the next 7 days")),
            ("last-week", _("the last 7 days")),
            ("about-now", _("the last and the next 7 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        today = timezone.localdate()
        first, last = self.DAYS.get(self.value() or "", (None, None))
        if first is None or last is None:
            return queryset
        days = [today + dt.timedelta(days=first), today + dt.timedelta(days=last)]
        return queryset.filter(ship_date__date__range=days)


class Stranded(admin.SimpleListFilter):
    """What a staff task about a closed day, or a lot withdrawn or over too early, speaks of."""

    title = _("must be moved or cancelled")
    parameter_name = "stranded"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("day closed, lot withdrawn or over too early"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Order]:
        orders: QuerySet[Order] = queryset.stranded() if self.value() == "yes" else queryset
        return orders


class Overdue(admin.SimpleListFilter):
    """What a staff task about the parcels of a promised day speaks of."""

    title = _("should have arrived")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("promised for an earlier day"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        return tracking.overdue(queryset, today=timezone.localdate()) if self.value() == "yes" else queryset


@admin.register(Order)
class OrderAdmin(Exportable, BenchActions, ReadOnly, Personal):
    personal = PERSONAL
    resource_classes = [OrderResource]
    list_display = ("number", "state", "ships_on", "who", "phone_masked", "city", "packing_units", "total", "placed")
    placed = moment("placed_at", _("placed"))
    list_filter = (Ships, "status", Stranded, Overdue)
    linked_by = ("ship_date__id__exact", "wave__id__exact", "live_show__id__exact")
    list_select_related = ("ship_date",)
    search_fields = ("number",)
    search_help_text = _("a whole order number, phone number or waybill")
    inlines = (Lines, Parcel, OrderHistory)

    @display(description=_("status"), label=COLOURS)
    def state(self, order: Order) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @display(description=_("ships on"), ordering="ship_date")
    def ships_on(self, order: Order) -> str:
        return f"{order.ship_date.date:%m-%d}"

    @display(description=_("name"))
    def who(self, order: Order) -> str:
        return security.mask_name(order.name)

    @display(description=_("phone"))
    def phone_masked(self, order: Order) -> str:
        return security.mask_phone(order.phone)

    @display(description=_("buyer's phone"))
    def buyer_masked(self, order: Order) -> str:
        return security.mask_phone(order.buyer_phone)

    @display(description=_("street"))
    def street_masked(self, order: Order) -> str:
        return security.mask_street(order.street)

    @display(description=_("language"))
    def speaks(self, order: Order) -> str:
        return naming.language(order.language)

    @display(description=_("total"), ordering="total_fen")
    def total(self, order: Order) -> str:
        return in_yuan(order.total_fen)

    @display(description=_("costs"))
    def costs(self, order: Order) -> str:
        return _now("%(total)s = boxes %(boxes)s + freight %(freight)s") % {
            "total": in_yuan(order.total_fen), "boxes": in_yuan(order.boxes_fen), "freight": in_yuan(order.freight_fen),
        }  # fmt: skip

    @display(description=_("money"))
    def money(self, order: Order) -> SafeString:
        place = reverse("admin:farm_payment_changelist")
        return format_html('<a href="{}?q={}">{}</a>', place, order.payable, _now("payments of this order"))

    @display(description=_("damaged fruit"))
    @read_once
    def damage(self, order: Order) -> SafeString | str:
        place = reverse("admin:shop_damagereport_changelist")
        count = order.damage_reports.count()
        words = _now("%(count)s reports") % {"count": count}
        return places.led("shop_damagereport", f"{place}?q={order.number}", words, self.reader) if count else "-"

    @display(description=_("movements"))
    @read_once
    def movements(self, order: Order) -> SafeString:
        return places.movements_of(order.payable, self.reader)

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> list[tuple[Any, dict[str, Any]]]:
        sees = self.sees_people(request)
        person, street = (("name", "phone"), "street") if sees else (("who", "phone_masked"), "street_masked")
        gift = ("gift_message", "hides_price", "buyer_phone") if sees else ("hides_price", "buyer_masked")
        order = (("number", "status"), ("ship_date", "wave", "live_show"), ("placed_at", "paid_at", "hold_until"))
        place = ("province", "city", "district")
        costs = ("costs", "money") if request.user.has_perm("farm.view_payment") else ("costs",)
        return [
            (None, {"fields": order}),
            (_("To"), {"fields": (person, place, (street, "speaks"), gift)}),
            (
                _("What it costs and holds"),
                {"fields": (costs, ("packing_units", "net_grams", "damage"), "movements")},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Order | None = None) -> list[str]:
        fieldsets: Any = self.get_fieldsets(request, obj)
        return flatten_fieldsets(fieldsets)

    def found(self, queryset: QuerySet[Order], term: str) -> QuerySet[Order]:
        """Each kind of number has its index; nobody can walk the list digit by digit."""
        try:
            return cast(OrderQuerySet, queryset).of_phone(security.normal_phone(term))
        except security.BadPhone:
            found = queryset.filter(number=term.upper())
        parcels = Shipment.objects.filter(waybill_no=term.upper()).values("order")
        return found if found.exists() else queryset.filter(pk__in=parcels)

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"shows_people": self.sees_people(request)}

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: QuerySet[Order], **kwargs: Any) -> Any:
        self.note_export(request, queryset, _now("%(count)s orders") % {"count": queryset.count()})
        return super().get_export_data(file_format, request, queryset, **kwargs)
