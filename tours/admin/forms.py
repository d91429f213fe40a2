"""What staff write in lines where the row keeps a list: times, refund terms, choices; and whether it makes sense."""

import datetime as dt
import re
from collections.abc import Container
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminExpandableTextareaWidget, UnfoldAdminTextInputWidget

from farm.admin.bounds import refuse_far_off
from farm.refusals import Refused
from tours import schedule, slots
from tours.admin.recurrence import Chosen, RecurrenceField, refuse_what_is_not_chosen
from tours.models import ScheduleException

TERM = re.compile(r"(\d{1,4})\s*[:：]\s*(\d{1,3})")
COMMAS = re.compile(r"[,，、\s]+")
BARS = re.compile(r"[|｜\t]")  # a row of a spreadsheet comes with tabs
LONGEST_CODE = 50
A_CHOICE = "zh | 中文 | Chinese"
HOW_TO_CHOOSE = _(
    "one a line: code | Chinese | English; empty: free text. Bookings keep the code: reword a choice freely, but leave "
    "its code"
)

no_nulls = ProhibitNullCharactersValidator()


class LineField(forms.CharField):
    """A list that is written in one line, parts set apart by commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return self.written(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        line = str(value or "")
        no_nulls(line)
        return self.read(line)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            typed = self.to_python(data)
        except ValidationError:
            return True
        return self.prepare_value(typed) != self.prepare_value(initial or [])

    def written(self, parts: list[Any]) -> str:
        return ", ".join(str(part) for part in parts)

    def read(self, line: str) -> list[Any]:
        return [part for part in COMMAS.split(line.strip()) if part]


class TimesField(LineField):
    def read(self, line: str) -> list[Any]:
        times = [part.replace("：", ":").zfill(5) for part in super().read(line)]
        try:
            return [f"{time:%H:%M}" for time in schedule.times_of(times)]
        except schedule.BadTimes as refusal:
            raise ValidationError(str(refusal)) from refusal


class TermsField(LineField):
    """Tiers of a refund: `48:100, 24:50` gives all back until 48 hours before, half until 24."""

    def written(self, parts: list[Any]) -> str:
        return ", ".join(f"{tier['hours']}:{tier['percent']}" for tier in parts)

    def read(self, line: str) -> list[Any]:
        tiers = [TERM.fullmatch(part) for part in super().read(line)]
        found = [(int(tier[1]), int(tier[2])) for tier in tiers if tier]
        hours, percents = [hours for hours, _ in found], [percent for _, percent in found]
        falls = hours == sorted(set(hours), reverse=True) and percents == sorted(percents, reverse=True)
        if len(found) < len(tiers) or not falls or max(percents, default=0) > 100:
            raise ValidationError(_now("Write the hours before and the percent given back, most first: 48:100, 24:50."))
        return [{"hours": hours, "percent": percent} for hours, percent in found]


class ChoicesWidget(UnfoldAdminExpandableTextareaWidget):
    """Lines, and below them how one is written: the help of a table stands in its head, which a phone has not."""

    template_name = "tours/staff/choices.html"

    def __init__(self) -> None:
        # No narrower, so that a line stays one.
        super().__init__(
            {"placeholder": _("code | Chinese | English"), "aria-label": _("choices"), "class": "min-w-52"}
        )

    def get_context(self, *shown: Any) -> dict[str, Any]:
        return {**super().get_context(*shown), "help": HOW_TO_CHOOSE}


class ChoicesField(LineField):
    """One choice a line: `zh | 中文 | Chinese`."""

    widget = ChoicesWidget

    def written(self, parts: list[Any]) -> str:
        return in_lines(parts)

    def read(self, line: str) -> list[Any]:
        choices: dict[str, dict[str, str]] = {}
        wrong: list[str] = []
        for place, text in enumerate(line.splitlines(), start=1):
            parts = [part.strip() for part in BARS.split(text)]
            if refusal := _refusal(parts, choices):
                wrong.append(refusal % {"line": place, "code": parts[0][:LONGEST_CODE], "example": A_CHOICE})
            elif any(parts):
                choices[parts[0]] = dict(zip(("code", "zh", "en"), parts, strict=True))
        if wrong:
            raise ValidationError(format_html_join(mark_safe("<br>"), "{}", ((line,) for line in wrong)))
        return list(choices.values())


def in_lines(choices: list[dict[str, Any]]) -> str:
    """What was kept before there were lines may have a bar or a new line in it, which here would end a part."""
    return "\n".join(
        " | ".join(" ".join(BARS.sub("/", str(choice[part])).split()) for part in ("code", "zh", "en"))
        for choice in choices
    )


def _refusal(parts: list[str], known: Container[str]) -> str:
    """What is wrong with a line, in words with holes; nothing when it fits or is empty."""
    if not any(parts):
        return ""
    if len(parts) != 3 or not all(parts):
        return _now("Line %(line)s: write code, Chinese and English with | between them, like “%(example)s”.")
    if len(parts[0]) > LONGEST_CODE:
        return _now("Line %(line)s: write a shorter code than “%(code)s…”, of at most 50 letters.")
    if parts[0] in known:
        return _now("Line %(line)s: “%(code)s” is the code of a line above: write another.")
    return ""


class KeepsItsCode:
    """Bookings and parties in line name the row by its code: once it is written, it stays."""

    fields: dict[str, forms.Field]
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True


class TicketTypeForm(KeepsItsCode, forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    pass


class ExperienceForm(forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    languages = LineField(label=_("languages"), help_text="zh, en")
    refund_terms = TermsField(
        label=_("refund terms"),
        required=False,
        help_text=_("hours before the visit : percent given back, e.g. 48:100, 24:50; empty: nothing goes back"),
    )

    def clean_languages(self) -> list[str]:
        languages: list[str] = self.cleaned_data["languages"]
        if not languages or not set(languages) <= {"zh", "en"}:
            raise ValidationError(_now("Write zh, en or both."))
        return languages


class QuestionForm(KeepsItsCode, forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    choices = ChoicesField(label=_("choices"), required=False, help_text=HOW_TO_CHOOSE)


class OfItsExperience:
    """Prices and the rest belong to one experience."""

    cleaned_data: dict[str, Any]
    instance: Any

    def check_price_list(self) -> None:
        prices = self.cleaned_data.get("price_list")
        experience = self.cleaned_data.get("experience") or getattr(self.instance, "experience", None)
        if prices and experience and prices.experience_id != experience.pk:
            raise ValidationError({"price_list": _now("This price list is another experience's.")})


class RuleForm(OfItsExperience, forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    recurrence = RecurrenceField(label=capfirst(_("recurrence")))
    times = TimesField(label=_("times"), help_text="09:30, 14:00")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.check_price_list()
        return cleaned

    def clean_recurrence(self) -> str:
        shown = Chosen.of_rule(str(self.data.get(self.add_initial_prefix("recurrence"), "")))
        refuse_what_is_not_chosen(self["recurrence"].data, shown)
        text: str = self.cleaned_data["recurrence"]
        return text


class ExceptionForm(forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    def clean_capacity(self) -> int | None:
        """Its rule has the minimum that is being saved with it; a time that is not held has no seats."""
        seats: int | None = self.cleaned_data["capacity"]
        least = self.cleaned_data["rule"].minimum_to_run
        is_added = self.cleaned_data.get("kind") == ScheduleException.Kind.ADD
        if is_added and seats is not None and seats < least:
            raise ValidationError(
                _now("The rule needs %(least)s people to run: give as many seats.") % {"least": least}
            )
        return seats


class ExceptionForms(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # cannot be subscripted at run time
    def clean(self) -> None:
        """Two that are new know nothing of each other, and the database has neither yet."""
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        days = [said["date"] for said in kept if said.get("date") and said.get("time") is None]
        if len(set(days)) < len(days):
            raise ValidationError(_now("There is an exception for this whole day already: change that one."))


class SlotForm(OfItsExperience, forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.check_price_list()
        return cleaned

    def clean_starts_at(self) -> dt.datetime:
        starts_at: dt.datetime = self.cleaned_data["starts_at"]
        if starts_at <= timezone.now():
            raise ValidationError(_now("This time has begun already: choose a later one."))
        refuse_far_off(localdate(starts_at))
        try:
            slots.refuse_on_closed_day(localdate(starts_at))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return starts_at
