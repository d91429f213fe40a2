"""Reports of damaged fruit: the photos, what it is worth, and the two answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from farm.admin.dialogs import dialog
from farm.admin.lists import EventHistory, History, ReadOnly, StaffAdmin, moment
from farm.admin.once import read_once
from farm.admin.prices import YuanField
from farm.money import in_yuan
from farm.people import hand
from shop import damage, photos
from shop.models import DamagedBoxes, DamagePhoto, DamageReport, DamageReportEvent

Status = DamageReport.Status
COLOURS = {"open": "warning", "granted": "success", "refused": "danger"}


class WordsForm(BaseDialogForm):
    words = forms.CharField(
        label=_("Words to the customer"), max_length=300, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class GrantForm(WordsForm):
    """The amount begins with what the damaged fruit cost, as far as so much is left."""

    amount = YuanField(label=_("Amount in yuan"))
    field_order = ("amount", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        report = DamageReport.objects.select_related("order").get(pk=self.object_id)
        left = damage.left_fen(report.order)
        amount = self.fields["amount"]
        amount.initial = min(report.asks_fen, left)
        amount.help_text = _now("At most %(left)s is left of what the order paid.") % {"left": in_yuan(left)}
        self.fields["words"].required = False


GRANT_DIALOG = dialog(
    _("Send money back"), _("It goes back the way it came, and the customer gets a message."), _("Send back"), GrantForm
)
REFUSE_DIALOG = dialog(
    _("Send nothing back"), _("The customer reads your words on the order's page."), _("Refuse"), WordsForm
)


class DamageHistory(EventHistory):
    model = DamageReportEvent


class Boxes(History):
    model = DamagedBoxes
    fields = ("box", "quantity", "grams")
    readonly_fields = fields
    verbose_name_plural = _("damaged boxes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DamagedBoxes]:
        boxes: QuerySet[DamagedBoxes] = super().get_queryset(request).select_related("box")
        return boxes


@admin.register(DamageReport)
class DamageReportAdmin(ReadOnly, StaffAdmin):
    list_display = ("number", "state", "of_order", "worth", "photo_count", "reported", "due", "granted")
    reported = moment("reported_at", _("reported"))
    due = moment("due_at", _("answer until"))
    list_filter = ("status",)
    list_select_related = ("order",)
    ordering = (F("answered_at").desc(nulls_first=True), "due_at")
    search_fields = ("number",)
    search_help_text = _("a whole number of a report or an order")
    inlines = (Boxes, DamageHistory)
    fields = (("number", "status"), ("of_order", "worth"), ("left", "granted"), "words", "pictures",
              ("reported_at", "due_at"), ("answered_at", "answered_by"), "answer")  # fmt: skip
    readonly_fields = ("of_order", "worth", "left", "granted", "pictures")
    actions_detail = ("grant", "refuse")

    @display(description=_("status"), label=COLOURS)
    def state(self, report: DamageReport) -> tuple[str, str]:
        return report.status, report.get_status_display()

    @display(description=_("order"))
    def of_order(self, report: DamageReport) -> SafeString:
        place = reverse("admin:shop_order_change", args=[report.order_id])
        return format_html('<a href="{}">{}</a>', place, report.order.number)

    @display(description=_("what it cost"), ordering="asks_fen")
    def worth(self, report: DamageReport) -> str:
        return in_yuan(report.asks_fen)

    @display(description=_("granted"), ordering="granted_fen")
    def granted(self, report: DamageReport) -> str:
        return in_yuan(report.granted_fen) if report.granted_fen else "-"

    @display(description=_("left of what was paid"))
    @read_once
    def left(self, report: DamageReport) -> str:
        return in_yuan(damage.left_fen(report.order))

    @display(description=_("photos"))
    @read_once
    def pictures(self, report: DamageReport) -> SafeString | str:
        kept = [reverse("admin:shop_damagereport_photo", args=[photo.pk]) for photo in report.photos.all()]
        if not kept:
            return _now("The photos are deleted by now.") if report.photo_count else _now("No photos were sent.")
        shown = format_html_join(
            "", '<a href="{}" target="_blank"><img src="{}" alt="" loading="lazy"></a>', ((at, at) for at in kept)
        )
        return format_html('<span class="bz-photos">{}</span>', shown)

    def found(self, queryset: QuerySet[DamageReport], term: str) -> QuerySet[DamageReport]:
        return queryset.filter(number=term.upper()) | queryset.filter(order__number=term.upper())

    def get_urls(self) -> list[URLPattern]:
        photo = path("photos/<int:pk>/", self.admin_site.admin_view(self.photo), name="shop_damagereport_photo")
        return [photo, *super().get_urls()]

    def photo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One photo, for who may see reports; no address leads to it from outside."""
        if not self.has_view_permission(request):
            raise Http404
        jpeg = photos.read(get_object_or_404(DamagePhoto, pk=pk).place)
        if jpeg is None:
            raise Http404
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(jpeg, content_type="image/jpeg", headers=headers)

    @action(description=_("Send money back"), permissions=["answer"], icon="payments", dialog=GRANT_DIALOG)
    def grant(self, request: HttpRequest, form: GrantForm, object_id: str) -> HttpResponse:
        said = {"amount_fen": form.cleaned_data["amount"], "words": form.cleaned_data["words"]}
        report, by, now = self._report(object_id), hand(request.user), timezone.now()
        self.do(request, [report], lambda row: damage.grant(report=row, by=by, now=now, **said), said=_now("granted"))
        return self.back_to(request, report)

    @action(description=_("Send nothing back"), permissions=["answer"], icon="block", dialog=REFUSE_DIALOG)
    def refuse(self, request: HttpRequest, form: WordsForm, object_id: str) -> HttpResponse:
        words = form.cleaned_data["words"]
        report, by, now = self._report(object_id), hand(request.user), timezone.now()
        self.do(
            request, [report], lambda row: damage.refuse(report=row, words=words, by=by, now=now), said=_now("refused")
        )
        return self.back_to(request, report)

    def has_answer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm("shop.answer_damage"):
            return False
        return object_id is None or DamageReport.objects.filter(pk=object_id, status=Status.OPEN).exists()

    def _report(self, object_id: str) -> DamageReport:
        return DamageReport.objects.select_related("order").get(pk=object_id)
