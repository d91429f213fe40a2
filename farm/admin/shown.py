"""What a page of the staff's showed when it was opened, sent along with what was typed.

So only what somebody edited counts as changed, and what somebody else changed meanwhile is not overwritten unseen.
"""

from copy import copy
from typing import Any

from django import forms
from django.forms import BoundField, MultiWidget
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from farm.admin import changes


def remembering(form: Any) -> Any:
    """The same form, which sends along what it showed."""
    fields = {name: copy(field) for name, field in form.base_fields.items()}  # others share them
    for field in fields.values():
        field.show_hidden_initial = not field.disabled  # what nobody may write, a password's hash, is not sent along
        field.get_bound_field = lambda form, name: _Showing(form, form.fields[name], name)
    asking: Any = type(form.__name__, (_AsksFirst, form), {"Meta": None})  # else all fields would be made once more
    asking._meta, asking.base_fields = form._meta, fields
    return asking


class _AsksFirst(forms.BaseModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Refuses, once, to write over what somebody else wrote into the same field since the page was opened."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for shown in [self[name] for name in self.fields]:
            if isinstance(shown, _Showing) and shown.was_edited_by_another():
                shown.is_told = True
                self.add_error(shown.name, forms.ValidationError(_told(shown), code="edited_by_another"))
        return cleaned or self.cleaned_data


def _told(shown: BoundField) -> str:
    now = changes.in_words(shown.field, shown.initial)
    return _(
        "Somebody else has made this “%(now)s” since you opened the page. Save again to put yours in its place."
    ) % {"now": now}


class _Showing(BoundField):
    """A field that sends along what its page showed, or what somebody else wrote once that was told.

    Django looks for what a field of several inputs showed under one name, finds none, and would send along what was
    typed: as if nobody had edited it.
    """

    form: Any
    is_told = False

    def was_edited_by_another(self) -> bool:
        """Whether it was edited here, and somewhere else, too, to something else."""
        if not self.field.show_hidden_initial or not self.form.instance.pk or not self._is_sent_along():
            return False
        edited = self.name in self.form.changed_data and self.field.has_changed(self.initial, self.data)
        return edited and self._is_another_now()

    def as_hidden(self, attrs: Any = None, **how: Any) -> SafeString:
        if not how.get("only_initial") or not self.form.is_bound:
            return super().as_hidden(attrs, **how)
        if self.is_told:
            return self._drawn(self._now())
        if self._has_parts() and self._is_sent_along():
            return self._drawn(self._showed())
        return super().as_hidden(attrs, **how)

    def _is_another_now(self) -> bool:
        if self._has_parts():  # written as the reader's language writes days and hours
            return self.field.has_changed(self.initial, self._showed())
        return self._hidden(self._now()) != self._hidden(self._showed())

    def _now(self) -> Any:
        return self.field.prepare_value(self.initial)

    def _showed(self) -> Any:
        return self.field.hidden_widget().value_from_datadict(self.form.data, self.form.files, self.html_initial_name)

    def _has_parts(self) -> bool:
        return issubclass(self.field.hidden_widget, MultiWidget)

    def _drawn(self, value: Any) -> SafeString:
        attrs = {"id": self.html_initial_id}
        return self.field.hidden_widget().render(self.html_initial_name, value, attrs, renderer=self.form.renderer)

    def _hidden(self, value: Any) -> list[str]:
        """What a page sends along for a value, to be compared: browsers end a line in two signs."""
        return sorted(self._drawn(value).replace("\r\n", "\n").split("<input"))

    def _is_sent_along(self) -> bool:
        empty = issubclass(self.field.hidden_widget, forms.MultipleHiddenInput)  # of no rows chosen nothing is sent
        sent = self.form.add_initial_prefix("") if empty else self.html_initial_name
        return any(name.startswith(sent) for name in self.form.data)
