"""How staff narrow the list of bookings: by day, experience, what is to be paid, and who was rained out."""

import contextlib
import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from farm import security
from farm.admin.lists import InWords
from tours.admin import words
from tours.models import Booking, ClosureOffer

Choices = list[tuple[str, Any]]
Bookings = QuerySet[Booking]


class Comes(admin.SimpleListFilter):
    """By the day of the visit; an address may also name one day: `?comes=2026-09-12`."""

    title = _("comes")
    parameter_name = "comes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("today", _("today")),
            ("tomorrow", _("tomorrow")),
            ("week", _("the next 7 days")),
            ("last-week", _("the last 7 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: Bookings) -> Bookings:
        today, value = timezone.localdate(), self.value() or ""
        first, last = {"today": (0, 0), "tomorrow": (1, 1), "week": (0, 6), "last-week": (-7, -1)}.get(
            value, (None, None)
        )
        if first is not None and last is not None:
            return queryset.filter(slot__date__range=(today + dt.timedelta(first), today + dt.timedelta(last)))
        with contextlib.suppress(ValueError):
            return queryset.filter(slot__date=dt.date.fromisoformat(value))
        return queryset


class ByStatus(InWords):
    title = _("status")
    parameter_name = "status"
    words = words.BOOKING


class ByChannel(InWords):
    title = _("channel")
    parameter_name = "channel"
    words = words.CHANNEL


class Owes(admin.SimpleListFilter):
    title = _("to pay yet")
    parameter_name = "owes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", _("something is to be paid"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Bookings:
        if self.value() != "yes":
            return queryset
        given = F("paid_fen") + F("credit_fen")
        return queryset.coming().filter(total_fen__gt=given - F("fee_fen"))


class RainedOut(admin.SimpleListFilter):
    title = _("rained out")
    parameter_name = "rained"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("asked", _("has not chosen")), ("any", _("was asked at some time"))]

    def queryset(self, request: HttpRequest, queryset: Bookings) -> Bookings:
        asked = ClosureOffer.objects.all()
        if self.value() == "asked":
            asked = asked.filter(status=ClosureOffer.Status.WAITING)
        return queryset.filter(pk__in=asked.values("booking")) if self.value() in ("asked", "any") else queryset


def search(queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
    """By a whole phone number or a whole booking number: nobody walks the list digit by digit."""
    try:
        return queryset.filter(phone=security.normal_phone(term))
    except security.BadPhone:
        return queryset.filter(number=term.upper())
