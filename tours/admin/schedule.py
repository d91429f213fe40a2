"""When it is held: the rules, the slots they make, how many visitors a day takes, and a week at one glance."""

import contextlib
import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display

from farm import chores
from farm.admin import changes, places
from farm.admin.dialogs import LIMIT_DIALOG, LimitForm, fill
from farm.admin.lists import StaffAdmin, coming_first, moment
from farm.admin.once import read_once
from farm.people import hand
from tours import capacity, rules, slots
from tours.admin.closing import ClosesChosen, ClosesDay, experience_in
from tours.admin.forms import ExceptionForm, ExceptionForms, RuleForm, SlotForm
from tours.admin.misfits import bookings_of, listed, say_left, tell, words
from tours.admin.words import Said, recurrence_words
from tours.models import Experience, ScheduleException, ScheduleRule, Slot, VisitorsDay
from tours.week import Mark, Week, marks_of, week_of

RUNS_COLOURS = {"sure": "success", "open": "warning", "called off": "danger"}
RUNS_WORDS = {
    "sure": _("will be held"),
    "open": _("needs its minimum yet"),
    "called off": _("called off: too few came"),
}
DAYS_WORDS = (
    (ScheduleRule.Days.EVERY, _("every day that the rule names")),
    (ScheduleRule.Days.WORKDAYS, _("only workdays, make-up workdays among them")),
    (ScheduleRule.Days.DAYS_OFF, _("only weekends and public holidays, without make-up workdays")),
)
KIND_WORDS = ((ScheduleException.Kind.SKIP, _("not held")), (ScheduleException.Kind.ADD, _("held as well")))
A_LIFE_YEARS = 80

places.lead("rule", places.page("tours_schedulerule"))
places.lead("experience", places.page("tours_experience"))
chores.look_after(rules.TASK_PREFIX, say_left)
changes.tell(ScheduleRule, ScheduleException)
changes.tell(Slot, VisitorsDay, but={"closed_reason_zh", "closed_reason_en"})


class Exceptions(TabularInline):
    model = ScheduleException
    form = ExceptionForm
    formset = ExceptionForms
    extra = 0
    hide_title = True
    verbose_name_plural = _("exceptions")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "kind":
            options["choices"] = KIND_WORDS
        return super().formfield_for_choice_field(db_field, request, **options)


@admin.register(ScheduleRule)
class ScheduleRuleAdmin(StaffAdmin):
    form = RuleForm
    list_display = (
        "name",
        "experience",
        "on_days",
        "clock",
        "days",
        "season",
        "capacity",
        "is_active",
    )
    list_filter = ("is_active", "experience", "days")
    list_select_related = ("experience",)
    search_fields = ("name",)
    date_hierarchy = "starts_on"
    inlines = (Exceptions,)

    @display(description=_("recurrence"), ordering="recurrence")
    def on_days(self, rule: ScheduleRule) -> str:
        return recurrence_words(rule.recurrence)

    @display(description=_("from – until"), ordering="starts_on")
    def season(self, rule: ScheduleRule) -> str:
        return f"{rule.starts_on:%Y-%m-%d} – {rule.ends_on:%Y-%m-%d}"

    @display(description=_("times"))
    def clock(self, rule: ScheduleRule) -> str:
        return ", ".join(rule.times)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "days":
            options["choices"] = DAYS_WORDS
        return super().formfield_for_choice_field(db_field, request, **options)

    @display(description=_("booked times that no longer fit"))
    @read_once
    def no_longer_fit(self, rule: ScheduleRule) -> SafeString:
        return listed(rules.misfits(rules=[rule], now=timezone.now()))

    def get_fields(self, request: HttpRequest, obj: ScheduleRule | None = None) -> list[Any]:
        """Who may not change the rule reads its days and times as its list says them."""
        is_read = obj and not self.has_change_permission(request, obj)
        often, clock = ("on_days", "clock") if is_read else ("recurrence", "times")
        times = [(clock, "capacity"), "price_list", ("minimum_to_run", "decide_hours")]
        own = [("experience", "is_active"), "name", often, "days", ("starts_on", "ends_on"), *times]
        return [*own, "no_longer_fit"] if obj else own

    def get_readonly_fields(self, request: HttpRequest, obj: ScheduleRule | None = None) -> tuple[str, ...]:
        """A rule keeps its experience: its slots are that one's."""
        return ("experience", "no_longer_fit") if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The slots follow in the transaction that saves the rule and its exceptions."""
        super().save_related(request, form, formsets, change)
        tell(request, rules.apply_rule(rule=form.instance, by=hand(request.user), now=timezone.now()))


class Fits(admin.SimpleListFilter):
    title = _("fits its rule")
    parameter_name = "fits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("booked, and the rule was changed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Slot]) -> QuerySet[Slot]:
        if self.value() != "no":
            return queryset
        every = ScheduleRule.objects.select_related("experience")
        return queryset.filter(pk__in=[misfit.slot.pk for misfit in rules.misfits(rules=every, now=timezone.now())])


class When(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("coming", _("coming")), ("past", _("past"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Slot]) -> QuerySet[Slot]:
        if self.value() == "coming":
            return queryset.filter(starts_at__gt=timezone.now())
        return queryset.filter(starts_at__lte=timezone.now()) if self.value() == "past" else queryset


@admin.register(Slot)
class SlotAdmin(ClosesChosen):
    form = SlotForm
    list_display = ("starts", "experience_name", "seats", "state", "runs_at_all", "rule")
    starts = moment("starts_at", _("begins"))
    list_filter = (When, Fits, "experience", "is_closed", "runs")
    list_select_related = ("experience", "rule", "day")
    search_fields = ("experience__code", "experience__name_zh", "experience__name_en")
    date_hierarchy = "date"
    actions_list = ("week",)
    actions = ("close_chosen", "open_chosen")
    actions_detail = ("set_limit", "close_one", "open_one")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What begins at the same time stands by what it is."""
        return [*coming_first("starts_at", since=timezone.now()), "experience"]

    @display(description=_("experience"), ordering="experience")
    def experience_name(self, slot: Slot) -> str:
        return slot.experience.name

    @display(description=_("seats taken"))
    def seats(self, slot: Slot) -> SafeString:
        return fill(slot, f"{slot.taken} / {slot.limit}")

    @display(description=_("bookings"))
    def bookings(self, slot: Slot) -> SafeString:
        return bookings_of(slot)

    @display(description=_("state"), label={"open": "success", "closed": "danger", "over": ""})
    def state(self, slot: Slot) -> Said:
        if slot.is_closed or slot.day.is_closed:
            return Said(("closed", slot.closed_reason or slot.day.closed_reason or _now("closed")))
        is_open = slot.cut_off_at > timezone.now()
        return Said(("open", _now("open")) if is_open else ("over", _now("cut-off is past")))

    @display(description=_("runs"), ordering="runs", label=RUNS_COLOURS)
    def runs_at_all(self, slot: Slot) -> Said:
        return Said((slot.runs, str(RUNS_WORDS[slot.runs])))

    @display(description=_("fits its rule"))
    @read_once
    def fits(self, slot: Slot) -> str:
        own = ScheduleRule.objects.filter(slots=slot).select_related("experience")
        found = [misfit for misfit in rules.misfits(rules=own, now=timezone.now()) if misfit.slot == slot]
        return words(found[0]) if found else "-"

    def get_fields(self, request: HttpRequest, obj: Slot | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("experience", "starts_at", "limit", "price_list")
        return ("experience", "starts_at", "ends_at", "cut_off_at", "seats", "bookings", "price_list", "rule", "fits",
                "minimum_to_run", "decide_at", "runs_at_all", "state")  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Slot | None = None) -> tuple[str, ...]:
        """A slot's time is its rule's; its seats and its closure go through their stories."""
        return tuple(name for name in self.get_fields(request, obj) if name != "price_list") if obj else ()

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if change:
            return super().save_model(request, obj, form, change)
        asked = {name: form.cleaned_data[name] for name in ("experience", "starts_at", "limit", "price_list")}
        try:
            obj.pk = slots.add(**asked).pk
        except slots.StartTaken as refusal:  # somebody was faster than the form's own look
            messages.error(request, str(refusal))
            obj.pk = Slot.objects.get(experience=asked["experience"], starts_at=asked["starts_at"]).pk
        return None

    @action(description=_("Change the limit"), permissions=["change"], icon="tune", dialog=LIMIT_DIALOG)
    def set_limit(self, request: HttpRequest, form: LimitForm, object_id: str) -> HttpResponse:
        limit = form.cleaned_data["limit"]
        return self.do_to_one(
            request,
            object_id,
            lambda slot: capacity.set_slot_limit(slot=slot, limit=limit, now=timezone.now()),
            said=lambda slot: _now("limit %(old)s → %(limit)s") % {"old": slot.limit, "limit": limit},
        )

    @action(description=_("Week"), permissions=["view"], icon="calendar_view_week", url_path="week")
    def week(self, request: HttpRequest) -> TemplateResponse:
        chosen = experience_in(request)
        week = week_of(_date_asked_for(request), experience=chosen)
        page = {
            **self.admin_site.each_context(request),
            "title": _now("Week"),
            "week": week,
            "rows": _marked(week, timezone.now()),
            "experiences": Experience.objects.all(),
            "chosen": chosen,
            "today": timezone.localdate(),
        }
        return TemplateResponse(request, "tours/staff/week.html", page)


def _marked(week: Week, now: dt.datetime) -> list[tuple[dt.time, list[list[tuple[Slot, Mark | None]]]]]:
    """The rows of the week, each slot with what staff should know of it."""
    marks = marks_of(week, now)
    return [(row.time, [[(slot, marks.get(slot.pk)) for slot in cell] for cell in row.cells]) for row in week.rows]


def _date_asked_for(request: HttpRequest) -> dt.date:
    """The date in the address; an odd one, or one of another century, shows this week."""
    today = timezone.localdate()
    with contextlib.suppress(ValueError):
        date = dt.date.fromisoformat(request.GET.get("date", ""))
        return date if abs(date.year - today.year) < A_LIFE_YEARS else today
    return today


@admin.register(VisitorsDay)
class VisitorsDayAdmin(ClosesDay):
    list_display = ("date", "weekday", "visitors", "places_left", "is_closed", "reason")
    list_filter = ("is_closed",)
    search_fields = ("date",)
    date_hierarchy = "date"
    fields = (("date", "visitors"), ("is_closed", "reason"), "weather_note_zh", "weather_note_en")
    readonly_fields = ("date", "visitors", "is_closed", "reason")
    actions_detail = ("set_limit", "close_day", "open_day")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return coming_first("date", since=timezone.localdate())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A day comes with its first slot."""
        return False

    @display(description=_("weekday"))
    def weekday(self, day: VisitorsDay) -> str:
        return date_format(day.date, "D")

    @display(description=_("reason"))
    def reason(self, day: VisitorsDay) -> str:
        return day.closed_reason or "-"

    @display(description=_("still free"))
    def places_left(self, day: VisitorsDay) -> int:
        return day.left

    @display(description=_("visitors"))
    def visitors(self, day: VisitorsDay) -> SafeString:
        return fill(day, f"{day.taken} / {day.limit}")

    @action(description=_("Change the limit"), permissions=["change"], icon="tune", dialog=LIMIT_DIALOG)
    def set_limit(self, request: HttpRequest, form: LimitForm, object_id: str) -> HttpResponse:
        limit = form.cleaned_data["limit"]
        return self.do_to_one(
            request,
            object_id,
            lambda day: capacity.set_day_limit(day=day, limit=limit, now=timezone.now()),
            said=lambda day: _now("limit %(old)s → %(limit)s") % {"old": day.limit, "limit": limit},
        )
