"""What staff edited on a row's page, from what to what: kept in the row's history, and read there.

Django keeps JSON with the labels of what was edited. The values stand beside them, so Django reads our lines and we its
old ones. A word of the house, like a choice or yes, is kept in English inside a list and translated for whoever reads.
A row that was chosen is kept by its name in the farm's language: a page of history asks for no row again.

These lines stay when a customer is forgotten. So a kind of row tells its values only when it was named to `tell`; of
all others only the labels are kept.
"""

import datetime as dt
import json
from collections.abc import Collection
from itertools import takewhile, zip_longest
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override, pgettext
from unfold.admin import ModelAdmin

LETTERS = 60
"""No value is told with more; of a longer one, these from a little before what was changed in it."""
BEFORE = 15
EMPTY = "—"
YES_NO = {True: _lazy("yes"), False: _lazy("no")}

TELLING: dict[type[Model], frozenset[str]] = {}
"""The kinds of rows whose values are kept in histories, each with the columns that are not."""

Value = str | list[str]
Names = dict[tuple[type[Model], Any], Model]


def tell(*kinds: type[Model], but: Collection[str] = ()) -> None:
    """Keep from what to what rows of `kinds` are edited, `but` of these columns: none of it may say who somebody is."""
    TELLING.update(dict.fromkeys(kinds, frozenset(but)))


class TellsChanges(ModelAdmin):
    """A page whose history says from what to what somebody edited its row and the rows below."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        message: Any = super().construct_change_message(request, form, formsets, add)
        edited = [form] if form.changed_data and not add else []
        for formset in formsets or ():
            form_of = {id(one.instance): one for one in formset.initial_forms}
            edited += [form_of[id(row)] for row, _names in formset.changed_objects]
        parts = [part["changed"] for part in message if "changed" in part]
        names = _chosen_before(edited)
        for part, one in zip(parts, edited, strict=True):
            values = [_from_to(one, name, names) for name in one.changed_data]
            if any(values):
                part["values"] = values
        return message

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        page = super().history_view(request, object_id, extra_context)
        for entry in (getattr(page, "context_data", None) or {}).get("action_list", ()):
            entry.change_message = read(entry)
        return page


def read(entry: LogEntry) -> str:
    """A line of a history in the reader's language: what was edited stands in lines of its own."""
    try:
        parts = json.loads(entry.change_message)
    except ValueError:
        return entry.change_message
    if not isinstance(parts, list) or not any("changed" in part for part in parts):
        return entry.get_change_message()
    said = format_html_join("", "<div>{}</div>", ((_part(part),) for part in parts))
    return format_html('<div class="bz-changes">{}</div>', said)


def in_words(field: Any, value: Any) -> str:
    """What a field of a form holds, as a history would say it to the reader."""
    names: Names = {}
    if _is_key(field) and value:
        kind = field.queryset.model
        names = {(kind, row.pk): row for row in kind._base_manager.filter(pk=value)}
    said = _kept(_said(field, value, names))
    return _read(_cut(said, 0) if isinstance(said, str) else said)


def _part(part: dict[str, Any]) -> str | SafeString:
    """What was done to one row, and below it its columns."""
    if "changed" not in part:
        return LogEntry(change_message=json.dumps([part])).get_change_message()
    changed = part["changed"]
    head = _("Changed:")
    if "name" in changed:
        head = _("Changed %(kind)s “%(row)s”:") % {"kind": _(changed["name"]), "row": changed["object"]}
    labels = [_label(kept) for kept in changed["fields"]]
    lines = ((_line(label, told),) for label, told in zip_longest(labels, changed.get("values", ())))
    return format_html("{}{}", head, format_html_join("", "<div>{}</div>", lines))


def _line(label: str, told: list[Value] | None) -> str:
    if not told:
        return label
    return _("%(label)s: %(old)s → %(new)s") % {"label": label, "old": _read(told[0]), "new": _read(told[1])}


def _label(kept: str) -> str:
    """A form writes the first letter large, the catalogue of a column's name may not."""
    said = _(kept)
    return said if said != kept else capfirst(_(kept[:1].lower() + kept[1:]))


def _read(kept: Value) -> str:
    return pgettext("between days", ", ").join(map(_, kept)) if isinstance(kept, list) else kept or EMPTY


def _chosen_before(edited: list[Any]) -> Names:
    """The rows that foreign keys named before, of each kind in one query."""
    keys: dict[type[Model], set[Any]] = {}
    for form in edited:
        for name in form.changed_data:
            if _tells(form, name) and _is_key(form.fields[name]) and form.initial.get(name):
                keys.setdefault(form.fields[name].queryset.model, set()).add(form.initial[name])
    return {(kind, pk): row for kind, pks in keys.items() for pk, row in kind._base_manager.in_bulk(pks).items()}


def _from_to(form: Any, name: str, names: Names) -> list[Value] | None:
    """What the row said before and what it says now; nothing when its kind does not tell, or it is the same."""
    if not _tells(form, name):
        return None
    field = form.fields[name]
    with override(settings.LANGUAGE_CODE):
        old = _kept(_said(field, form.get_initial_for_field(field, name), names))
        new = _kept(_said(field, form.cleaned_data[name], names))
    return None if old == new else _shortened(old, new)


def _tells(form: Any, name: str) -> bool:
    kind = type(getattr(form, "instance", None))  # the form of a new password has no row
    return kind in TELLING and name not in TELLING[kind]


def _is_key(field: forms.Field) -> bool:
    return isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField)


def _said(field: Any, value: Any, names: Names) -> Any:
    """A value as its form shows it; a field may have a method `in_words` that says it better."""
    if value in field.empty_values:
        return ""
    if hasattr(field, "in_words"):
        return field.in_words(value)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(sorted(field.label_from_instance(row) for row in value))
    if _is_key(field):
        row = names.get((field.queryset.model, value), value)
        return field.label_from_instance(row)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return next((words for key, words in choices if str(key) == str(value)), value)
    return _plain(field, value)


def _plain(field: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, dt.datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:%H:%M}" if isinstance(value, dt.time) else field.prepare_value(value)


def _kept(said: Any) -> Value:
    """Text in one line, or untranslated words of the house."""
    if isinstance(said, Promise):
        said = [said]
    if isinstance(said, list):
        with override(None):
            return [str(word) for word in said]
    return " / ".join(str(said).split("\n")).replace("\r", "")


def _shortened(old: Value, new: Value) -> list[Value]:
    if not isinstance(old, str) or not isinstance(new, str) or max(len(old), len(new)) <= LETTERS:
        return [old, new]
    same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    start = max(0, same - BEFORE)
    return [_cut(old, start), _cut(new, start)]


def _cut(text: str, start: int) -> str:
    shown = text[start : start + LETTERS]
    return f"{'…' if start else ''}{shown}{'…' if len(text) > start + LETTERS else ''}"
