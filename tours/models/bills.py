from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tours.models.bookings import Booking


class Bill(models.Model):
    """One sum asked for a booking: all of it, a deposit, the remainder, a difference."""

    class Why(models.TextChoices):
        FULL = "full", _("Full")
        DEPOSIT = "deposit", _("Deposit")
        REMAINDER = "remainder", _("Remainder")
        DIFFERENCE = "difference", _("Difference")

    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="bills")
    number = models.PositiveSmallIntegerField(_("number"))
    why = models.CharField(_("why"), max_length=10, choices=Why)
    amount_fen = models.PositiveIntegerField(_("amount (fen)"))
    made_at = models.DateTimeField(_("made at"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    paid_by = models.CharField(
        _("paid by"),
        max_length=32,
        blank=True,
        db_index=True,
        help_text=_("the trade number of the payment that paid it"),
    )
    kept_fen = models.PositiveIntegerField(
        _("kept (fen)"), default=0, help_text=_("of what was paid, not promised back")
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        ordering = ["booking", "number"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "number"], name="one_bill_per_number"),
            models.CheckConstraint(condition=Q(kept_fen__lte=F("amount_fen")), name="a_bill_keeps_what_was_paid"),
        ]

    def __str__(self) -> str:
        return f"bill {self.number} of booking {self.booking_id}: {self.amount_fen} fen"

    @property
    def payable(self) -> str:
        """The name under which money speaks of this bill."""
        return f"booking:{self.booking.number}/{self.number}"

    @property
    def is_open(self) -> bool:
        return self.paid_at is None and self.voided_at is None
