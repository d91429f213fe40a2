"""Ship dates and their pick waves."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from import_export.fields import Field
from unfold.decorators import action, display

from farm.admin.bounds import to_come
from farm.admin.dialogs import LimitForm, fill
from farm.admin.exports import Exportable, FarmResource
from farm.admin.lists import ReadOnly, StaffAdmin, coming_first, moment
from farm.people import hand
from farm.refusals import Refused
from shop import calendar_days, picklist, planning
from shop.admin.dialogs import CLOSE_DIALOG, CUT_OFF_DIALOG, DAY_LIMIT_DIALOG, REOPEN_DIALOG, CloseForm, CutOffForm
from shop.admin.papers import WavePapers
from shop.models import PickWave, ShipDate


class ShipDateResource(FarmResource):
    left = Field(attribute="left", column_name="left")

    class Meta:
        model = ShipDate
        fields = ("date", "cut_off_at", "limit", "taken", "left", "is_closed", "closed_reason_zh", "closed_reason_en")
        export_order = fields


class ShipDateForm(forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    def clean_date(self) -> dt.date:
        return to_come(self.cleaned_data["date"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        date, cut_off_at = cleaned.get("date"), cleaned.get("cut_off_at")
        if date and cut_off_at:
            try:
                calendar_days.refuse_cut_off(ShipDate(date=date), cut_off_at, now=timezone.now())
            except Refused as refusal:
                self.add_error("cut_off_at", str(refusal))
        return cleaned


@admin.register(ShipDate)
class ShipDateAdmin(Exportable, StaffAdmin):
    form = ShipDateForm
    resource_classes = [ShipDateResource]
    list_display = ("date", "weekday", "fill", "units_left", "state", "cut_off", "orders_of_day")
    cut_off = moment("cut_off_at", _("cut-off"))
    list_filter = ("is_closed",)
    search_fields = ("date",)
    date_hierarchy = "date"
    actions = ("plan_now", "reopen")
    actions_detail = ("set_limit", "set_cut_off", "close", "reopen_one")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return coming_first("date", since=timezone.localdate())

    @display(description=_("weekday"))
    def weekday(self, ship_date: ShipDate) -> str:
        return date_format(ship_date.date, "D")

    @display(description=_("packing units promised"))
    def fill(self, ship_date: ShipDate) -> SafeString:
        return fill(ship_date, f"{ship_date.taken} / {ship_date.limit}")

    @display(description=_("still free"))
    def units_left(self, ship_date: ShipDate) -> int:
        return ship_date.left

    @display(description=_("sells"), label={"open": "success", "closed": "danger", "over": ""})
    def state(self, ship_date: ShipDate) -> tuple[str, str]:
        if ship_date.is_closed:
            return "closed", _now("closed")
        if not ship_date.ships:
            return "closed", ship_date.closed_reason
        return ("open", _now("open")) if ship_date.is_open(timezone.now()) else ("over", _now("cut-off is past"))

    @display(description=_("orders"))
    def orders_of_day(self, ship_date: ShipDate) -> SafeString:
        place = reverse("admin:shop_order_changelist")
        return format_html('<a href="{}?ship_date__id__exact={}">{}</a>', place, ship_date.pk, _now("show"))

    def get_readonly_fields(self, request: HttpRequest, obj: ShipDate | None = None) -> tuple[str, ...]:
        """Limit, cut-off and closure go through their stories: they were promised to whoever has ordered."""
        closure = ("is_closed", "closed_reason_zh", "closed_reason_en")
        return ("date", "cut_off_at", "limit", "taken", *closure) if obj else closure

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            calendar_days.add(ship_date=obj, by=hand(request.user), now=timezone.now())

    @action(description=_("Plan now: paid orders become a pick wave"), permissions=["change"])
    def plan_now(self, request: HttpRequest, queryset: QuerySet[ShipDate]) -> None:
        now = timezone.now()
        for ship_date in queryset:
            wave = planning.plan_day(ship_date=ship_date, now=now)
            if wave is None:
                words = _now("Nothing to plan: no paid order of it can be picked.")
                messages.warning(request, f"{ship_date}: {words}")
                continue
            said = _now("orders planned: %(count)s") % {"count": wave.orders.count()}
            self.note(request, ship_date, said)
            messages.success(request, f"{ship_date}: {said}.")

    @action(description=_("Open again"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[ShipDate]) -> None:
        now, by = timezone.now(), hand(request.user)
        self.do(
            request,
            queryset,
            lambda row: calendar_days.reopen(ship_date=row, by=by, now=now),
            said=pgettext("done", "open again"),
        )

    @action(description=_("Open again"), permissions=["open_again"], icon="lock_open", dialog=REOPEN_DIALOG)
    def reopen_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        ship_date, by = ShipDate.objects.get(pk=object_id), hand(request.user)
        self.do(
            request,
            [ship_date],
            lambda row: calendar_days.reopen(ship_date=row, by=by, now=timezone.now()),
            said=pgettext("done", "open again"),
        )
        return self.back_to(request, ship_date)

    @action(description=_("Close the date"), permissions=["close"], icon="event_busy", dialog=CLOSE_DIALOG)
    def close(self, request: HttpRequest, form: CloseForm, object_id: str) -> HttpResponse:
        ship_date, by = ShipDate.objects.get(pk=object_id), hand(request.user)
        reasons = {name: form.cleaned_data[name] for name in ("reason_zh", "reason_en")}
        self.do(
            request,
            [ship_date],
            lambda row: calendar_days.close(ship_date=row, **reasons, by=by, now=timezone.now()),
            said=pgettext("done", "closed"),
        )
        return self.back_to(request, ship_date)

    @action(description=_("Change the limit"), permissions=["change"], icon="tune", dialog=DAY_LIMIT_DIALOG)
    def set_limit(self, request: HttpRequest, form: LimitForm, object_id: str) -> HttpResponse:
        limit, by, now = form.cleaned_data["limit"], hand(request.user), timezone.now()
        return self.do_to_one(
            request,
            object_id,
            lambda ship_date: calendar_days.set_limit(ship_date=ship_date, limit=limit, by=by, now=now),
            said=lambda ship_date: _now("limit %(old)s → %(limit)s") % {"old": ship_date.limit, "limit": limit},
        )

    @action(description=_("Change the cut-off"), permissions=["change"], icon="schedule", dialog=CUT_OFF_DIALOG)
    def set_cut_off(self, request: HttpRequest, form: CutOffForm, object_id: str) -> HttpResponse:
        at, by, now = form.cleaned_data["cut_off_at"], hand(request.user), timezone.now()

        def said(ship_date: ShipDate) -> str:
            old, new = (date_format(timezone.localtime(one), "Y-m-d H:i") for one in (ship_date.cut_off_at, at))
            return _now("cut-off %(old)s → %(moment)s") % {"old": old, "moment": new}

        return self.do_to_one(
            request,
            object_id,
            lambda ship_date: calendar_days.set_cut_off(ship_date=ship_date, cut_off_at=at, by=by, now=now),
            said=said,
        )

    def has_open_again_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_if(request, object_id, is_closed=True)

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_if(request, object_id, is_closed=False)

    def _may_if(self, request: HttpRequest, object_id: Any, *, is_closed: bool) -> bool:
        """On one date's page only what its state allows is offered; the stories check again."""
        if not self.has_change_permission(request):
            return False
        return object_id is None or ShipDate.objects.filter(pk=object_id, is_closed=is_closed).exists()


@admin.register(PickWave)
class PickWaveAdmin(WavePapers, ReadOnly, StaffAdmin):
    list_display = ("ship_date", "number", "planned", "orders_in_it", "paper")
    planned = moment("planned_at", _("planned"))
    list_select_related = ("ship_date",)
    search_fields = ("ship_date__date",)
    date_hierarchy = "ship_date__date"
    fields = (("ship_date", "number"), ("planned_at", "orders_in_it"))
    readonly_fields = ("orders_in_it",)
    actions_detail = ("pick_list", "slips", "papers", "stickers")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PickWave]:
        waves: QuerySet[PickWave] = super().get_queryset(request).annotate(order_count=Count("orders"))
        return waves

    @display(description=_("orders"))
    def orders_in_it(self, wave: Any) -> SafeString:
        place = reverse("admin:shop_order_changelist")
        return format_html('<a href="{}?wave__id__exact={}">{}</a>', place, wave.pk, wave.order_count)

    @display(description=_("pick list"))
    def paper(self, wave: PickWave) -> SafeString:
        place = reverse("admin:shop_pickwave_pick_list", args=[wave.pk])
        return format_html('<a href="{}">{}</a>', place, _now("print"))

    @action(description=_("Pick list"), permissions=["view"], icon="print")
    def pick_list(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        wave = PickWave.objects.select_related("ship_date").get(pk=object_id)
        lines = picklist.pick_list(wave=wave)
        paper = {"wave": wave, "lines": lines, "boxes": sum(line.boxes for line in lines)}
        return TemplateResponse(request, "shop/staff/pick_list.html", paper)
