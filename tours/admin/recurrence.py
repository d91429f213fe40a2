"""How often a visit is held, chosen instead of written: every day, on weekdays, or otherwise by a rule as text."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from farm.refusals import Refused
from tours import recurrence
from tours.admin.words import WEEKDAY_WORDS
from tours.models import ScheduleRule

LONGEST = ScheduleRule._meta.get_field("recurrence").max_length
DAILY, WEEKLY, WRITTEN = "daily", "weekly", "written"
HOW = {DAILY: _("every day"), WEEKLY: _("on these weekdays"), WRITTEN: _("otherwise, by a written rule")}


class Chosen(NamedTuple):
    """What the three parts of the field say."""

    how: str
    days: list[str]
    written: str

    @classmethod
    def of_rule(cls, text: str) -> "Chosen":
        """The choice as which a rule opens; nothing is chosen for a new one."""
        if text == recurrence.EVERY_DAY:
            return cls(DAILY, [], "")
        days = recurrence.weekdays(text)
        return cls(WEEKLY, days, "") if days else cls(WRITTEN if text else "", [], text)

    @property
    def meant(self) -> str:
        """Whoever fills in one part and chooses none means that one."""
        if self.how or bool(self.days) == bool(self.written):
            return self.how
        return WEEKLY if self.days else WRITTEN

    def as_rule(self) -> str:
        """The text that the row keeps; the same days are always the same text, however they were said."""
        if self.meant == DAILY:
            return recurrence.EVERY_DAY
        if self.meant == WEEKLY:
            return recurrence.on_weekdays(self.days)
        days = recurrence.weekdays(self.written)
        return recurrence.on_weekdays(days) if days else self.written


class RecurrenceWidget(forms.MultiWidget):
    template_name = "tours/staff/recurrence.html"

    def __init__(self) -> None:
        parts = {
            "how": UnfoldAdminRadioSelectWidget(choices=list(HOW.items())),
            "weekdays": UnfoldAdminCheckboxSelectMultipleWidget(choices=list(WEEKDAY_WORDS.items())),
            "": UnfoldAdminTextInputWidget(
                attrs={"maxlength": LONGEST, "aria-label": HOW[WRITTEN], "aria-describedby": "an-example-of-a-rule"}
            ),
        }
        super().__init__(parts)

    def decompress(self, value: Any) -> Chosen:
        return Chosen.of_rule(str(value or ""))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        how, days, written = super().value_from_datadict(data, files, name)
        return Chosen(how or "", days or [], "".join((written or "").upper().split()))

    def get_context(self, *shown: Any) -> dict[str, Any]:
        """Each way with the part that belongs to it."""
        context = super().get_context(*shown)
        how, days, written = context["widget"]["subwidgets"]
        options = [option for _group, options, _index in how["optgroups"] for option in options]
        context["widget"]["ways"] = list(zip(options, (None, days, written), strict=True))
        return context


class RecurrenceField(forms.MultiValueField):
    default_error_messages = {"required": _("Choose how often it comes.")}

    def __init__(self, **options: Any) -> None:
        parts = (
            forms.ChoiceField(choices=HOW, required=False),
            forms.MultipleChoiceField(choices=list(WEEKDAY_WORDS.items()), required=False),
            forms.CharField(max_length=LONGEST, required=False),
        )
        super().__init__(parts, widget=RecurrenceWidget, require_all_fields=False, **options)

    def compress(self, parts: Any) -> str:
        chosen = Chosen(*parts)
        if not chosen.meant:
            raise ValidationError(self.error_messages["required"])
        if chosen.meant == WEEKLY and not chosen.days:
            raise ValidationError(_now("Choose at least one weekday."))
        text = chosen.as_rule()
        if not text:
            raise ValidationError(_now("Write the rule, or choose another way."))
        try:
            recurrence.check(text)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return text

    def in_words(self, text: str) -> Any:
        """A choice by its words, another rule as it is written."""
        chosen = Chosen.of_rule(text)
        return chosen.written or [WEEKDAY_WORDS[day] for day in chosen.days] or HOW[chosen.how]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return Chosen.of_rule(str(initial or "")).as_rule() != data.as_rule()


def refuse_what_is_not_chosen(chosen: Chosen, shown: Chosen) -> None:
    """What somebody has filled in beside their choice is neither taken for it nor lost; what only stood there may go.

    :raises ValidationError: naming the two ways out of each.
    """
    stray = []
    if chosen.meant != WEEKLY and not set(chosen.days) <= set(shown.days):
        stray.append(
            _now("Weekdays are checked, but not chosen: choose “%(way)s”, or uncheck them.") % {"way": HOW[WEEKLY]}
        )
    if chosen.meant != WRITTEN and chosen.written not in ("", shown.written):
        stray.append(
            _now("A rule is written, but not chosen: choose “%(way)s”, or empty its field.") % {"way": HOW[WRITTEN]}
        )
    if stray:
        raise ValidationError(stray)
