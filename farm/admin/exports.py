"""Lists as CSV or XLSX files: what is filtered is what is exported, and no cell can become a formula."""

import re
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from import_export import resources
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX
from unfold.contrib.import_export.forms import ExportForm

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MOST_ROWS = 50_000


def harmless(cell: Any) -> Any:
    """The cell as a spreadsheet may read it: text that would start a formula gets an apostrophe before it."""
    if not isinstance(cell, str) or NUMBER.fullmatch(cell):
        return cell
    return "'" + cell if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell


class TooManyRows(Exception):
    """More than a spreadsheet or this server should hold at once."""


class FarmResource(resources.ModelResource):
    """Which columns of a model leave the house; read in chunks, every text made harmless."""

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        return harmless(super().export_field(field, instance, **kwargs))


class Exportable(ExportMixin):
    """A list with an Export button: CSV for programs (UTF-8 with a mark, so Excel reads Chinese) and XLSX."""

    export_form_class = ExportForm
    to_encoding = "utf-8-sig"

    def get_export_formats(self) -> list[type[CSV] | type[XLSX]]:
        return [XLSX, CSV]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """An address that narrows by what no list can, or to too many rows, leads back to the list, which says so."""
        listed = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        try:
            return cast(HttpResponse, super().export_action(request))
        except (IncorrectLookupParameters, DisallowedModelAdminLookup, OverflowError, DataError):
            messages.error(request, _("The list cannot be narrowed in this way. Here is all of it: choose a filter."))
            return redirect(listed)
        except TooManyRows:
            most = _("Narrow the list with its filters: at most %(most)s rows leave in one file.")
            messages.error(request, most % {"most": f"{MOST_ROWS:,}"})
            return redirect(f"{listed}?{request.GET.urlencode()}" if request.GET else listed)

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """What the list shows with its filters.

        :raises TooManyRows: when that is more than MOST_ROWS.
        """
        rows: QuerySet[Model] = super().get_export_queryset(request)
        if request.method == "POST" and rows[: MOST_ROWS + 1].count() > MOST_ROWS:
            raise TooManyRows
        return rows
