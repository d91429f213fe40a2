"""What every list of the staff's tool shares: patient paging, masked people, actions that call one story, exports."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline

from farm.limited import LedgerBroken
from farm.refusals import Refused
from farm.states import WrongState

Row = TypeVar("Row", bound=models.Model)
Story = Callable[[Row], object]


class PatientPaginator(Paginator[Any]):
    """Counts to a thousand and no further: ten million orders are not counted for one page."""

    MOST = 1_000

    @cached_property
    def count(self) -> int:
        return int(self.object_list[: self.MOST].count())


class StaffAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """A list of the farm: rows with a history are kept, so nothing is deleted here."""

    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    paginator = PatientPaginator
    compressed_fields = True

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def do(self, request: HttpRequest, rows: Iterable[Row], story: Story[Row], *, said: str) -> None:
        """Call `story` for each row, note it in the history, and tell how many went and why others did not."""
        done = 0
        for row in rows:
            try:
                story(row)
            except (Refused, WrongState, LedgerBroken) as refusal:
                messages.error(request, f"{row}: {refusal}")
            else:
                done += 1
                self.note(request, row, said)
        if done:
            messages.success(request, _("%(said)s: %(count)s") % {"said": said, "count": done})

    def note(self, request: HttpRequest, row: models.Model, words: str) -> None:
        """Write down who did or saw what, in the row's own history."""
        LogEntry.objects.log_actions(request.user.pk, [row], CHANGE, words, single_object=True)

    def back_to(self, request: HttpRequest, row: models.Model) -> HttpResponse:
        """Return to the row's page; a dialog cannot follow a redirect, so htmx is told to."""
        place = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
        answer = redirect(place, row.pk)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": answer["Location"]})
        return answer


class ReadOnly:
    """To be looked at only: it is written by stories."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class History(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold has no types
    """Read-only rows under their owner, oldest first."""

    extra = 0
    can_delete = False
    show_change_link = False
    per_page = 50

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever may see the owner may see what happened to it."""
        return True


class EventHistory(History):
    fields = ("at", "what", "by", "details")
    readonly_fields = fields
    verbose_name_plural = "history"
    ordering = ("pk",)
