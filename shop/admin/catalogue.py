"""What is sold and where it lies: varieties, boxes, cold rooms, lots."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from import_export.fields import Field
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from farm.admin import changes
from farm.admin.asking import ask_first
from farm.admin.dialogs import LimitForm, fill
from farm.admin.exports import Exportable, FarmResource
from farm.admin.lists import InWords, StaffAdmin
from farm.admin.once import read_once
from farm.admin.prices import PricedInYuan
from farm.money import in_yuan
from farm.people import hand
from shop import lot_care
from shop.admin.dialogs import BEST_BEFORE_DIALOG, LOT_LIMIT_DIALOG, WITHDRAW_DIALOG, BestBeforeForm
from shop.admin.tracing import LotTrace
from shop.models import Box, ColdRoom, Lot, OrderLine, Variety

SKIN = {"purple": _("purple"), "black": _("black"), "green": _("green"), "red": _("red")}

changes.tell(Variety, Box, ColdRoom)
changes.tell(Lot, but={"grower"})


class BySkin(InWords):
    title = _("skin")
    parameter_name = "skin"
    words = SKIN


@admin.register(Variety)
class VarietyAdmin(StaffAdmin):
    list_display = ("code", "name_zh", "name_en", "colour", "keeps_days", "position")
    list_filter = (BySkin,)
    search_fields = ("code", "name_zh", "name_en")

    @display(description=_("skin"), ordering="skin")
    def colour(self, variety: Variety) -> str:
        return str(SKIN.get(variety.skin, variety.skin))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The colours for which there is a drawing, to choose from."""
        if db_field.name != "skin":
            return super().formfield_for_dbfield(db_field, request, **options)
        return forms.ChoiceField(
            label=db_field.verbose_name, choices=list(SKIN.items()), widget=UnfoldAdminSelectWidget
        )


@admin.register(Box)
class BoxAdmin(PricedInYuan, StaffAdmin):
    least_fen = 1  # nobody can pay ¥0: an order of nothing but such boxes would end with its hold
    list_display = ("sku", "called", "variety", "net_grams", "packing_units", "price", "is_gift", "is_offered")
    list_filter = ("is_offered", "is_gift", "variety")
    list_select_related = ("variety",)
    search_fields = ("sku", "name_zh", "name_en")

    @display(description=pgettext_lazy("a thing", "name"), ordering="name_zh")
    def called(self, box: Box) -> str:
        return box.name

    @display(description=_("price"), ordering="price_fen")
    def price(self, box: Box) -> str:
        return in_yuan(box.price_fen)

    def get_readonly_fields(self, request: HttpRequest, obj: Box | None = None) -> tuple[str, ...]:
        """What a box weighs and takes is fixed once one was sold: orders are re-added by it."""
        return ("sku", "variety", "net_grams", "packing_units") if obj and self._was_sold(obj) else ()

    @read_once
    def _was_sold(self, box: Box) -> bool:
        return OrderLine.objects.filter(box=box).exists()


@admin.register(ColdRoom)
class ColdRoomAdmin(StaffAdmin):
    list_display = ("code", "name_zh", "name_en", "celsius")
    search_fields = ("code", "name_zh", "name_en")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **how: Any) -> Any:
        """Grapes are kept a little below 0 °C and cooled down before at up to 15 °C; below -5 °C they freeze."""
        if db_field.name == "celsius":
            how |= {"min_value": -5, "max_value": 15}
        return super().formfield_for_dbfield(db_field, request, **how)


class LotResource(FarmResource):
    left_grams = Field(attribute="left", column_name="left_grams")

    class Meta:
        model = Lot
        fields = ("code", "variety__code", "cold_room__code", "grower", "block", "harvested_on", "best_before",
                  "limit", "taken", "left_grams", "is_withdrawn")  # fmt: skip
        export_order = fields


@admin.register(Lot)
class LotAdmin(Exportable, LotTrace):
    resource_classes = [LotResource]
    list_display = ("code", "variety", "cold_room", "harvested_on", "best_before", "kilos", "fill", "state")
    list_filter = ("is_withdrawn", "variety", "cold_room")
    list_select_related = ("variety", "cold_room")
    search_fields = ("code", "grower", "block")
    date_hierarchy = "harvested_on"
    actions = ("withdraw", "put_back")
    actions_detail = ("trace", "set_limit", "set_best_before")

    @display(description=_("kg left"))
    def kilos(self, lot: Lot) -> str:
        return f"{lot.left / 1000:,.1f}"

    @display(description=_("promised"))
    def fill(self, lot: Lot) -> str:
        return fill(
            lot,
            _now("%(taken)s / %(limit)s kg")
            % {"taken": f"{lot.taken / 1000:,.0f}", "limit": f"{lot.limit / 1000:,.0f}"},
        )

    @display(description=_("sells"), label={"open": "success", "withdrawn": "danger"})
    def state(self, lot: Lot) -> tuple[str, str]:
        return ("withdrawn", _now("withdrawn")) if lot.is_withdrawn else ("open", _now("on sale"))

    def get_readonly_fields(self, request: HttpRequest, obj: Lot | None = None) -> tuple[str, ...]:
        """Amount, withdrawal and how long it keeps go through their stories."""
        known = ("code", "variety", "harvested_on", "best_before", "fill", "kilos", "is_withdrawn", "whereabouts")
        return known if obj else ("is_withdrawn",)

    def get_fields(self, request: HttpRequest, obj: Lot | None = None) -> list[Any]:
        where = [("code", "variety"), ("grower", "block"), ("cold_room", "is_withdrawn")]
        where.append(("harvested_on", "best_before"))
        return [*where, ("fill", "kilos"), "whereabouts"] if obj else [*where, "limit"]

    def get_form(self, request: HttpRequest, obj: Lot | None = None, change: bool = False, **how: Any) -> Any:
        how["help_texts"] = {"limit": _("how much fruit is put into the store, in grams")}
        return super().get_form(request, obj, change, **how)

    @action(description=_("Withdraw from sale"), permissions=["change"])
    @ask_first(WITHDRAW_DIALOG)
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Lot], form: Any) -> None:
        now, by = timezone.now(), hand(request.user)
        self.do(request, queryset, lambda lot: lot_care.withdraw(lot=lot, by=by, now=now), said=_now("withdrawn"))

    @action(description=_("Put back on sale"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Lot]) -> None:
        now, by = timezone.now(), hand(request.user)
        self.do(request, queryset, lambda lot: lot_care.put_back(lot=lot, by=by, now=now), said=_now("on sale again"))

    @action(description=_("Correct the amount"), permissions=["change"], icon="scale", dialog=LOT_LIMIT_DIALOG)
    def set_limit(self, request: HttpRequest, form: LimitForm, object_id: str) -> HttpResponse:
        limit = form.cleaned_data["limit"]
        return self.do_to_one(
            request,
            object_id,
            lambda lot: lot_care.set_limit(lot=lot, limit=limit, by=hand(request.user), now=timezone.now()),
            said=lambda lot: _now("limit %(old)s → %(limit)s g") % {"old": lot.limit, "limit": limit},
        )

    @action(description=_("Correct how long it keeps"), permissions=["change"], icon="event", dialog=BEST_BEFORE_DIALOG)
    def set_best_before(self, request: HttpRequest, form: BestBeforeForm, object_id: str) -> HttpResponse:
        date, by, now = form.cleaned_data["best_before"], hand(request.user), timezone.now()
        return self.do_to_one(
            request,
            object_id,
            lambda lot: lot_care.set_best_before(lot=lot, best_before=date, by=by, now=now),
            said=lambda lot: _now("best before %(old)s → %(date)s") % {"old": lot.best_before, "date": date},
        )
