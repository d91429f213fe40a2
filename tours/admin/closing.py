"""The page that closes visits: chosen times, a whole day, or an experience over some days; with who is met by it."""

import contextlib
import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from unfold.decorators import action

from farm.admin.lists import StaffAdmin
from farm.forms import key_in
from farm.people import hand
from farm.refusals import Refused
from tours import closures, reopening
from tours.admin import words
from tours.admin.dialogs import OPEN_DAY_DIALOG, OPEN_DIALOG
from tours.closures import Reason
from tours.models import Booking, Experience, Slot, VisitorsDay

MAY_CLOSE = "tours.close_slots"
MOST_DAYS = dt.timedelta(days=92)


class ClosingForm(forms.Form):
    """Which of the shown times, why, and what silent parties get."""

    slots = forms.ModelMultipleChoiceField(queryset=Slot.objects.none(), required=False)
    whole_day = forms.BooleanField(required=False)
    reason_zh = forms.CharField(label=_("Reason in Chinese"), max_length=60, initial="下雨")
    reason_en = forms.CharField(label=_("Reason in English"), max_length=60, initial="Rain")
    otherwise = forms.ChoiceField(label=_("Who does not answer gets"), choices=list(words.OTHERWISE.items()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("slots") and not cleaned.get("whole_day"):
            raise forms.ValidationError(_now("Choose at least one time."))
        return cleaned


class ClosePage(StaffAdmin):
    """Adds the page to the list of closures."""

    actions_list = ("close",)

    def has_close_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_CLOSE))

    @action(description=_("Close visits"), permissions=["close"], icon="rainy", url_path="close")
    def close(self, request: HttpRequest) -> HttpResponse:
        asked = _Asked(request)
        form = ClosingForm(request.POST or None)
        form.fields["slots"].queryset = asked.slots()  # type: ignore[attr-defined]  # the stubs know a field without its choices
        if request.method == "POST" and form.is_valid():
            try:
                closure = closures.close(**_wanted(form, asked), by=hand(request.user), now=timezone.now())
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                self.note(request, closure, _now("closed to visitors"))
                return self.back_to(request, closure)
        page = {
            **self.admin_site.each_context(request),
            "title": _now("Close visits"),
            "asked": asked,
            "slots": asked.with_parties(),
            "experiences": Experience.objects.all(),
            "form": form,
            "chosen": set(form.data.getlist("slots") if form.is_bound else asked.proposed()),  # type: ignore[attr-defined]  # as above
        }
        return TemplateResponse(request, "tours/staff/close.html", page)


class ClosesChosen(StaffAdmin):
    """Adds to a list of slots, and to the page of one, the way to the page that closes them."""

    @action(description=_("Close for rain or another reason"), permissions=["close"])
    def close_chosen(self, request: HttpRequest, queryset: QuerySet[Slot]) -> HttpResponse:
        return redirect(_page_for([("slot", key) for key in queryset.order_by("pk").values_list("pk", flat=True)]))

    @action(description=_("Open again"), permissions=["open_again"])
    def open_chosen(self, request: HttpRequest, queryset: QuerySet[Slot]) -> None:
        self._open(request, list(queryset.order_by("starts_at", "pk")))

    @action(description=_("Open again"), permissions=["open_again"], icon="event_available", dialog=OPEN_DIALOG)
    def open_one(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        slot = Slot.objects.get(pk=object_id)
        self._open(request, [slot])
        return self.back_to(request, slot)

    def _open(self, request: HttpRequest, slots: Sequence[Slot]) -> None:
        now = timezone.now()
        self.do(
            request, slots, lambda row: reopening.open_again(slot=row, now=now), said=pgettext("done", "open again")
        )

    def has_open_again_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm(MAY_CLOSE):
            return False
        closed = Slot.objects.filter(Q(is_closed=True) | Q(day__is_closed=True), starts_at__gt=timezone.now())
        return object_id is None or closed.filter(pk=object_id).exists()

    @action(description=_("Close this time"), permissions=["close"], icon="rainy")
    def close_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(_page_for([("slot", object_id)]))

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm(MAY_CLOSE):
            return False
        coming = Slot.objects.filter(is_closed=False, starts_at__gt=timezone.now())
        return object_id is None or coming.filter(pk=object_id).exists()


class ClosesDay(StaffAdmin):
    """Adds to the page of a visitors' day the way to the page that closes it, and the button that opens it again."""

    @action(description=_("Close this day"), permissions=["close"], icon="rainy")
    def close_day(self, request: HttpRequest, object_id: str) -> HttpResponse:
        date = VisitorsDay.objects.get(pk=object_id).date
        return redirect(_page_for([("first", date), ("last", date)]))

    @action(description=_("Open again"), permissions=["open_again"], icon="event_available", dialog=OPEN_DAY_DIALOG)
    def open_day(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        day, now = VisitorsDay.objects.get(pk=object_id), timezone.now()
        self.do(request, [day], lambda row: reopening.open_day(day=row, now=now), said=pgettext("done", "open again"))
        return self.back_to(request, day)

    def has_open_again_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm(MAY_CLOSE):
            return False
        closed = VisitorsDay.objects.filter(is_closed=True, date__gte=timezone.localdate())
        return object_id is None or closed.filter(pk=object_id).exists()

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not request.user.has_perm(MAY_CLOSE):
            return False
        coming = VisitorsDay.objects.filter(is_closed=False, date__gte=timezone.localdate())
        return object_id is None or coming.filter(pk=object_id).exists()


def experience_in(request: HttpRequest) -> Experience | None:
    """The experience that the address names, whatever signs stand there."""
    code = request.GET.get("experience", "")
    return next((one for one in Experience.objects.all() if one.code == code), None)


def _page_for(asked: Sequence[tuple[str, Any]]) -> str:
    return f"{reverse('admin:tours_closure_close')}?{urlencode(asked)}"


class _Asked:
    """What the address names: `?slot=7&slot=9`, or `first`, `last` and an experience; else today."""

    def __init__(self, request: HttpRequest) -> None:
        self.now = timezone.now()
        today = timezone.localdate(self.now)
        self.named = [key for key in map(key_in, request.GET.getlist("slot")) if key]
        self.first = max(_date(request, "first", today), today)
        self.last = min(max(_date(request, "last", self.first), self.first), self.first + MOST_DAYS)
        self.experience = experience_in(request)

    def slots(self) -> Any:
        coming = Slot.objects.filter(is_closed=False, day__is_closed=False, starts_at__gt=self.now)
        if self.named:
            return coming.filter(pk__in=self.named)
        coming = coming.filter(date__range=(self.first, self.last))
        return coming.filter(experience=self.experience) if self.experience else coming

    def with_parties(self) -> Any:
        """The times with the parties that would be asked."""
        sure = Count("bookings", filter=Q(bookings__status=Booking.Status.CONFIRMED))
        return self.slots().select_related("experience").annotate(parties=sure).order_by("starts_at", "pk")

    def proposed(self) -> list[str]:
        """The keys that are ticked at first: the named times, else those that depend on the weather."""
        slots = self.slots() if self.named else self.slots().filter(experience__is_outdoor=True)
        return [str(key) for key in slots.values_list("pk", flat=True)]

    @property
    def day(self) -> VisitorsDay | None:
        """The day that can be closed as a whole: one date, with all its experiences."""
        if self.named or self.experience or self.first != self.last:
            return None
        return VisitorsDay.objects.filter(date=self.first, is_closed=False).first()


def _wanted(form: ClosingForm, asked: _Asked) -> dict[str, Any]:
    said = form.cleaned_data
    day = asked.day if said["whole_day"] else None
    slots = asked.slots() if day else said["slots"]
    if said["whole_day"] and day is None:
        raise PermissionDenied(_now("Only one day with all its experiences can be closed whole."))
    reason = Reason(said["reason_zh"], said["reason_en"], said["otherwise"])
    return {"slots": list(slots.values_list("pk", flat=True)), "reason": reason, "day": day}


def _date(request: HttpRequest, name: str, otherwise: dt.date) -> dt.date:
    with contextlib.suppress(ValueError):
        date = dt.date.fromisoformat(request.GET.get(name, ""))
        return date if date.year < otherwise.year + 10 else otherwise
    return otherwise
