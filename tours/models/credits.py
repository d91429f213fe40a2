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

    def keep_until(self, last_day: dt.date) -> int:
        """Let them be good until this day at least; return how many were not."""
        return self.filter(expires_on__lt=last_day).update(expires_on=last_day)


class Credit(Limited):
    """Money the farm owes a visitor for another visit. `limit` and `taken` count fen."""

    LOCK_RANK = 10
    KEEPS = dt.timedelta(days=365)
    COMES_BACK_FOR = dt.timedelta(days=30)

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

    @classmethod
    def back_until(cls, now: dt.datetime) -> dt.date:
        """Until when it can be used at least when a visitor's cancelling or change gives something back to it now."""
        return localdate(now + cls.COMES_BACK_FOR)

    def __str__(self) -> str:
        return titled(self, self.code)
