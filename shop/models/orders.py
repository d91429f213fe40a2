import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat, Left
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.models import Payment
from farm.models.payments import PaymentQuerySet
from farm.states import Event, Moves
from shop import freight
from shop.models.catalog import Box
from shop.models.dates import ShipDate
from shop.models.lots import Lot

FOR_ANOTHER = ~Q(buyer_phone=F("phone"))


class OrderQuerySet(models.QuerySet["Order"]):
    def unpaid(self) -> "OrderQuerySet":
        return self.filter(status=Order.Status.PLACED)

    def with_a_dead_hold(self, now: dt.datetime) -> "OrderQuerySet":
        """Unpaid orders whose time is over, but for those whose money was taken in time and is still to be told."""
        taken_in_time = _attempts().in_hand().filter(captured_at__lt=models.OuterRef("hold_until"))
        return self.unpaid().filter(~models.Exists(taken_in_time), hold_until__lte=now)

    def told_of(self, since: dt.datetime) -> "OrderQuerySet":
        """Orders of which no provider has a last word to say: no attempt is open, or the hold ended by `since`."""
        still_open = _attempts().filter(status=Payment.Status.PENDING)
        return self.filter(~models.Exists(still_open) | Q(hold_until__lte=since))

    def for_others(self) -> "OrderQuerySet":
        """Orders whose parcel goes to somebody else than the buyer."""
        return self.filter(FOR_ANOTHER)

    def of_phone(self, phone: str) -> "OrderQuerySet":
        """Orders bought with this phone or sent to it."""
        return self.filter(Q(buyer_phone=phone) | FOR_ANOTHER & Q(phone=phone))

    def of_sound_lots(self) -> "OrderQuerySet":
        """Orders whose every lot may be packed; one with a lot withdrawn or over on arrival waits for staff."""
        return self.exclude(_has_unsound_lots())

    def of_working_days(self) -> "OrderQuerySet":
        """Orders whose ship date is not closed; one of a closed date waits for staff."""
        return self.exclude(models.Exists(ShipDate.objects.filter(pk=models.OuterRef("ship_date"), is_closed=True)))

    def of_unsound_lots(self) -> "OrderQuerySet":
        """Orders with a lot that is withdrawn, or over before the parcel can be there."""
        return self.filter(_has_unsound_lots())

    def spoilt_by(self, lot: int) -> "OrderQuerySet":
        """Orders with grapes of this lot, when it is withdrawn, or over before their parcel can be there."""
        return self.filter(pk__in=_unsound_lines().filter(lot=lot).values("order"))

    def stranded(self) -> "OrderQuerySet":
        """Orders that cannot leave as promised until staff move or cancel them: day closed, lot withdrawn or over.

        Of those that are picked or packed only the grapes matter: a closed day does not spoil them.
        """
        not_picked = Q(status__in=Order.MOVABLE) & (Q(ship_date__is_closed=True) | _has_unsound_lots())
        return self.filter(not_picked | Q(status__in=Order.AT_THE_BENCH) & _has_unsound_lots())

    def with_everything(self) -> "OrderQuerySet":
        """What an order's page shows, in a fixed number of queries."""
        return self.select_related("ship_date", "shipment").prefetch_related(
            "lines__box__variety", "lines__lot", "events", "shipment__tracking"
        )


class Order(Moves):
    """Boxes for one address on one ship date. While it awaits payment the order itself is the hold."""

    class Status(models.TextChoices):
        PLACED = "placed", _("Placed")
        PAID = "paid", _("Paid")
        PLANNED = "planned", _("Planned")
        PICKED = "picked", _("Picked")
        PACKED = "packed", _("Packed")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Hold ended")

    MOVES = {
        # from planned: staff move it, it leaves its wave; from the bench: its grapes must not leave, it is taken apart
        Status.PAID: (Status.PLACED, Status.PLANNED, Status.PICKED, Status.PACKED),
        Status.PLANNED: (Status.PAID,),
        Status.PICKED: (Status.PLANNED,),
        Status.PACKED: (Status.PICKED,),
        Status.SHIPPED: (Status.PACKED,),
        Status.DELIVERED: (Status.SHIPPED,),
        Status.CANCELLED: (Status.PLACED, Status.PAID, Status.PLANNED),
        Status.EXPIRED: (Status.PLACED,),
    }
    HOLDING = (
        Status.PLACED,
        Status.PAID,
        Status.PLANNED,
        Status.PICKED,
        Status.PACKED,
        Status.SHIPPED,
        Status.DELIVERED,
    )
    """Statuses in which the order keeps what it took of its ship date and lots."""
    MOVABLE = (Status.PLACED, Status.PAID, Status.PLANNED)
    """Statuses in which staff can still move or cancel it: nothing is picked yet."""
    AT_THE_BENCH = (Status.PICKED, Status.PACKED)

    number = models.CharField(_("number"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLACED, editable=False)
    ship_date = models.ForeignKey(ShipDate, models.PROTECT, verbose_name=_("ship date"), related_name="orders")
    wave = models.ForeignKey(
        "shop.PickWave", models.PROTECT, verbose_name=_("wave"), null=True, blank=True, related_name="orders"
    )
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("phone"), max_length=20)
    buyer_phone = models.CharField(
        _("buyer's phone"),
        max_length=20,
        blank=True,
        help_text=_("messages about the order go there; the parcel's own phone, unless it goes to somebody else"),
    )
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    division_code = models.CharField(_("division code"), max_length=6)
    province = models.CharField(_("province"), max_length=30)
    city = models.CharField(_("city"), max_length=30)
    district = models.CharField(_("district"), max_length=30)
    street = models.CharField(_("street"), max_length=120)
    gift_message = models.CharField(_("gift message"), max_length=120, blank=True)
    hides_price = models.BooleanField(_("hides price"), default=False, help_text=_("no prices on paper in the parcel"))
    packing_units = models.PositiveIntegerField(_("packing units"))
    net_grams = models.PositiveIntegerField(_("net grams"))
    boxes_fen = models.PositiveIntegerField(_("boxes (fen)"), editable=False)
    freight_fen = models.PositiveIntegerField(_("freight (fen)"), editable=False)
    total_fen = models.PositiveIntegerField(_("total (fen)"), editable=False)
    placed_at = models.DateTimeField(_("placed at"))
    hold_until = models.DateTimeField(_("hold until"))
    was_extended = models.BooleanField(_("was extended"), default=False, editable=False)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    paid_by = models.CharField(
        _("paid by"), max_length=32, blank=True, help_text=_("the trade number of the payment that paid it")
    )

    live_show = models.ForeignKey(
        "shop.LiveShow",
        models.PROTECT,
        verbose_name=_("live show"),
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # its own index below leaves out the many that have none
        related_name="orders",
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        permissions = [
            ("view_personal_data", "Can see whole names, phones and streets of orders"),
            ("pack_order", "Can pick, pack and hand over parcels"),
            ("cancel_order", "Can cancel orders"),
            ("move_order", "Can move orders to another ship date"),
        ]
        indexes = [
            models.Index(fields=["hold_until"], name="orders_on_hold", condition=Q(status="placed")),
            models.Index(fields=["ship_date", "status"], name="orders_of_a_day"),
            models.Index(fields=["buyer_phone"], name="orders_of_a_buyer"),
            models.Index(fields=["phone"], name="orders_for_others", condition=FOR_ANOTHER),
            models.Index(fields=["live_show"], name="orders_of_a_show", condition=Q(live_show__isnull=False)),
            # spelled with OR, not IN: SQLite uses it for one of these states only so
            models.Index(
                fields=["status", "id"],
                name="orders_to_send",
                condition=Q(status="paid") | Q(status="planned") | Q(status="picked") | Q(status="packed"),
            ),
        ]

    def __str__(self) -> str:
        return titled(self, self.number)

    @property
    def payable(self) -> str:
        """The name under which money and movements speak of this order."""
        return f"order:{self.number}"

    @property
    def is_for_another(self) -> bool:
        """The parcel goes to somebody else than the buyer, who need not learn what it cost."""
        return self.buyer_phone != self.phone

    def awaits_payment(self, now: dt.datetime) -> bool:
        """An expired hold is dead at read time, even if no sweep ran."""
        return self.status == self.Status.PLACED and now < self.hold_until

    def may_be_extended(self, now: dt.datetime) -> bool:
        return self.awaits_payment(now) and not self.was_extended

    def details_of_leaving(self) -> dict[str, int]:
        """What its history says when it leaves its wave: the number by which staff know it on its date."""
        return {"from_wave": self.wave.number} if self.wave else {}

    def longest_hold(self) -> dt.datetime:
        """Until when an extended hold lasts."""
        return self.placed_at + 2 * dt.timedelta(minutes=settings.HOLD_MINUTES)


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    def held(self) -> "OrderLineQuerySet":
        """Lines whose boxes are promised or gone out; those of cancelled and expired orders were given back."""
        return self.filter(order__status__in=Order.HOLDING)


class OrderLine(models.Model):
    """So many boxes of one SKU out of one lot, at the price of the day it was placed."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name=_("order"), related_name="lines")
    box = models.ForeignKey(Box, models.PROTECT, verbose_name=_("box"))
    lot = models.ForeignKey(Lot, models.PROTECT, verbose_name=_("lot"), related_name="lines")
    quantity = models.PositiveIntegerField(_("quantity"))
    price_fen = models.PositiveIntegerField(_("price (fen)"), help_text=_("for one box"))
    # Null, not "": the index of those that have one is then used by both databases, and placing an order skips it.
    passport = models.CharField(  # noqa: DJ001
        _("box code"), max_length=16, null=True, editable=False, help_text=_("in the QR code on each of its boxes")
    )

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_line_has_boxes"),
            models.UniqueConstraint(
                fields=["passport"], condition=Q(passport__isnull=False), name="a_passport_is_of_one_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.box_id} from lot {self.lot_id}"


def _attempts() -> PaymentQuerySet:
    """All attempts to pay the order that a question is about."""
    return Payment.objects.filter(payable=Concat(models.Value("order:"), models.OuterRef("number")))


def _has_unsound_lots() -> models.Exists:
    return models.Exists(_unsound_lines().filter(order=models.OuterRef("pk")))


def _unsound_lines() -> "models.QuerySet[OrderLine]":
    """Lines of a lot that is withdrawn, or over before the parcel can be there: staff may shorten how long it keeps."""
    unsound = Q(lot__is_withdrawn=True)
    for days, provinces in freight.PROVINCES_BY_DAYS.items():
        arrives_on = F("order__ship_date__date") + dt.timedelta(days=days)
        unsound |= Q(province__in=provinces, lot__best_before__lt=arrives_on)
    lines = OrderLine.objects.annotate(province=Left("order__division_code", 2))
    return lines.filter(unsound)


class OrderEvent(Event):
    FOR_CUSTOMERS = (
        *Order.Status.values,
        "extended",
        "date changed",
        "address changed",
        "refunded",
        "damage reported",
        "damage answered",
        "late money",
        "paid twice",
        "wrong amount",
    )
    """What customers are told of; who looked at an address or which lot was taken is the farm's own."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name=_("order"), related_name="events")

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        ordering = ["pk"]
