"""Money as staff see it: payments, refunds, the money book, and the movements of everything limited."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from farm import naming, payments
from farm.admin import places
from farm.admin.asking import ask_first
from farm.admin.dialogs import ANOTHER_WAY_DIALOG, BY_QR_DIALOG, IN_CASH_DIALOG, AnotherWayForm
from farm.admin.exports import Exportable
from farm.admin.leads import Leads
from farm.admin.lists import CalledByName, EventHistory, History, InWords, ReadOnly, StaffAdmin, moment
from farm.admin.money_exports import LedgerResource, PaymentResource, RefundResource
from farm.models import (
    LedgerEntry,
    Movement,
    PaidAnotherWay,
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
    TillEntry,
)
from farm.money import in_yuan
from farm.payments.providers import DESK
from farm.people import hand

PAYMENT_COLOURS = {"pending": "info", "captured": "success", "failed": "danger", "closed": "warning"}
REFUND_COLOURS = {"due": "warning", "done": "success", "refused": "danger"}

places.lead("refund", places.found("farm_refund"))


def back_fen(refund: Refund) -> int:
    """How much money the desk hands out when it pays the refund back now."""
    waits = refund.status == Refund.Status.DUE and refund.payment.provider == DESK
    return refund.amount_fen if waits else 0


class PaymentHistory(EventHistory):
    model = PaymentEvent


class RefundsOfPayment(History):
    model = Refund
    fields = ("refund_no", "amount", "reason", "status", "asked_at", "done_at")
    readonly_fields = fields

    @display(description=_("amount"))
    def amount(self, refund: Refund) -> str:
        return in_yuan(refund.amount_fen)

    @display(description=_("why"))
    def reason(self, refund: Refund) -> str:
        return naming.reason(refund.why)


class ByProvider(InWords):
    title = _("provider")
    parameter_name = "provider"
    words = naming.PROVIDER


class Payable(Leads):
    """What the money is for, as a link to it."""

    @display(description=_("for what"))
    def paid_for(self, row: Payment | LedgerEntry) -> str:
        return self.link_to(row.payable)


class MayAskProvider(StaffAdmin):
    def has_ask_provider_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("farm.ask_provider"))


@admin.register(Payment)
class PaymentAdmin(Exportable, Payable, ReadOnly, MayAskProvider):
    resource_classes = [PaymentResource]
    list_display = ("trade_no", "paid_for", "by_way_of", "amount", "refunded", "state", "started", "captured")
    started = moment("started_at", _("started"))
    captured = moment("captured_at", _("captured"))
    list_filter = ("status", ByProvider)
    linked_by = ("ask_again_at__isnull", "expires_at__lte")
    search_fields = ("trade_no",)
    search_help_text = _("a whole number of a payment, an order or a booking")
    fields = (
        ("trade_no", "paid_for"),
        ("by_way_of", "provider_ref"),
        ("status", "amount", "refunded"),
        ("started_at", "captured_at", "expires_at"),
        ("ask_again_at", "pay_url"),
    )
    readonly_fields = ("paid_for", "by_way_of", "amount", "refunded")
    inlines = (PaymentHistory, RefundsOfPayment)
    actions = ("ask_provider_now",)

    @display(description=_("provider"), ordering="provider")
    def by_way_of(self, payment: Payment) -> str:
        return naming.provider(payment.provider)

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, payment: Payment) -> str:
        return in_yuan(payment.amount_fen)

    @display(description=_("refunded"))
    def refunded(self, payment: Payment) -> str:
        place = f"{reverse('admin:farm_refund_changelist')}?q={payment.trade_no}"
        words = in_yuan(payment.refunded_fen)
        return places.led("farm_refund", place, words, self.reader) if payment.refunded_fen else "-"

    @display(description=_("status"), ordering="status", label=PAYMENT_COLOURS)
    def state(self, payment: Payment) -> tuple[str, str]:
        return payment.status, payment.get_status_display()

    def found(self, queryset: QuerySet[Payment], term: str) -> QuerySet[Payment]:
        return queryset.filter(_is_called(term))

    @action(description=_("Ask the provider now"), permissions=["ask_provider"])
    def ask_provider_now(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        now = timezone.now()
        self.do(
            request,
            queryset,
            lambda payment: payments.ask_about(payment=payment, now=now),
            said=_now("asked the provider"),
        )


class RefundHistory(EventHistory):
    model = RefundEvent


class SentByHand(History):
    model = PaidAnotherWay
    fields = ("at", "amount", "how", "reference", "by")
    readonly_fields = fields

    @display(description=_("amount"))
    def amount(self, paid: PaidAnotherWay) -> str:
        return in_yuan(paid.amount_fen)


class ByReason(InWords):
    """What follows a reason, as in `damage BD…`, only tells two of one kind apart."""

    title = _("why")
    parameter_name = "why"
    words = naming.REFUND

    def queryset(self, request: HttpRequest, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        word = self.value()
        return queryset.filter(why__startswith=word) if word else queryset


@admin.register(Refund)
class RefundAdmin(Exportable, ReadOnly, MayAskProvider):
    resource_classes = [RefundResource]
    list_display = ("refund_no", "paid_for", "amount", "reason", "state", "asked", "done")
    fields = ("refund_no", ("payment", "paid_for"), ("amount", "reason"), ("status", "asked_at", "done_at"))
    readonly_fields = ("paid_for", "amount", "reason")
    asked = moment("asked_at", _("asked"))
    done = moment("done_at", _("done"))
    list_filter = ("status", ByReason)
    linked_by = ("asked_at__lte",)
    list_select_related = ("payment",)
    search_fields = ("refund_no",)
    search_help_text = _("a whole number of a refund, a payment, an order or a booking")
    inlines = (RefundHistory, SentByHand)
    actions = ("ask_provider_now", "paid_back_in_cash", "paid_back_by_qr")
    actions_detail = ("paid_in_cash_one", "paid_by_qr_one", "paid_another_way")

    def has_take_at_desk_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """The buttons are there only while the refund waits for a hand at the desk."""
        waiting = Refund.objects.filter(status=Refund.Status.DUE, payment__provider=DESK)
        may = request.user.has_perm("farm.take_at_desk")
        return bool(may and (object_id is None or waiting.filter(pk=object_id).exists()))

    @display(description=_("for what"))
    def paid_for(self, refund: Refund) -> str:
        return self.link_to(refund.payment.payable)

    @display(description=_("why"), ordering="why")
    def reason(self, refund: Refund) -> str:
        return naming.reason(refund.why)

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, refund: Refund) -> str:
        return in_yuan(refund.amount_fen)

    @display(description=_("status"), ordering="status", label=REFUND_COLOURS)
    def state(self, refund: Refund) -> tuple[str, str]:
        return refund.status, refund.get_status_display()

    def found(self, queryset: QuerySet[Refund], term: str) -> QuerySet[Refund]:
        paid = Payment.objects.filter(_is_called(term))
        return queryset.filter(Q(refund_no=term.upper()) | Q(payment__in=paid))

    @action(description=_("Try again now"), permissions=["ask_provider"])
    def ask_provider_now(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        """The refund's job asks under the same number, so the money cannot go back twice."""
        now = timezone.now()
        self.do(
            request,
            queryset,
            lambda refund: payments.ask_about_refund(refund=refund, now=now),
            said=_now("asked again"),
        )

    @action(description=_("Paid back at the desk in cash"), permissions=["take_at_desk"])
    @ask_first(IN_CASH_DIALOG, back_fen=back_fen)
    def paid_back_in_cash(self, request: HttpRequest, queryset: QuerySet[Refund], form: Any) -> None:
        self._paid_back(request, queryset, TillEntry.How.CASH)

    @action(description=_("Paid back at the desk by QR code"), permissions=["take_at_desk"])
    @ask_first(BY_QR_DIALOG, back_fen=back_fen)
    def paid_back_by_qr(self, request: HttpRequest, queryset: QuerySet[Refund], form: Any) -> None:
        self._paid_back(request, queryset, TillEntry.How.QR)

    @action(description=_("Paid back in cash"), permissions=["take_at_desk"], icon="payments", dialog=IN_CASH_DIALOG)
    def paid_in_cash_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._paid_back_one(request, object_id, TillEntry.How.CASH)

    @action(description=_("Paid back by QR code"), permissions=["take_at_desk"], icon="qr_code_2", dialog=BY_QR_DIALOG)
    def paid_by_qr_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._paid_back_one(request, object_id, TillEntry.How.QR)

    @action(
        description=_("Paid back another way"), permissions=["pay_by_hand"], icon="payments", dialog=ANOTHER_WAY_DIALOG
    )
    def paid_another_way(self, request: HttpRequest, form: AnotherWayForm, object_id: str) -> HttpResponse:
        refund, by, now = Refund.objects.get(pk=object_id), hand(request.user), timezone.now()
        words = {name: form.cleaned_data[name] for name in ("how", "reference")}
        self.do(
            request,
            [refund],
            lambda row: payments.pay_another_way(refund=row, **words, by=by, now=now),
            said=_now("paid back another way"),
        )
        return self.back_to(request, refund)

    def has_pay_by_hand_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Money by hand needs both rights; the button is there only for what a provider refused."""
        may = request.user.has_perms(["farm.ask_provider", "farm.take_at_desk"])
        refused = Refund.objects.filter(status=Refund.Status.REFUSED)
        return bool(may and (object_id is None or refused.filter(pk=object_id).exists()))

    def _paid_back_one(self, request: HttpRequest, key: str, how: TillEntry.How) -> HttpResponse:
        refund = Refund.objects.select_related("payment").get(pk=key)
        self._paid_back(request, [refund], how)
        return self.back_to(request, refund)

    def _paid_back(self, request: HttpRequest, refunds: Iterable[Refund], how: TillEntry.How) -> None:
        by, now = hand(request.user), timezone.now()
        self.do(
            request,
            refunds,
            lambda refund: payments.pay_back(refund=refund, by=by, how=how, now=now),
            said=_now("paid back"),
        )


@admin.register(LedgerEntry)
class LedgerEntryAdmin(Exportable, Payable, ReadOnly, StaffAdmin):
    resource_classes = [LedgerResource]
    list_display = ("when", "paid_for", "amount", "trade", "refunded_by")
    when = moment("at", _("at"))
    list_select_related = ("payment", "refund")
    fields = ("at", "paid_for", "amount", ("payment", "refund"))
    readonly_fields = ("paid_for", "amount")
    search_fields = ("payable",)
    search_help_text = _("a whole number of an order or a booking")

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, entry: LedgerEntry) -> str:
        return in_yuan(entry.amount_fen)

    @display(description=_("payment"))
    def trade(self, entry: LedgerEntry) -> str:
        return entry.payment.trade_no

    @display(description=_("refund"))
    def refunded_by(self, entry: LedgerEntry) -> str:
        return entry.refund.refund_no if entry.refund else "-"

    def found(self, queryset: QuerySet[LedgerEntry], term: str) -> QuerySet[LedgerEntry]:
        return queryset.filter(places.named("payable", term))


class ByMovement(InWords):
    title = _("why")
    parameter_name = "why"
    words = naming.MOVEMENT


@admin.register(Movement)
class MovementAdmin(ReadOnly, CalledByName):
    names = "counter"
    list_display = ("when", "held_by", "how_many", "of_what", "reason")
    when = moment("at", _("at"))
    list_filter = (ByMovement,)
    fields = ("at", "held_by", ("how_many", "of_what"), "reason")
    readonly_fields = ("held_by", "how_many", "of_what", "reason")
    search_fields = ("holder",)
    search_help_text = _("a whole number of an order or a booking")

    @display(description=_("for what"))
    def held_by(self, movement: Movement) -> str:
        return self.link_to(movement.holder)

    @display(description=_("how many"), ordering="amount")
    def how_many(self, movement: Movement) -> str:
        return f"{movement.amount:+d}"

    @display(description=_("of what"))
    def of_what(self, movement: Movement) -> str:
        return self.linked(movement)

    @display(description=_("why"), ordering="why")
    def reason(self, movement: Movement) -> str:
        return naming.reason(movement.why)

    def found(self, queryset: QuerySet[Movement], term: str) -> QuerySet[Movement]:
        return queryset.filter(Q(counter=term) | places.named("holder", term))


def _is_called(term: str) -> Q:
    """Payments with that number, or for the order or booking with it."""
    return Q(trade_no=term.upper()) | places.named("payable", term)
