from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farm import naming
from farm.language import titled
from farm.money import in_yuan
from farm.states import Event, Moves


class PaymentQuerySet(models.QuerySet["Payment"]):
    def in_hand(self) -> "PaymentQuerySet":
        """Captured money of which nothing was ever to go back: what it pays for has it, or is still to be told.

        How much of it went back does not say so: a refund that its provider refuses counts as nothing again.
        """
        sent_back = Refund.objects.filter(payment=models.OuterRef("pk"))
        return self.filter(~models.Exists(sent_back), status=Payment.Status.CAPTURED)


class Payment(Moves):
    """One attempt to be paid for one payable (`order:BZ…`). Amounts are whole fen."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        CAPTURED = "captured", _("Captured")
        FAILED = "failed", _("Failed")
        CLOSED = "closed", _("Closed")

    # Money can still arrive for an attempt we closed or that failed: it is captured, then sent back.
    MOVES = {
        Status.CAPTURED: (Status.PENDING, Status.FAILED, Status.CLOSED),
        Status.FAILED: (Status.PENDING,),
        Status.CLOSED: (Status.PENDING, Status.FAILED),
    }

    trade_no = models.CharField(
        _("trade no"), max_length=32, unique=True, help_text=_("our number at the provider, one per attempt")
    )
    payable = models.CharField(_("payable"), max_length=60, db_index=True, help_text=_("e.g. order:BZ7K3M9QF2XA"))
    provider = models.CharField(_("provider"), max_length=20)
    amount_fen = models.PositiveIntegerField(_("amount (fen)"))
    refunded_fen = models.PositiveIntegerField(_("refunded (fen)"), default=0, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING, editable=False)
    pay_url = models.CharField(_("pay url"), max_length=4000, blank=True)  # some providers sign a whole order into it
    return_url = models.CharField(_("return url"), max_length=400, blank=True)
    provider_ref = models.CharField(
        _("provider ref"), max_length=64, blank=True, help_text=_("the provider's own number of the trade")
    )
    started_at = models.DateTimeField(_("started at"))
    expires_at = models.DateTimeField(_("expires at"), help_text=_("when the hold it pays for ends"))
    captured_at = models.DateTimeField(_("captured at"), null=True, blank=True)
    ask_again_at = models.DateTimeField(
        _("ask again at"), null=True, blank=True, help_text=_("when the sweep asks the provider next")
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions = [
            ("ask_provider", "Can ask the provider about a payment or refund now"),
            ("take_at_desk", "Can take money at the desk and pay it back by hand"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(refunded_fen__lte=F("amount_fen")), name="never_refund_more_than_paid")
        ]
        indexes = [
            models.Index(fields=["ask_again_at"], name="payments_to_ask_about", condition=Q(ask_again_at__isnull=False))
        ]

    def __str__(self) -> str:
        return titled(self, self.trade_no)


class PaymentEvent(Event):
    payment = models.ForeignKey(Payment, models.CASCADE, verbose_name=_("payment"), related_name="events")

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")


class Refund(Moves):
    """Money to send back. Its own number is made before the provider is called and reused by every retry."""

    class Status(models.TextChoices):
        DUE = "due", _("Due")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    MOVES = {Status.DONE: (Status.DUE, Status.REFUSED), Status.REFUSED: (Status.DUE,)}

    refund_no = models.CharField(_("refund no"), max_length=32, unique=True)
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="refunds")
    amount_fen = models.PositiveIntegerField(_("amount (fen)"))
    why = models.CharField(_("why"), max_length=24, help_text=_("cancelled, late, double"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DUE, editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.UniqueConstraint(fields=["payment", "why"], name="one_refund_for_one_reason")]

    def __str__(self) -> str:
        return titled(self, self.refund_no)


class RefundEvent(Event):
    refund = models.ForeignKey(Refund, models.CASCADE, verbose_name=_("refund"), related_name="events")

    class Meta:
        verbose_name = _("refund event")
        verbose_name_plural = _("refund events")


class LedgerEntry(models.Model):
    """The farm's money book: one row per fen that moved, append-only. Captures are above 0, refunds below."""

    at = models.DateTimeField(_("at"))
    payable = models.CharField(_("payable"), max_length=60, db_index=True)
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="ledger")
    refund = models.OneToOneField(
        Refund, models.PROTECT, verbose_name=_("refund"), null=True, blank=True, related_name="ledger_entry"
    )
    amount_fen = models.IntegerField(_("amount (fen)"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(refund__isnull=True), name="a_payment_is_captured_once"
            )
        ]
        indexes = [models.Index(fields=["at"], name="ledger_of_a_day")]

    def __str__(self) -> str:
        return f"{naming.thing(self.payable)} {in_yuan(self.amount_fen)}"


class PaidAnotherWay(models.Model):
    """A refund that its provider refused and that our people sent back by another way. Append-only."""

    class How(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        CASH = "cash", _("cash")
        QR = "qr", _("the farm's own QR code")
        OTHER = "other", _("another way")

    refund = models.OneToOneField(Refund, models.PROTECT, verbose_name=_("refund"), related_name="another_way")
    at = models.DateTimeField(_("at"))
    amount_fen = models.PositiveIntegerField(_("amount (fen)"))
    how = models.CharField(_("how it was paid"), max_length=8, choices=How)
    reference = models.CharField(_("reference"), max_length=64, help_text=_("the bank's number, or who signed for it"))
    by = models.CharField(_("done by"), max_length=60, help_text=_("the staff member's name"))

    class Meta:
        verbose_name = _("refund paid another way")
        verbose_name_plural = _("refunds paid another way")
        constraints = [models.CheckConstraint(condition=~Q(reference=""), name="money_sent_by_hand_has_a_reference")]

    def __str__(self) -> str:
        return f"{in_yuan(self.amount_fen)} ({self.get_how_display()})"


class StatementCheck(models.Model):
    """One provider's statement of one farm-local day, compared line by line with our ledger."""

    provider = models.CharField(_("provider"), max_length=20)
    date = models.DateField(_("date"))
    lines = models.PositiveIntegerField(_("lines"), help_text=_("how many the provider sent"))
    differences = models.PositiveIntegerField(
        _("differences"), help_text=_("lines on which we and the provider do not agree")
    )
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("statement check")
        verbose_name_plural = _("statement checks")
        ordering = ["-date", "provider"]
        constraints = [models.UniqueConstraint(fields=["provider", "date"], name="one_check_per_statement")]

    def __str__(self) -> str:
        return f"{naming.provider(self.provider)} {self.date}"


class TillEntry(models.Model):
    """The desk's own book: money that our people took or paid back by hand. Append-only."""

    class How(models.TextChoices):
        CASH = "cash", _("cash")
        QR = "qr", _("the farm's own QR code")

    at = models.DateTimeField(_("at"), db_index=True)
    trade_no = models.CharField(_("trade no"), max_length=32)
    refund_no = models.CharField(_("refund no"), max_length=32, blank=True, help_text=_("empty for money taken"))
    amount_fen = models.IntegerField(_("amount (fen)"), help_text=_("above 0 taken, below 0 paid back"))
    how = models.CharField(_("how it was paid"), max_length=8, choices=How)
    by = models.CharField(_("done by"), max_length=60, help_text=_("the staff member's name"))

    class Meta:
        verbose_name = _("till entry")
        verbose_name_plural = _("till entries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["trade_no", "refund_no"], name="a_hand_moves_money_once"),
            models.CheckConstraint(
                condition=Q(refund_no="", amount_fen__gt=0) | (~Q(refund_no="") & Q(amount_fen__lt=0)),
                name="a_till_takes_or_pays_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_no or self.trade_no} {in_yuan(self.amount_fen)}"


class CashierTrade(models.Model):
    """The practice cashier's own book: what a real provider keeps; the farm asks only through the adapter."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        CLOSED = "closed", _("Closed")

    trade_no = models.CharField(_("trade no"), max_length=32, unique=True)
    subject = models.CharField(_("subject"), max_length=120)
    amount_fen = models.PositiveIntegerField(_("amount (fen)"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    pays_at = models.DateTimeField(
        _("pays at"), null=True, blank=True, help_text=_("the buyer chose to pay late, at this moment")
    )
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    refunds = models.JSONField(_("refunds"), default=dict, blank=True, help_text=_("{refund_no: {fen, at}}"))

    class Meta:
        verbose_name = _("cashier trade")
        verbose_name_plural = _("cashier trades")

    def __str__(self) -> str:
        return f"cashier trade {self.trade_no} ({self.state})"
