import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language
from shop.models.catalog import Box
from shop.models.dates import ShipDate
from shop.models.orders import Order, OrderLine

PAID = tuple(status for status in Order.HOLDING if status != Order.Status.PLACED)


class LiveShowQuerySet(models.QuerySet["LiveShow"]):
    def with_sales(self) -> "LiveShowQuerySet":
        """Each show with what its paid orders brought: orders, boxes, fen without freight, and orders not paid yet."""
        orders = Order.objects.filter(live_show=OuterRef("pk")).order_by()
        paid, unpaid = orders.filter(status__in=PAID).values("live_show"), orders.unpaid().values("live_show")
        lines = OrderLine.objects.filter(order__live_show=OuterRef("pk"), order__status__in=PAID).order_by()
        return self.annotate(
            orders_paid=_or_zero(paid.annotate(n=models.Count("pk")).values("n")),
            orders_open=_or_zero(unpaid.annotate(n=models.Count("pk")).values("n")),
            boxes_paid=_or_zero(lines.values("order__live_show").annotate(n=Sum("quantity")).values("n")),
            boxes_fen=_or_zero(paid.annotate(n=Sum("boxes_fen")).values("n")),
        )


class LiveShow(models.Model):
    """A livestream in which a host sells boxes, with a page of its own that stays after it has ended."""

    code = models.SlugField(_("code"), unique=True, help_text=_("in the address of its page and of its QR code"))
    host_zh = models.CharField(_("host (Chinese)"), max_length=40)
    host_en = models.CharField(_("host (English)"), max_length=40)
    title_zh = models.CharField(_("title (Chinese)"), max_length=60)
    title_en = models.CharField(_("title (English)"), max_length=60)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    boxes = models.ManyToManyField(Box, verbose_name=_("boxes"), related_name="live_shows")
    ship_dates = models.ManyToManyField(
        ShipDate,
        verbose_name=_("ship dates"),
        related_name="live_shows",
        blank=True,
        help_text=_("the only dates it offers; none chosen: every open date"),
    )

    objects = LiveShowQuerySet.as_manager()

    class Meta:
        verbose_name = _("live show")
        verbose_name_plural = _("live shows")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_show_ends_after_it_begins",
                violation_error_message=_("“Ends at” must be later than “starts at”."),
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="shows_by_their_end")]

    def __str__(self) -> str:
        return self.code

    @property
    def host(self) -> str:
        return in_readers_language(self.host_zh, self.host_en)

    @property
    def title(self) -> str:
        return in_readers_language(self.title_zh, self.title_en)

    def has_begun(self, now: dt.datetime) -> bool:
        return self.starts_at <= now

    def is_over(self, now: dt.datetime) -> bool:
        return self.ends_at <= now

    def is_live(self, now: dt.datetime) -> bool:
        return self.has_begun(now) and not self.is_over(now)


def _or_zero(sums: models.QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(sums, output_field=models.BigIntegerField()), 0)
