from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language, titled
from farm.states import Event, Moves
from tours.models.bookings import Booking
from tours.models.slots import Slot, VisitorsDay


class Closure(Moves):
    """Slots closed for rain or another reason, and what becomes of their bookings."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")
        UNDONE = "undone", _("Undone")

    MOVES = {Status.SETTLED: (Status.OPEN,), Status.UNDONE: (Status.OPEN,)}

    class Otherwise(models.TextChoices):
        REFUND = "refund", _("all money goes back")
        CREDIT = "credit", _("a credit for another visit")

    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.OPEN, editable=False)
    slots = models.ManyToManyField(Slot, verbose_name=_("slots"), related_name="closures")
    day = models.ForeignKey(
        VisitorsDay,
        models.PROTECT,
        verbose_name=_("day"),
        null=True,
        blank=True,
        related_name="closures",
        help_text=_("the whole day is closed"),
    )
    reason_zh = models.CharField(_("reason (Chinese)"), max_length=60)
    reason_en = models.CharField(_("reason (English)"), max_length=60)
    otherwise = models.CharField(
        _("otherwise"),
        max_length=6,
        choices=Otherwise,
        default=Otherwise.REFUND,
        help_text=_("for who has not answered in time"),
    )
    made_at = models.DateTimeField(_("made at"))
    made_by = models.CharField(_("made by"), max_length=60)
    answer_until = models.DateTimeField(_("answer until"))

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["-pk"]
        permissions = [("close_slots", "Can close slots for rain and undo it")]

    def __str__(self) -> str:
        return titled(self, self.number)

    @property
    def reason(self) -> str:
        return in_readers_language(self.reason_zh, self.reason_en)


class ClosureEvent(Event):
    closure = models.ForeignKey(Closure, models.CASCADE, verbose_name=_("closure"), related_name="events")

    class Meta:
        verbose_name = _("closure event")
        verbose_name_plural = _("closure events")
        ordering = ["pk"]


class ClosureOffer(Moves):
    """What one party of a closed slot may choose: another slot, its money, a credit.

    Until it answers, its booking holds seats in every alternative too.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MOVED = "moved", _("Moved")
        REFUNDED = "refunded", _("Refunded")
        CREDITED = "credited", _("Credited")
        UNDONE = "undone", _("Undone")

    MOVES = {
        Status.MOVED: (Status.WAITING,),
        Status.REFUNDED: (Status.WAITING,),
        Status.CREDITED: (Status.WAITING,),
        Status.UNDONE: (Status.WAITING,),
    }

    closure = models.ForeignKey(Closure, models.CASCADE, verbose_name=_("closure"), related_name="offers")
    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="closure_offers")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING, editable=False)
    alternatives = models.ManyToManyField(
        Slot, verbose_name=_("alternatives"), related_name="+", help_text=_("slots in which its seats are held")
    )

    class Meta:
        verbose_name = _("closure offer")
        verbose_name_plural = _("closure offers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["closure", "booking"], name="one_offer_per_closure_and_booking"),
            models.UniqueConstraint(fields=["booking"], condition=Q(status="waiting"), name="one_open_offer_at_a_time"),
        ]

    def __str__(self) -> str:
        return titled(self, self.pk)


class ClosureOfferEvent(Event):
    offer = models.ForeignKey(ClosureOffer, models.CASCADE, verbose_name=_("offer"), related_name="events")

    class Meta:
        verbose_name = _("closure offer event")
        verbose_name_plural = _("closure offer events")
        ordering = ["pk"]
