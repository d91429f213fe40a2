"""Where the money is proved: providers' statements compared with our book, and the till of the desk."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from farm import naming, payments
from farm.admin.exports import Exportable
from farm.admin.lists import ReadOnly, StaffAdmin, moment
from farm.admin.money import ByProvider, MayAskProvider
from farm.admin.money_exports import TillResource
from farm.models import StatementCheck, TillEntry
from farm.money import in_yuan


@admin.register(StatementCheck)
class StatementCheckAdmin(ReadOnly, MayAskProvider):
    """Each difference is a staff task of its own; here stands whether a day agrees."""

    list_display = ("date", "of_whom", "lines", "agreement", "checked")
    checked = moment("checked_at", _("checked"))
    fields = (("date", "of_whom"), ("lines", "differences"), "checked_at")
    readonly_fields = ("of_whom",)
    list_filter = (ByProvider,)
    date_hierarchy = "date"
    actions = ("compare_again",)

    @display(description=_("provider"), ordering="provider")
    def of_whom(self, check: StatementCheck) -> str:
        return naming.provider(check.provider)

    @display(description=_("result"), ordering="differences", label={"agrees": "success", "differs": "danger"})
    def agreement(self, check: StatementCheck) -> tuple[str, str]:
        if not check.differences:
            return "agrees", _now("agrees")
        return "differs", _now("%(count)s differences") % {"count": check.differences}

    @action(description=_("Compare again now"), permissions=["ask_provider"])
    def compare_again(self, request: HttpRequest, queryset: QuerySet[StatementCheck]) -> None:
        now = timezone.now()
        self.do(
            request,
            queryset,
            lambda check: payments.check_statement(provider=check.provider, date=check.date, now=now),
            said=_now("compared again"),
        )


@admin.register(TillEntry)
class TillEntryAdmin(Exportable, ReadOnly, StaffAdmin):
    resource_classes = [TillResource]
    list_display = ("when", "trade_no", "refund_no", "amount", "how", "by")
    when = moment("at", _("at"))
    fields = ("at", ("trade_no", "refund_no"), "amount", ("how", "by"))
    readonly_fields = ("amount",)
    list_filter = ("how", "by")
    search_fields = ("trade_no__exact", "refund_no__exact")
    date_hierarchy = "at"

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, entry: TillEntry) -> str:
        return in_yuan(entry.amount_fen)
