import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language, titled
from farm.limited import Limited, LimitedQuerySet
from shop.models.catalog import Variety


class ColdRoom(models.Model):
    """A cold room of the farm's store."""

    code = models.SlugField(_("code"), unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=40)
    name_en = models.CharField(_("name (English)"), max_length=40)
    celsius = models.DecimalField(_("celsius"), max_digits=3, decimal_places=1)

    class Meta:
        verbose_name = _("cold room")
        verbose_name_plural = _("cold rooms")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def name(self) -> str:
        return in_readers_language(self.name_zh, self.name_en)


class LotQuerySet(LimitedQuerySet["Lot"]):
    def takeable(self, now: dt.datetime) -> "LotQuerySet":
        return self.on_sale()

    def on_sale(self) -> "LotQuerySet":
        return self.filter(is_withdrawn=False)


class Lot(Limited):
    """Grapes of one variety, block and harvest day in one cold room. `limit` and `taken` count net grams."""

    LOCK_RANK = 20

    code = models.SlugField(_("code"), unique=True)
    variety = models.ForeignKey(Variety, models.PROTECT, verbose_name=_("variety"), related_name="lots")
    cold_room = models.ForeignKey(ColdRoom, models.PROTECT, verbose_name=_("cold room"), related_name="lots")
    grower = models.CharField(_("grower"), max_length=40)
    block = models.CharField(_("vineyard block"), max_length=40, help_text=_("the vineyard block it grew on"))
    harvested_on = models.DateField(_("harvested on"))
    best_before = models.DateField(_("best before"), help_text=_("the last day on which a box of it may arrive"))
    is_withdrawn = models.BooleanField(
        _("is withdrawn"), default=False, help_text=_("sells no more, e.g. after an inspection")
    )

    objects = LotQuerySet.as_manager()

    class Meta(Limited.Meta):
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["best_before", "pk"]
        constraints = [
            *Limited.Meta.constraints,
            models.CheckConstraint(
                condition=Q(best_before__gt=F("harvested_on")),
                name="a_lot_keeps_a_while",
                violation_error_message=_("“Best before” must be a later day than “harvested on”."),
            ),
        ]
        indexes = [models.Index(fields=["variety", "best_before"], name="lots_by_expiry")]

    def __str__(self) -> str:
        return titled(self, self.code)

    def travels(self, *, ship_date: dt.date, arrives_on: dt.date) -> bool:
        """Harvested by the ship date and still good on arrival."""
        return self.harvested_on <= ship_date and arrives_on <= self.best_before
