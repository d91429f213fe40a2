import datetime as dt

from django.db import models
from django.db.models import Value
from django.db.models.functions import TruncDate
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from farm.language import titled
from farm.limited import Limited, LimitedQuerySet


class CreditQuerySet(LimitedQuerySet["Credit"]):
    def takeable(self, now: dt.datetime) -> "CreditQuerySet":
        """Good to the end of their last day. The database finds the day: what takes is written once for any `now`."""
        return self.filter(expires_on__gte=TruncDate(Value(now, models.DateTimeField())))


class Credit(Limited):
    """Money the farm owes a visitor for another visit. `limit` and `taken` count fen."""

    LOCK_RANK = 10
    KEEPS = dt.timedelta(days=365)

    code = models.CharField(_("code"), max_length=20, unique=True)
    phone = models.CharField(_("phone"), max_length=20)
    why = models.CharField(_("why"), max_length=60)
    given_at = models.DateTimeField(_("given at"))
    expires_on = models.DateField(_("expires on"))

    objects = CreditQuerySet.as_manager()

    class Meta(Limited.Meta):
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["-pk"]

    @classmethod
    def good_until(cls, now: dt.datetime) -> dt.date:
        """The last day of a credit that the farm gives now."""
        return localdate(now + cls.KEEPS)

    def __str__(self) -> str:
        return titled(self, self.code)
