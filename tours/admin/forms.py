"""What staff write in one line where the row keeps a list: times, refund terms, choices; and whether it makes sense."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from farm.refusals import Refused
from tours import recurrence, schedule, slots
from tours.models import ScheduleException

TERM = re.compile(r"(\d{1,4})\s*[:：]\s*(\d{1,3})")
COMMAS = re.compile(r"[,，、\s]+")


class LineField(forms.CharField):
    """A list that is written in one line, parts set apart by commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return self.written(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return self.read(str(value or ""))

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
    def clean_choices(self) -> list[Any]:
        choices = self.cleaned_data["choices"] or []
        fits = isinstance(choices, list) and all(
            isinstance(choice, dict) and choice.keys() == {"code", "zh", "en"} and all(choice.values())
            for choice in choices
        )
        if not fits:
            raise ValidationError(
                _now('Write [{"code": "zh", "zh": "中文", "en": "Chinese"}, …], or [] for free text.')
            )
        return choices


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
    times = TimesField(label=_("times"), help_text="09:30, 14:00")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.check_price_list()
        return cleaned

    def clean_recurrence(self) -> str:
        text: str = "".join(self.cleaned_data["recurrence"].upper().split())
        try:
            recurrence.check(text)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
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
        if starts_at <= now():
            raise ValidationError(_now("This time has begun already: choose a later one."))
        try:
            slots.refuse_on_closed_day(localdate(starts_at))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return starts_at
