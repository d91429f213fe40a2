from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from shop.models.dates import ShipDate
from shop.models.orders import Order


class PickWave(models.Model):
    """The orders of one ship date that are picked together: one pick list."""

    ship_date = models.ForeignKey(ShipDate, models.PROTECT, verbose_name=_("ship date"), related_name="waves")
    number = models.PositiveSmallIntegerField(_("number"))
    planned_at = models.DateTimeField(_("planned at"))

    class Meta:
        verbose_name = _("pick wave")
        verbose_name_plural = _("pick waves")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["ship_date", "number"], name="one_wave_per_number")]

    def __str__(self) -> str:
        return f"{self.ship_date.date} {titled(self, self.number)}"


class Shipment(models.Model):
    """The parcel of an order and who carries it."""

    order = models.OneToOneField(Order, models.PROTECT, verbose_name=_("order"), related_name="shipment")
    carrier = models.CharField(_("carrier"), max_length=20, help_text=_("a name in shop.carriers"))
    request_no = models.CharField(
        _("request no"), max_length=32, unique=True, help_text=_("our own number at the carrier; retries reuse it")
    )
    waybill_no = models.CharField(_("waybill no"), max_length=40, blank=True)
    packed_at = models.DateTimeField(_("packed at"))
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, blank=True, help_text=_("the day it should arrive"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    ask_again_at = models.DateTimeField(
        _("ask again at"),
        null=True,
        blank=True,
        help_text=_("when the sweep asks the carrier next; empty: nobody asks"),
    )

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "waybill_no"], condition=~Q(waybill_no=""), name="a_waybill_belongs_to_one_parcel"
            )
        ]
        indexes = [
            models.Index(fields=["ask_again_at"], name="parcels_to_ask_about", condition=Q(ask_again_at__isnull=False))
        ]

    def __str__(self) -> str:
        return titled(self, self.request_no)


class Label(models.Model):
    """The drawn shipping label, 100 x 150 mm. Deleted 30 days after delivery."""

    shipment = models.OneToOneField(Shipment, models.CASCADE, verbose_name=_("shipment"), related_name="label")
    pdf = models.BinaryField(_("pdf"))
    drawn_at = models.DateTimeField(_("drawn at"))
    prints = models.PositiveSmallIntegerField(_("prints"), default=0, editable=False)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")

    def __str__(self) -> str:
        return f"label of {self.shipment_id}"


class TrackingEvent(models.Model):
    """What a carrier said of a parcel; a repeated push is the same row."""

    class Code(models.TextChoices):
        COLLECTED = "collected", _("Collected")
        MOVING = "moving", _("Moving")
        DELIVERING = "delivering", _("Delivering")
        DELIVERED = "delivered", _("Delivered")
        PROBLEM = "problem", _("Problem")
        OTHER = "other", _("Other")

    shipment = models.ForeignKey(Shipment, models.CASCADE, verbose_name=_("shipment"), related_name="tracking")
    at = models.DateTimeField(_("at"))
    code = models.CharField(_("code"), max_length=12, choices=Code)
    place = models.CharField(_("place"), max_length=60, blank=True, help_text=_("the city, never an address"))
    text = models.CharField(_("what the carrier said"), max_length=200)

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["shipment", "at", "code"], name="a_carrier_event_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"
