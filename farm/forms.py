"""Forms that show what a story refused beside the field it speaks of, and keys as forms and addresses carry them."""

from typing import Any

from django import forms

from farm.inputs import QuickInputs
from farm.refusals import Refused
from farm.unseen import in_line, name_in


class SeenField(forms.CharField):
    """A line of words of which every letter shows: one of others only is empty."""

    def to_python(self, value: Any) -> str:
        return in_line(str(super().to_python(value)))


class NameField(SeenField):
    """A name or a street: without a letter, digit or picture that shows it is empty."""

    def to_python(self, value: Any) -> str:
        return name_in(super().to_python(value))


class RefusableForm(forms.Form):
    """A form that shows a story's refusal beside the field it speaks of."""

    default_renderer = QuickInputs()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.refused: Refused | None = None

    def refuse(self, refused: Refused) -> None:
        name = self.place_of(refused.field)
        self.refused = refused
        self.add_error(name if name in self.fields else None, f"{refused.reason} {refused.advice}")

    def place_of(self, field: str) -> str:
        """The form's name of what a story calls `field`: without the part that it belongs to, as in `address.phone`."""
        return field.rpartition(".")[2]

    def focus_first_error(self) -> None:
        """Let the browser put the cursor where the first mistake is, also without JavaScript."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True


def words(
    label: Any, longest: int, *, autocomplete: str, kind: type[SeenField] = SeenField, **different: Any
) -> forms.CharField:
    """A line of text that a person types."""
    attrs = {"autocomplete": autocomplete, **different.pop("attrs", {})}
    return kind(label=label, max_length=longest, widget=forms.TextInput(attrs=attrs), **different)


def key_in(text: str) -> int:
    """The key of a row in a form or an address; 0, which is no row's, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
