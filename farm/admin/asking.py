"""The page between: what is done to many rows and nobody can take back is asked first, with the rows and the money."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

MOST = 500
"""No more rows at once: a day's boxes, and fewer than the fields that a form may send."""
SHOWN = 20
SENT = "_form_submitted"
"""What the form of every dialog sends along."""

Act = Callable[[Any, HttpRequest, QuerySet[Any], Any], None]
Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]


def ask_first(dialog: dict[str, Any], *, back_fen: Callable[[Any], int] | None = None) -> Callable[[Act], Action]:
    """Let a list's action show `dialog` with the chosen rows, and act only when that is sent, on these very rows.

    `back_fen` says how much money of a row goes back, where it does.
    """

    def asked(act: Act) -> Action:
        @wraps(act)
        def ask(room: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            is_sent = SENT in request.POST
            rows = _rows(room, request, queryset, is_sent=is_sent)
            form = dialog["form_class"](request, None, request.POST if is_sent else None)
            chosen = list(rows[: MOST + 1])
            if not chosen or len(chosen) > MOST:
                messages.error(request, _say_how_many(chosen))
                return None
            if is_sent and form.is_valid():
                act(room, request, rows, form)
                return None
            page = {
                **room.admin_site.each_context(request),
                "title": dialog["title"],
                "dialog": dialog,
                "form": form,
                "action": act.__name__,
                "chosen": chosen,
                "shown": list(_told(room.for_reader(request.user), request, chosen[:SHOWN])),
                "more": len(chosen) - SHOWN,
                "back_fen": sum(map(back_fen, chosen)) if back_fen else None,
            }
            return TemplateResponse(request, "farm/staff/ask.html", page)

        return ask

    return asked


def _rows(room: Any, request: HttpRequest, queryset: QuerySet[Any], *, is_sent: bool) -> QuerySet[Any]:
    """The chosen rows; those of the page between also when their list, narrowed, would no longer show them."""
    rows = room.get_queryset(request).filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME)) if is_sent else queryset
    return rows.select_related(*(room.list_select_related or ())).order_by("pk")


def _say_how_many(chosen: Sequence[Any]) -> str:
    if chosen:
        return _("This is done for at most %(most)s rows at once: choose fewer, or narrow the list.") % {"most": MOST}
    return _("The list no longer shows what was chosen: choose again.")


def _told(room: Any, request: HttpRequest, rows: Sequence[Any]) -> Iterator[tuple[Any, list[tuple[str, Any]]]]:
    """Each row by its first column, and its other ones with their titles: masked as in the list."""
    first, *others = room.get_list_display(request)
    titles = {name: str(label_for_field(name, room.model, room)) for name in others}
    for row in rows:
        yield _cell(room, row, first), [(title, _cell(room, row, name)) for name, title in titles.items()]


def _cell(room: Any, row: Any, name: str) -> Any:
    field, _attribute, value = lookup_field(name, row, room)
    if field is not None:
        return display_for_field(value, field, "-")
    return display_for_value(value[1] if isinstance(value, tuple) else value, "-")
