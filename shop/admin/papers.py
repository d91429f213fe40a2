"""What staff print and write for a parcel: slips, stickers, all its paper together, a waybill by hand."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from farm.admin.dialogs import dialog
from farm.admin.lists import StaffAdmin
from farm.people import hand
from farm.refusals import Refused
from farm.states import WrongState
from shop import carriers, parcels, prints
from shop.models import Order, PickWave

PERSONAL = "shop.view_personal_data"
Paper = Callable[..., bytes]


class CarriersWaybillForm(BaseDialogForm):
    """Above the field stands whom the parcel goes to, for those who may see it; each look is written down."""

    form_before_template = "shop/staff/_recipient.html"

    waybill_no = forms.CharField(
        label=_("Waybill number"),
        max_length=40,
        help_text=_("Write the carrier's waybill by hand, then type its number: the label is drawn with it."),
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
    )

    def get_before_template_context(self, request: HttpRequest, object_id: int | str | None = None) -> dict[str, Any]:
        if not request.user.has_perm(PERSONAL):
            return {}
        order, by = Order.objects.get(pk=str(object_id)), hand(request.user)
        try:
            return {"to": parcels.show_address(order=order, by=by, now=timezone.now())}
        except (Refused, WrongState) as refusal:
            return {"refusal": str(refusal)}


WRITE_DIALOG = dialog(_("Write the waybill"), "", _("Note the number"), CarriersWaybillForm)


class Papers(StaffAdmin):
    """Answers with a PDF, or says in words which paper is missing."""

    def answer(self, request: HttpRequest, paper: Paper, orders: Any) -> HttpResponse | None:
        """Of orders that somebody chose: of no more than one file can hold."""
        return self.print(request, lambda: paper(orders=prints.chosen(orders)))

    def print(self, request: HttpRequest, draw: Callable[[], bytes]) -> HttpResponse | None:
        try:
            pdf = draw()
        except Refused as refusal:
            messages.error(request, str(refusal))
            return None
        return HttpResponse(pdf, content_type="application/pdf")


class OrderPapers(Papers):
    """The paper of orders chosen from the list, and of one order on its page."""

    @action(description=_("Print packing slips"), permissions=["slip"])
    def print_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self.answer(request, prints.slips, queryset)

    @action(description=_("Print labels, each with its packing slip"), permissions=["slip"])
    def print_papers(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self.answer(request, prints.labels_with_slips, queryset)

    @action(description=_("Print a sticker for each box"), permissions=["slip"])
    def print_stickers(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self.answer(request, prints.stickers, queryset)

    @action(description=_("Print the packing slip"), permissions=["slip"], icon="receipt_long")
    def slip_of_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.print_slips(request, Order.objects.filter(pk=order.pk)) or self.back_to(request, order)

    @action(description=_("Print label and packing slip"), permissions=["papers"], icon="print_add")
    def papers_of_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.print_papers(request, Order.objects.filter(pk=order.pk)) or self.back_to(request, order)

    @action(description=_("Print the box stickers"), permissions=["slip"], icon="qr_code_2")
    def stickers_of_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = Order.objects.get(pk=object_id)
        return self.print_stickers(request, Order.objects.filter(pk=order.pk)) or self.back_to(request, order)

    @action(description=_("Write the waybill"), permissions=["write"], icon="edit_note", dialog=WRITE_DIALOG)
    def write_waybill_of_one(self, request: HttpRequest, form: CarriersWaybillForm, object_id: str) -> HttpResponse:
        order = Order.objects.select_related("ship_date").get(pk=object_id)
        words = {"waybill_no": form.cleaned_data["waybill_no"], "by": hand(request.user)}
        now = timezone.now()
        self.do(
            request, [order], lambda row: parcels.write_waybill(order=row, now=now, **words), said=_now("waybill noted")
        )
        return self.back_to(request, order)

    def has_slip_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._packs(request, object_id, wave__isnull=False)

    def has_papers_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._packs(request, object_id, wave__isnull=False, shipment__label__isnull=False)

    def has_write_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Only for a parcel that waits for a carrier without an interface."""
        waiting = {"status": Order.Status.PACKED, "shipment__carrier__in": carriers.by_hand()}
        return self._packs(request, object_id, **waiting)

    def _packs(self, request: HttpRequest, object_id: Any, **such: Any) -> bool:
        if not request.user.has_perm("shop.pack_order"):
            return False
        return object_id is None or Order.objects.filter(pk=object_id, **such).exists()


class WavePapers(Papers):
    """The paper of all orders of a wave as one file."""

    @action(description=_("Packing slips"), permissions=["print"], icon="receipt_long")
    def slips(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._of_wave(request, prints.slips, object_id)

    @action(description=_("Labels with slips"), permissions=["print"], icon="print_add")
    def papers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._of_wave(request, prints.labels_with_slips, object_id)

    @action(description=_("Box stickers"), permissions=["print"], icon="qr_code_2")
    def stickers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._of_wave(request, prints.stickers, object_id)

    def has_print_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("shop.pack_order")

    def _of_wave(self, request: HttpRequest, paper: Paper, object_id: str) -> HttpResponse:
        wave = PickWave.objects.get(pk=object_id)
        orders = Order.objects.filter(wave=wave).order_by("pk")
        return self.print(request, lambda: paper(orders=orders)) or self.back_to(request, wave)
