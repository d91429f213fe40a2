"""The page of numbers: visitors, no-shows, occupancy and money of any days, on the screen or as a file."""

import contextlib
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset  # type: ignore[import-untyped]  # it has no types
from unfold.decorators import action

from farm.admin.exports import harmless
from farm.admin.lists import StaffAdmin
from farm.money import yuan
from tours import reports
from tours.admin import words
from tours.models import Booking
from tours.reports import Line, Report

USUAL, ONE_DAY = dt.timedelta(days=30), dt.timedelta(days=1)
FORMATS = {"csv": CSV, "xlsx": XLSX}
COLUMNS = ("bookings", "expected", "came", "stayed_away", "no_show_percent", "seats", "capacity",
           "occupancy_percent", "in_yuan", "out_yuan", "net_yuan", "in_fen", "out_fen", "net_fen")  # fmt: skip


class ReportPage(StaffAdmin):
    """Adds the page to the list of bookings."""

    actions_list = ("reports",)

    def has_report_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("tours.view_reports"))

    @action(description=_("Reports"), permissions=["report"], icon="monitoring", url_path="reports")
    def reports(self, request: HttpRequest) -> HttpResponse:
        first, last = _days_asked_for(request)
        report = reports.of_days(first, last)
        wanted = FORMATS.get(request.GET.get("file", ""))
        if wanted:
            return _file(report, wanted())
        page = {
            **self.admin_site.each_context(request),
            "title": _now("Reports"),
            "report": report,
            "channels": [(_channel(code), line) for code, line in report.channels.items()],
            "most_people": max((line.expected for line in report.days.values()), default=0) or 1,
            "most_fen": max((line.in_fen for line in report.days.values()), default=0) or 1,
        }
        return TemplateResponse(request, "tours/staff/reports.html", page)


def _channel(code: str) -> str:
    return str(words.CHANNEL[Booking.Channel(code)] if code else _("no known booking"))


def _days_asked_for(request: HttpRequest) -> tuple[dt.date, dt.date]:
    """The days in the address, at most a year of them; without any the last thirty and the coming week."""
    today = timezone.localdate()
    first, last = today - USUAL, today + dt.timedelta(days=7)
    with contextlib.suppress(ValueError):
        first = dt.date.fromisoformat(request.GET.get("first", ""))
    with contextlib.suppress(ValueError):
        last = dt.date.fromisoformat(request.GET.get("last", ""))
    first, last = sorted((first, last))
    if not reports.are_known(first, last):
        return today - USUAL, today
    return first, min(last, first + reports.MOST - ONE_DAY)


def _file(report: Report, form: CSV | XLSX) -> HttpResponse:
    """One line per day, experience and channel, so that a spreadsheet adds up whatever it likes."""
    sheet = Dataset(headers=["date", "experience", "channel", *COLUMNS])
    for place, line in sorted(report.cells.items(), key=lambda cell: (cell[0][0], cell[0][1] or 0, cell[0][2])):
        date, experience, channel = place
        code = report.experiences[experience].code if experience in report.experiences else ""
        sheet.append([date.isoformat(), harmless(code), channel, *_numbers(line)])
    body = form.export_data(sheet)
    name = f"visits-{report.first}-{report.last}.{form.get_extension()}"
    return HttpResponse(
        body.encode("utf-8-sig") if isinstance(body, str) else body,
        content_type=form.get_content_type(),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _numbers(line: Line) -> Iterable[Any]:
    for column in COLUMNS:
        if column.endswith("_yuan"):
            yield yuan(getattr(line, column.replace("_yuan", "_fen")))
        else:
            yield getattr(line, column)
