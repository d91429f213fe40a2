import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.models import Payment
from farm.models.payments import PaymentQuerySet
from farm.states import Event, Moves
from tours.models.bills import Bill
from tours.models.bookings import Booking
from tours.models.slots import Slot


class RebookingQuerySet(models.QuerySet["Rebooking"]):
    def held(self) -> "RebookingQuerySet":
        return self.filter(status=Rebooking.Status.HELD)

    def with_a_dead_hold(self, now: dt.datetime) -> "RebookingQuerySet":
        """Changes whose time is over, but for those whose money was taken in time and is still to be told."""
        taken_in_time = _attempts().in_hand().filter(captured_at__lt=OuterRef("hold_until"))
        return self.held().filter(~Exists(taken_in_time), hold_until__lte=now)

    def told_of(self, since: dt.datetime) -> "RebookingQuerySet":
        """Changes of which no provider has a last word to say: no attempt is open, or the time ended by `since`."""
        still_open = _attempts().filter(status=Payment.Status.PENDING)
        return self.filter(~Exists(still_open) | Q(hold_until__lte=since))


def _attempts() -> PaymentQuerySet:
    """All attempts to pay the difference of a change."""
    bill = Cast(OuterRef("bill__number"), models.CharField())
    return Payment.objects.filter(payable=Concat(Value("booking:"), OuterRef("booking__number"), Value("/"), bill))


class Rebooking(Moves):
    """A change that costs more: the booking holds the new seats beside the old ones until the difference is paid."""

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        DONE = "done", _("Done")
        EXPIRED = "expired", _("Hold ended")
        DROPPED = "dropped", _("Dropped")

    MOVES = {
        Status.DONE: (Status.HELD,),
        Status.EXPIRED: (Status.HELD,),
        Status.DROPPED: (Status.HELD,),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.HELD, editable=False)
    booking = models.ForeignKey(Booking, models.CASCADE, verbose_name=_("booking"), related_name="rebookings")
    slot = models.ForeignKey(Slot, models.PROTECT, verbose_name=_("slot"), related_name="+")
    party = models.JSONField(_("tickets wanted"), help_text=_('by the codes of ticket types, e.g. {"adult": 2}'))
    prices = models.JSONField(_("prices"), help_text=_("fen by the codes of ticket types, as they were shown"))
    seats = models.JSONField(
        _("seats"),
        default=dict,
        help_text=_("what each ticket takes, by the codes of ticket types, as it was accepted"),
    )
    people = models.PositiveIntegerField(_("people"))
    total_fen = models.PositiveIntegerField(_("total (fen)"), editable=False)
    bill = models.OneToOneField(Bill, models.PROTECT, verbose_name=_("bill"), related_name="rebooking")
    held_at = models.DateTimeField(_("held at"))
    hold_until = models.DateTimeField(_("hold until"))

    objects = RebookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rebooking")
        verbose_name_plural = _("rebookings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["booking"], condition=Q(status="held"), name="one_change_at_a_time")
        ]
        indexes = [models.Index(fields=["hold_until"], name="changes_on_hold", condition=Q(status="held"))]

    def __str__(self) -> str:
        return titled(self, self.number)

    def awaits_payment(self, now: dt.datetime) -> bool:
        return self.status == self.Status.HELD and now < self.hold_until


class RebookingEvent(Event):
    rebooking = models.ForeignKey(Rebooking, models.CASCADE, verbose_name=_("rebooking"), related_name="events")

    class Meta:
        verbose_name = _("rebooking event")
        verbose_name_plural = _("rebooking events")
        ordering = ["pk"]
