import datetime as dt
from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from farm.language import in_readers_language, titled
from farm.limited import Limited, LimitedQuerySet
from shop import rush


class ShipDateQuerySet(LimitedQuerySet["ShipDate"]):
    def takeable(self, now: dt.datetime) -> "ShipDateQuerySet":
        """Dates on which something is shipped and whose cut-off is still ahead."""
        return self.filter(is_closed=False, limit__gt=0, cut_off_at__gt=now)

    def of_month(self, year: int, month: int) -> "ShipDateQuerySet":
        return self.filter(date__year=year, date__month=month).order_by("date")


class ShipDate(Limited):
    """A day on which the farm ships. `limit` and `taken` count packing units (a gift box may take 2).

    With a limit of 0 nothing is shipped on it: it takes orders no more than one that is closed.
    """

    LOCK_RANK = 90  # every buyer of a livestream minute wants this one row

    date = models.DateField(_("date"), unique=True)
    cut_off_at = models.DateTimeField(
        pgettext_lazy("ship date", "cut off at"), help_text=_("orders, changes and cancellations until here")
    )
    is_closed = models.BooleanField(_("is closed"), default=False)
    closed_reason_zh = models.CharField(_("closed reason (Chinese)"), max_length=60, blank=True)
    closed_reason_en = models.CharField(_("closed reason (English)"), max_length=60, blank=True)

    objects = ShipDateQuerySet.as_manager()

    class Meta(Limited.Meta):
        verbose_name = _("ship date")
        verbose_name_plural = _("ship dates")
        ordering = ["date"]

    @classmethod
    def comes_back(cls, keys: Sequence[int]) -> None:
        rush.room_comes_back(keys)

    def __str__(self) -> str:
        return titled(self, self.date)

    @property
    def closed_reason(self) -> str:
        if self.is_closed:
            return in_readers_language(self.closed_reason_zh, self.closed_reason_en)
        return "" if self.ships else gettext("nothing is shipped")

    @property
    def ships(self) -> bool:
        """Whether anything leaves the farm on this day."""
        return not self.is_closed and self.limit > 0

    def is_open(self, now: dt.datetime) -> bool:
        return self.ships and now < self.cut_off_at
