import datetime as dt

from django.db import models
from django.utils.timezone import localdate

from farm.limited import Limited, LimitedQuerySet


class CreditQuerySet(LimitedQuerySet["Credit"]):
    def takeable(self, now: dt.datetime) -> "CreditQuerySet":
        return self.filter(expires_on__gte=localdate(now))


class Credit(Limited):
    """Money the farm owes a visitor for another visit. `limit` and `taken` count fen."""

    LOCK_RANK = 10

    code = models.CharField(max_length=20, unique=True)
    phone = models.CharField(max_length=20)
    why = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    expires_on = models.DateField()

    objects = CreditQuerySet.as_manager()

    class Meta(Limited.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"credit {self.code}"
