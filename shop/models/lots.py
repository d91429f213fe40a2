import datetime as dt

from django.db import models
from django.db.models import F, Q

from farm.limited import Limited, LimitedQuerySet
from shop.models.catalog import Variety


class ColdRoom(models.Model):
    """A cold room of the farm's store."""

    code = models.SlugField(unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    celsius = models.DecimalField(max_digits=3, decimal_places=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class LotQuerySet(LimitedQuerySet["Lot"]):
    def takeable(self, now: dt.datetime) -> "LotQuerySet":
        return self.on_sale()

    def on_sale(self) -> "LotQuerySet":
        return self.filter(is_withdrawn=False)


class Lot(Limited):
    """Grapes of one variety, block and harvest day in one cold room. `limit` and `taken` count net grams."""

    LOCK_RANK = 20

    code = models.SlugField(unique=True)
    variety = models.ForeignKey(Variety, models.PROTECT, related_name="lots")
    cold_room = models.ForeignKey(ColdRoom, models.PROTECT, related_name="lots")
    grower = models.CharField(max_length=40)
    block = models.CharField(max_length=40, help_text="the vineyard block it grew on")
    harvested_on = models.DateField()
    best_before = models.DateField(help_text="the last day on which a box of it may arrive")
    is_withdrawn = models.BooleanField(default=False, help_text="sells no more, e.g. after an inspection")

    objects = LotQuerySet.as_manager()

    class Meta(Limited.Meta):
        ordering = ["best_before", "pk"]
        constraints = [
            *Limited.Meta.constraints,
            models.CheckConstraint(condition=Q(best_before__gt=F("harvested_on")), name="a_lot_keeps_a_while"),
        ]
        indexes = [models.Index(fields=["variety", "best_before"], name="lots_by_expiry")]

    def __str__(self) -> str:
        return f"lot {self.code}"

    def travels(self, *, ship_date: dt.date, arrives_on: dt.date) -> bool:
        """Harvested by the ship date and still good on arrival."""
        return self.harvested_on <= ship_date and arrives_on <= self.best_before
