"""Orders in line for full ship dates, and how far each has come."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from farm import naming, security
from farm.admin.lists import EventHistory, ReadOnly, moment
from farm.admin.once import read_once
from farm.admin.personal import Personal
from farm.people import hand
from shop import waiting
from shop.admin.dialogs import LEAVE_DIALOG
from shop.models import Box, WaitingOrder, WaitingOrderEvent

Status = WaitingOrder.Status
COLOURS = {"waiting": "info", "offered": "warning", "ordered": "success", "lapsed": "", "left": ""}


class WaitingHistory(EventHistory):
    model = WaitingOrderEvent


@admin.register(WaitingOrder)
class WaitingOrderAdmin(ReadOnly, Personal):
    personal = "shop.view_personal_data"
    list_display = ("number", "state", "ships_on", "phone_masked", "packing_units", "joined", "offered")
    joined = moment("joined_at", _("joined"))
    offered = moment("offered_until", _("offered until"))
    list_filter = ("status", "ship_date")
    list_select_related = ("ship_date",)
    search_fields = ("number",)
    search_help_text = _("a whole number of a waiting order or phone number")
    inlines = (WaitingHistory,)
    actions_detail = ("take_out",)

    @display(description=_("status"), label=COLOURS)
    def state(self, place: WaitingOrder) -> tuple[str, str]:
        return place.status, place.get_status_display()

    @display(description=_("ships on"), ordering="ship_date")
    def ships_on(self, place: WaitingOrder) -> str:
        return f"{place.ship_date.date:%m-%d}"

    @display(description=_("phone"))
    def phone_masked(self, place: WaitingOrder) -> str:
        return security.mask_phone(place.phone)

    @display(description=_("language"))
    def speaks(self, place: WaitingOrder) -> str:
        return naming.language(place.language)

    @display(description=_("boxes"))
    @read_once
    def boxes(self, place: WaitingOrder) -> str:
        return ", ".join(f"{box.name} ×{place.wants[box.sku]}" for box in Box.objects.filter(sku__in=place.wants))

    @display(description=_("its place in line"))
    @read_once
    def place(self, place: WaitingOrder) -> str:
        return str(waiting.place_of(place)) if place.status == Status.WAITING else "-"

    def get_fields(self, request: HttpRequest, obj: WaitingOrder | None = None) -> list[Any]:
        phone = "phone" if self.sees_people(request) else "phone_masked"
        return [("number", "status"), ("ship_date", phone, "speaks"), ("boxes", "packing_units", "net_grams"),
                ("place", "joined_at", "offered_until"), "order"]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: WaitingOrder | None = None) -> tuple[str, ...]:
        return ("phone_masked", "speaks", "boxes", "place")

    def found(self, queryset: QuerySet[WaitingOrder], term: str) -> QuerySet[WaitingOrder]:
        """By a whole phone number or a whole number: nobody walks the list digit by digit."""
        try:
            return queryset.filter(phone=security.normal_phone(term))
        except security.BadPhone:
            return queryset.filter(number=term.upper())

    @action(description=_("Take out of the line"), permissions=["leave"], icon="logout", dialog=LEAVE_DIALOG)
    def take_out(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        place, by, now = WaitingOrder.objects.get(pk=object_id), hand(request.user), timezone.now()
        self.do(request, [place], lambda row: waiting.leave(waiting=row, by=by, now=now), said=_now("left the line"))
        return self.back_to(request, place)

    def has_leave_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("shop.cancel_order"):
            return False
        in_line = WaitingOrder.objects.filter(status__in=WaitingOrder.MOVES[Status.LEFT])
        return object_id is None or in_line.filter(pk=object_id).exists()
