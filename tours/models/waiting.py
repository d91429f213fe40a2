import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.states import Event, Moves
from tours.models.bookings import Booking
from tours.models.slots import Slot


class WaitingParty(Moves):
    """A whole party in line for a full slot; when it fits, it is offered its seats for a while."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        BOOKED = "booked", _("Booked")
        LAPSED = "lapsed", _("Lapsed")
        LEFT = "left", _("Left")

    MOVES = {
        Status.OFFERED: (Status.WAITING,),
        Status.BOOKED: (Status.OFFERED,),
        Status.LAPSED: (Status.WAITING, Status.OFFERED),
        Status.LEFT: (Status.WAITING, Status.OFFERED),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, verbose_name=_("slot"), related_name="waiting")
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("phone"), max_length=20)
    email = models.EmailField(_("email"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    party = models.JSONField(_("tickets wanted"), help_text=_('by the codes of ticket types, e.g. {"adult": 2}'))
    seats = models.JSONField(
        _("seats"),
        default=dict,
        help_text=_("what each ticket takes, by the codes of ticket types, as it was accepted"),
    )
    people = models.PositiveIntegerField(_("people"), help_text=_("seats it needs"))
    joined_at = models.DateTimeField(_("joined at"))
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    booking = models.OneToOneField(
        Booking, models.PROTECT, verbose_name=_("booking"), null=True, blank=True, related_name="waited_as"
    )

    class Meta:
        verbose_name = _("waiting party")
        verbose_name_plural = _("waiting parties")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "phone"], condition=Q(status__in=("waiting", "offered")), name="one_place_per_phone"
            )
        ]
        indexes = [
            models.Index(fields=["phone"], name="parties_of_a_phone"),
            models.Index(Lower("email"), name="parties_of_a_mail"),
            models.Index(fields=["slot"], name="parties_in_line", condition=Q(status="waiting")),
            models.Index(fields=["offered_until"], name="offers_to_end", condition=Q(status="offered")),
        ]

    def __str__(self) -> str:
        return titled(self, self.number)

    @property
    def holder(self) -> str:
        """The name under which movements speak of the seats offered to it."""
        return f"waiting:{self.number}"

    def may_book(self, now: dt.datetime) -> bool:
        return self.status == self.Status.OFFERED and self.offered_until is not None and now < self.offered_until


class WaitingPartyEvent(Event):
    party = models.ForeignKey(WaitingParty, models.CASCADE, verbose_name=_("party"), related_name="events")

    class Meta:
        verbose_name = _("waiting party event")
        verbose_name_plural = _("waiting party events")
        ordering = ["pk"]
