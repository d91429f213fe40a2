"""Money that the farm owes visitors for another visit."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from farm import naming, security
from farm.admin.lists import ReadOnly, in_short, moment
from farm.admin.once import read_once
from farm.admin.personal import Personal
from farm.models import Movement
from farm.money import in_yuan
from tours.models import Credit


class Usable(admin.SimpleListFilter):
    title = _("usable")
    parameter_name = "usable"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("something is left")), ("expired", _("expired with something left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Credit]) -> QuerySet[Credit]:
        today, left = timezone.localdate(), queryset.filter(taken__lt=F("limit"))
        if self.value() == "yes":
            return left.filter(expires_on__gte=today)
        return left.filter(expires_on__lt=today) if self.value() == "expired" else queryset


@admin.register(Credit)
class CreditAdmin(ReadOnly, Personal):
    """Given by a choice after rain alone; a code is good with its phone number only, which is masked."""

    personal = "tours.view_visitors"
    list_display = ("code", "phone_masked", "worth", "left_yuan", "given", "expires_on", "why")
    given = moment("given_at", _("given"))
    list_filter = (Usable,)
    search_fields = ("code",)
    search_help_text = _("a whole code or phone number")

    @display(description=_("phone"))
    def phone_masked(self, credit: Credit) -> str:
        return security.mask_phone(credit.phone)

    @display(description=_("worth"), ordering="limit")
    def worth(self, credit: Credit) -> str:
        return in_yuan(credit.limit)

    @display(description=_("left"))
    def left_yuan(self, credit: Credit) -> str:
        return in_yuan(credit.left)

    @display(description=_("movements"))
    @read_once
    def movements(self, credit: Credit) -> SafeString:
        rows = Movement.objects.filter(counter=credit.counter).order_by("pk")
        told = (
            (in_yuan(row.amount), self.link_to(row.holder), naming.reason(row.why), in_short(row.at)) for row in rows
        )
        return format_html_join("", "<div>{} · {} · {} · {}</div>", told) or SafeString("-")

    def get_fields(self, request: HttpRequest, obj: Credit | None = None) -> list[Any]:
        person = ("code", "phone") if self.sees_people(request) else ("code", "phone_masked")
        return [person, ("worth", "left_yuan"), ("given_at", "expires_on"), "why", "movements"]

    def get_readonly_fields(self, request: HttpRequest, obj: Credit | None = None) -> tuple[str, ...]:
        return ("phone_masked", "worth", "left_yuan", "movements")

    def found(self, queryset: QuerySet[Credit], term: str) -> QuerySet[Credit]:
        try:
            return queryset.filter(phone=security.normal_phone(term))
        except security.BadPhone:
            return queryset.filter(code=term.upper())
