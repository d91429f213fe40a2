"""Rain: what was closed, who has not chosen yet, and the answers that staff write down for parties that call."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display

from farm import history, security
from farm.admin.lists import EventHistory, History, InWords, ReadOnly, StaffAdmin, moment
from farm.admin.once import read_once
from farm.people import hand
from tours import closures, offers
from tours.admin import words
from tours.admin.closing import ClosePage
from tours.admin.dialogs import (
    OFFER_CREDIT_DIALOG,
    OFFER_MONEY_DIALOG,
    OFFER_TIME_DIALOG,
    UNDO_DIALOG,
    OfferTimeForm,
)
from tours.models import Closure, ClosureEvent, ClosureOffer, ClosureOfferEvent, Slot

MAY_CLOSE = "tours.close_slots"
Asked = ClosureOffer.Status
Answer = Callable[..., object]
CHOSEN = [status for status in Asked.values if status != Asked.WAITING]
SILENT_FIRST = ExpressionWrapper(Q(status=Asked.WAITING), output_field=BooleanField()).desc()


def slot_words(slot: Slot) -> str:
    return f"{localtime(slot.starts_at):%m-%d %H:%M} {slot.experience.name}"


class Parties(History):
    """Who was asked and what they chose; who has not stands first."""

    model = ClosureOffer
    fields = ("party", "name", "phone", "people", "state", "kept", "answer")
    readonly_fields = fields
    per_page = 200
    verbose_name_plural = _("parties")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClosureOffer]:
        asked: QuerySet[ClosureOffer] = super().get_queryset(request).select_related("booking__slot__experience")
        return asked.prefetch_related("alternatives__experience").order_by(SILENT_FIRST, "pk")

    @display(description=_("booking"))
    def party(self, offer: ClosureOffer) -> SafeString:
        place = reverse("admin:tours_booking_change", args=[offer.booking_id])
        return format_html('<a href="{}">{}</a>', place, offer.booking.number)

    @display(description=_("name"))
    def name(self, offer: ClosureOffer) -> str:
        return security.mask_name(offer.booking.name) or "-"

    @display(description=_("phone"))
    def phone(self, offer: ClosureOffer) -> str:
        return security.mask_phone(offer.booking.phone) if offer.booking.phone else "-"

    @display(description=_("people"))
    def people(self, offer: ClosureOffer) -> int:
        return offer.booking.people

    @display(description=_("choice"))
    def state(self, offer: ClosureOffer) -> str:
        return str(words.OFFER[Asked(offer.status)])

    @display(description=_("kept for it"))
    def kept(self, offer: ClosureOffer) -> SafeString:
        if offer.status == Asked.MOVED:
            return format_html("→ {}", slot_words(offer.booking.slot))
        if offer.status != Asked.WAITING:
            return SafeString("-")
        return format_html_join("", "<div>{}</div>", ((slot_words(slot),) for slot in offer.alternatives.all()))

    @display(description="")
    def answer(self, offer: ClosureOffer) -> SafeString:
        place = reverse("admin:tours_closureoffer_change", args=[offer.pk])
        return format_html('<a href="{}">{}</a>', place, _now("show"))


class ClosureHistory(EventHistory):
    model = ClosureEvent


class ByState(InWords):
    title = _("status")
    parameter_name = "status"
    words = words.CLOSURE


@admin.register(Closure)
class ClosureAdmin(ClosePage, ReadOnly, StaffAdmin):
    list_display = ("number", "state", "why", "made", "times", "parties", "silent", "default", "answers_until")
    made = moment("made_at", _("made"))
    answers_until = moment("answer_until", _("answer until"))
    list_filter = (ByState,)
    search_fields = ("number__exact", "reason_zh", "reason_en")
    date_hierarchy = "made_at"
    fields = (
        ("number", "state"),
        ("reason_zh", "reason_en"),
        ("made_at", "hand", "answer_until"),
        ("default", "whole_day"),
        "closed_times",
        ("silent", "chosen"),
    )
    readonly_fields = ("state", "hand", "default", "whole_day", "closed_times", "silent", "chosen")
    inlines = (Parties, ClosureHistory)
    actions_detail = ("undo",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Closure]:
        rows: QuerySet[Closure] = super().get_queryset(request)
        asked = {status: Count("offers", filter=Q(offers__status=status), distinct=True) for status in Asked.values}
        named = {f"{status}_parties": count for status, count in asked.items()}
        return rows.select_related("day").annotate(
            slot_count=Count("slots", distinct=True), party_count=Count("offers", distinct=True), **named
        )

    @display(description=_("status"), label=words.CLOSURE_COLOURS)
    def state(self, closure: Closure) -> words.Said:
        return words.Said((closure.status, str(words.CLOSURE[Closure.Status(closure.status)])))

    @display(description=_("done by"))
    def hand(self, closure: Closure) -> str:
        return history.who(closure.made_by)

    @display(description=_("reason"))
    def why(self, closure: Closure) -> str:
        return closure.reason

    @display(description=pgettext_lazy("how many", "times"))
    def times(self, closure: Any) -> int:
        return int(closure.slot_count)

    @display(description=_("parties"))
    def parties(self, closure: Any) -> int:
        return int(closure.party_count)

    @display(description=_("have not chosen"))
    def silent(self, closure: Any) -> int:
        return int(closure.waiting_parties)

    @display(description=_("chosen"))
    def chosen(self, closure: Any) -> str:
        counted = ((words.OFFER[Asked(status)], getattr(closure, f"{status}_parties")) for status in CHOSEN)
        return ", ".join(f"{said}: {count}" for said, count in counted if count) or "-"

    @display(description=_("who does not answer gets"))
    def default(self, closure: Closure) -> str:
        return str(words.OTHERWISE[Closure.Otherwise(closure.otherwise)])

    @display(description=_("whole day"))
    def whole_day(self, closure: Closure) -> str:
        return str(closure.day.date) if closure.day else "-"

    @display(description=_("closed times"))
    @read_once
    def closed_times(self, closure: Closure) -> SafeString:
        found = closure.slots.select_related("experience").order_by("starts_at")
        lines = ((reverse("admin:tours_slot_change", args=[slot.pk]), slot_words(slot)) for slot in found)
        return format_html_join("", '<div><a href="{}">{}</a></div>', lines) or SafeString("-")

    @action(description=_("It can be held after all"), permissions=["undo"], icon="undo", dialog=UNDO_DIALOG)
    def undo(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        closure, now, by = Closure.objects.get(pk=object_id), timezone.now(), hand(request.user)
        self.do(request, [closure], lambda row: closures.undo(closure=row, by=by, now=now), said=_now("undone"))
        return self.back_to(request, closure)

    def has_undo_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Until somebody has chosen; the story checks again."""
        if not request.user.has_perm(MAY_CLOSE):
            return False
        answered = ClosureOffer.objects.filter(closure=object_id).exclude(status=Asked.WAITING)
        is_open = Closure.objects.filter(pk=object_id, status=Closure.Status.OPEN).exists()
        return object_id is None or (is_open and not answered.exists())


class OfferHistory(EventHistory):
    model = ClosureOfferEvent


class ByChoice(InWords):
    title = _("choice")
    parameter_name = "status"
    words = words.OFFER


@admin.register(ClosureOffer)
class ClosureOfferAdmin(ReadOnly, StaffAdmin):
    """One party's choice; when it calls, staff write down what it wants."""

    list_display = ("party", "who", "phone_masked", "was", "state", "answers_until")
    list_filter = (ByChoice,)
    list_select_related = ("booking__slot__experience", "closure")
    search_fields = ("booking__number__exact",)
    search_help_text = _("a whole booking number")
    fields = ("booking_page", ("who", "phone_masked"), ("was", "closure"), ("state", "answers_until"), "kept")
    readonly_fields = ("booking_page", "who", "phone_masked", "was", "state", "kept", "answers_until")
    inlines = (OfferHistory,)
    actions_detail = ("take_time", "take_money", "take_credit")

    @display(description=_("booking"))
    def party(self, offer: ClosureOffer) -> str:
        return offer.booking.number

    @display(description=_("booking"))
    def booking_page(self, offer: ClosureOffer) -> SafeString:
        place = reverse("admin:tours_booking_change", args=[offer.booking_id])
        return format_html('<a href="{}">{}</a>', place, offer.booking.number)

    @display(description=_("name"))
    def who(self, offer: ClosureOffer) -> str:
        return security.mask_name(offer.booking.name) or "-"

    @display(description=_("phone"))
    def phone_masked(self, offer: ClosureOffer) -> str:
        return security.mask_phone(offer.booking.phone) if offer.booking.phone else "-"

    @display(description=_("time"))
    def was(self, offer: ClosureOffer) -> str:
        return slot_words(offer.booking.slot)

    @display(description=_("choice"), label=words.OFFER_COLOURS)
    def state(self, offer: ClosureOffer) -> words.Said:
        return words.Said((offer.status, str(words.OFFER[Asked(offer.status)])))

    @display(description=_("kept for it"))
    @read_once
    def kept(self, offer: ClosureOffer) -> str:
        return ", ".join(slot_words(slot) for slot in offer.alternatives.select_related("experience")) or "-"

    @display(description=_("answer until"))
    def answers_until(self, offer: ClosureOffer) -> str:
        return f"{localtime(offer.closure.answer_until):%Y-%m-%d %H:%M}"

    @action(description=_("Another time"), permissions=["answer"], icon="event_repeat", dialog=OFFER_TIME_DIALOG)
    def take_time(self, request: HttpRequest, form: OfferTimeForm, object_id: str) -> HttpResponse:
        slot = int(form.cleaned_data["to"])
        return self._answer(request, object_id, offers.choose_slot, said=_now("another time"), slot=slot)

    @action(description=_("Money back"), permissions=["answer"], icon="undo", dialog=OFFER_MONEY_DIALOG)
    def take_money(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, offers.choose_refund, said=_now("money back"))

    @action(description=_("A credit"), permissions=["answer"], icon="redeem", dialog=OFFER_CREDIT_DIALOG)
    def take_credit(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._answer(request, object_id, offers.choose_credit, said=_now("a credit"))

    def has_answer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm(MAY_CLOSE):
            return False
        open_offers = ClosureOffer.objects.filter(status=Asked.WAITING, closure__answer_until__gt=timezone.now())
        return object_id is None or open_offers.filter(pk=object_id).exists()

    def _answer(self, request: HttpRequest, object_id: str, story: Answer, *, said: str, **more: Any) -> HttpResponse:
        offer = ClosureOffer.objects.select_related("booking", "closure").get(pk=object_id)
        by, now = hand(request.user), timezone.now()
        self.do(request, [offer], lambda row: story(offer=row, by=by, now=now, **more), said=said)
        return self.back_to(request, offer)
