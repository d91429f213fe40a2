"""Live shows: what a host sells and when, and what each show brought."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from unfold.decorators import display

from farm.admin import changes
from farm.admin.exports import Exportable, FarmResource
from farm.admin.lists import StaffAdmin, moment
from farm.admin.once import read_once
from farm.money import in_yuan, yuan
from shop import live
from shop.models import LiveShow, ShipDate

DATES_BACK = 400

changes.tell(LiveShow, but={"host_zh", "host_en", "title_zh", "title_en"})  # a show is often called by its host


class LiveShowResource(FarmResource):
    """What each show brought; a paid order counts even if fruit of it was paid back later."""

    orders_paid, boxes_paid = Field(attribute="orders_paid"), Field(attribute="boxes_paid")
    boxes_yuan, boxes_fen = Field(column_name="boxes_yuan"), Field(attribute="boxes_fen")
    orders_open = Field(attribute="orders_open")

    class Meta:
        model = LiveShow
        fields = ("code", "host_zh", "title_zh", "starts_at", "ends_at", "orders_paid", "boxes_paid",
                  "boxes_yuan", "boxes_fen", "orders_open")  # fmt: skip
        export_order = fields

    def dehydrate_boxes_yuan(self, show: Any) -> str:
        return yuan(show.boxes_fen)


@admin.register(LiveShow)
class LiveShowAdmin(Exportable, StaffAdmin):
    resource_classes = [LiveShowResource]
    list_display = ("code", "called", "by_whom", "state", "starts", "ends", "paid", "boxes_sold", "revenue", "unpaid")
    starts, ends = moment("starts_at", _("starts")), moment("ends_at", _("ends"))
    search_fields = ("code", "title_zh", "title_en", "host_zh", "host_en")
    date_hierarchy = "starts_at"
    filter_horizontal = ("boxes", "ship_dates")
    fieldsets = (
        (None, {"fields": ("code", ("title_zh", "title_en"), ("host_zh", "host_en"), ("starts_at", "ends_at"))}),
        (_("What it sells"), {"fields": ("boxes", "ship_dates")}),
        (_("What it brought"), {"fields": ("page", ("paid", "boxes_sold", "revenue"), "sold", "orders_of_it")}),
    )

    @display(description=_("title"))
    def called(self, show: LiveShow) -> str:
        return show.title

    @display(description=_("host"))
    def by_whom(self, show: LiveShow) -> str:
        return show.host

    @display(description=_("state"), label={"to-come": "info", "live": "success", "over": ""})
    def state(self, show: LiveShow) -> tuple[str, str]:
        words = {"to-come": _now("to come"), "live": _now("live now"), "over": _now("over")}
        state = live.state_of(show, timezone.now()).value
        return state, words[state]

    @display(description=_("orders paid"), ordering="orders_paid")
    def paid(self, show: Any) -> int:
        return int(getattr(show, "orders_paid", 0))

    @display(description=_("not paid yet"), ordering="orders_open")
    def unpaid(self, show: Any) -> int:
        return int(show.orders_open)

    @display(description=_("boxes"), ordering="boxes_paid")
    def boxes_sold(self, show: Any) -> int:
        return int(getattr(show, "boxes_paid", 0))

    @display(description=_("revenue without freight"), ordering="boxes_fen")
    def revenue(self, show: Any) -> str:
        return in_yuan(getattr(show, "boxes_fen", 0))

    @display(description=_("its page"))
    def page(self, show: LiveShow) -> SafeString | str:
        if show.pk is None:
            return "-"
        place = reverse("shop:live", args=[show.code])
        return format_html('<a href="{}">{}</a>', place, place)

    @display(description=_("by kind of box"))
    @read_once
    def sold(self, show: LiveShow) -> SafeString | str:
        lines = live.sold(show) if show.pk else []
        words = ((line.box.name, line.boxes, in_yuan(line.fen)) for line in lines)
        return format_html_join("", "<div>{} ×{} · {}</div>", words) or "-"

    @display(description=_("orders"))
    def orders_of_it(self, show: LiveShow) -> SafeString | str:
        place = reverse("admin:shop_order_changelist")
        return format_html('<a href="{}?live_show__id__exact={}">{}</a>', place, show.pk or 0, _now("show"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveShow]:
        shows: Any = super().get_queryset(request)
        return shows.with_sales()

    def get_readonly_fields(self, request: HttpRequest, obj: LiveShow | None = None) -> tuple[str, ...]:
        """The code stands in links that were sent."""
        shown = ("page", "paid", "boxes_sold", "revenue", "sold", "orders_of_it")
        return ("code", *shown) if obj else shown

    def formfield_for_manytomany(self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **how: Any) -> Any:
        if db_field.name == "ship_dates":
            since = timezone.localdate() - dt.timedelta(days=DATES_BACK)
            how["queryset"] = ShipDate.objects.filter(date__gte=since)
        return super().formfield_for_manytomany(db_field, request, **how)
