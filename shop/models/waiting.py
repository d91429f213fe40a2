import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.states import Event, Moves
from shop.models.dates import ShipDate
from shop.models.orders import Order


class WaitingOrder(Moves):
    """A whole order in line for a full ship date; when it fits, its boxes are kept for it for a while."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        ORDERED = "ordered", _("Ordered")
        LAPSED = "lapsed", _("Lapsed")
        LEFT = "left", _("Left")

    MOVES = {
        Status.OFFERED: (Status.WAITING,),
        Status.ORDERED: (Status.OFFERED,),
        Status.LAPSED: (Status.WAITING, Status.OFFERED),
        Status.LEFT: (Status.WAITING, Status.OFFERED),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING, editable=False)
    ship_date = models.ForeignKey(ShipDate, models.PROTECT, verbose_name=_("ship date"), related_name="waiting")
    wants = models.JSONField(_("boxes wanted"), help_text=_('by the codes of boxes, e.g. {"kyoho-2500": 2}'))
    packing_units = models.PositiveIntegerField(_("packing units"))
    net_grams = models.PositiveIntegerField(_("net grams"))
    phone = models.CharField(_("phone"), max_length=20)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    joined_at = models.DateTimeField(_("joined at"))
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    order = models.OneToOneField(
        Order, models.PROTECT, verbose_name=_("order"), null=True, blank=True, related_name="waited_as"
    )

    class Meta:
        verbose_name = _("waiting order")
        verbose_name_plural = _("waiting orders")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ship_date", "phone"],
                condition=Q(status__in=("waiting", "offered")),
                name="one_place_in_line_per_phone",
            )
        ]
        indexes = [
            models.Index(fields=["phone"], name="places_in_line_of_a_phone"),
            models.Index(fields=["ship_date"], name="orders_in_line", condition=Q(status="waiting")),
            models.Index(fields=["offered_until"], name="box_offers_to_end", condition=Q(status="offered")),
        ]

    def __str__(self) -> str:
        return titled(self, self.number)

    @property
    def holder(self) -> str:
        """The name under which movements speak of the boxes that are kept for it."""
        return f"in-line:{self.number}"

    def may_order(self, now: dt.datetime) -> bool:
        return self.status == self.Status.OFFERED and self.offered_until is not None and now < self.offered_until


class WaitingOrderEvent(Event):
    waiting_order = models.ForeignKey(
        WaitingOrder, models.CASCADE, verbose_name=_("waiting order"), related_name="events"
    )

    class Meta:
        verbose_name = _("waiting order event")
        verbose_name_plural = _("waiting order events")
        ordering = ["pk"]
