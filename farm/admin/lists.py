"""What every list of the staff's tool shares: patient paging, masked people, actions that call one story, exports."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import DataError, models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import TabularInline
from unfold.decorators import display

from farm import history, naming
from farm.admin import places
from farm.admin.bounds import NUMBER
from farm.admin.buttons import Buttons
from farm.admin.changes import TellsChanges
from farm.admin.held import held_still
from farm.admin.leads import Leads
from farm.admin.once import read_once
from farm.admin.shown import remembering
from farm.limited import LedgerBroken
from farm.payments import Unexplained
from farm.refusals import Refused
from farm.states import Event, WrongState

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
    from django.forms import ModelForm
    from django_stubs_ext import StrOrPromise

Row = TypeVar("Row", bound=models.Model)
Story = Callable[[Row], object]

FILTER_ENDINGS = ("", "__exact", "__id__exact", "__isnull", "__isempty")
CALENDAR_ENDINGS = ("__year", "__month", "__day")


class PatientPaginator(Paginator):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Counts to a thousand and no further: ten million orders are not counted for one page."""

    MOST = 1_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[: self.MOST].count())


def in_short(at: dt.datetime) -> str:
    """A moment by the farm's clock: with its year only when that is another one."""
    local = timezone.localtime(at)
    return f"{local:%m-%d\u00a0%H:%M}" if local.year == timezone.localdate().year else f"{local:%Y-%m-%d\u00a0%H:%M}"


def moment(field: str, title: "StrOrPromise") -> Callable[[Any, models.Model], str]:
    """A narrow column for the moment in `field`: the year only when it is another one."""

    @display(description=title, ordering=field)
    def column(_admin: Any, row: models.Model) -> str:
        at = getattr(row, field)
        return "-" if at is None else in_short(at)

    return column


def coming_first(column: str, *, since: Any) -> list[Any]:
    """The order of a list of days or moments: from `since` on, then what is past, of both the nearest first."""
    coming, past = (models.Case(models.When(**{f"{column}{side}": since}, then=column)) for side in ("__gte", "__lt"))
    return [coming.asc(nulls_last=True), past.desc()]


class StaffAdmin(Leads, Buttons, TellsChanges):
    """A list of the farm: rows with a history are kept, so nothing is deleted here."""

    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = PatientPaginator
    compressed_fields = True
    linked_by: ClassVar[tuple[str, ...]] = ()
    """What links of other pages narrow the list by, where no filter does."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what a filter, the calendar or a link of ours asks: other columns could be spelt out, sign by sign.

        So names and phones that the list masks stay with those who may see them whole.
        """
        return lookup in self._lookups(request)

    def found(self, queryset: models.QuerySet[Any], term: str) -> models.QuerySet[Any] | None:
        """The rows with that number or phone, looked for whole: no list can be walked digit by digit.

        None: this list searches its `search_fields` as Django does.
        """
        return None

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        found = self.found(queryset, term)
        return super().get_search_results(request, queryset, term) if found is None else (found, False)

    def get_changelist_instance(self, request: HttpRequest) -> "ChangeList":
        """An address that narrows by what it may not, or by what no column can hold, leads to the whole list."""
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup, OverflowError, DataError) as error:
            messages.error(request, _("The list cannot be narrowed in this way. Here is all of it: choose a filter."))
            raise IncorrectLookupParameters from error

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        """Do to the chosen rows what was chosen: all of them, or, when one has a key that no row can have, none."""
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(key, None)
        except ValidationError:
            messages.error(request, _("Nothing was done: a chosen row is not there. Choose again from the list."))
            return None
        return super().response_action(request, queryset)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **how: Any) -> Any:
        if isinstance(db_field, models.PositiveIntegerField):
            how = {**NUMBER, **how}
        return super().formfield_for_dbfield(db_field, request, **how)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **how: Any) -> Any:
        form = super().get_form(request, obj, change=change, **how)
        return remembering(form) if change else form

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[Any]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            formset.form = remembering(formset.form)
            yield formset, inline

    def save_model(self, request: HttpRequest, obj: models.Model, form: "ModelForm[Any]", change: bool) -> None:
        """Write what was edited and no more: a form opened a minute ago must put back nothing of what it showed."""
        _write(obj, form.changed_data if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change:
            _keep_choices(form)
        super().save_related(request, form, formsets, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The same for the rows below."""
        formset.save(commit=False)
        for one in formset.initial_forms:
            _keep_choices(one)
        for row in formset.deleted_objects:
            row.delete()
        for row, edited in formset.changed_objects:
            _write(row, edited)
        for row in formset.new_objects:
            _write(row, None)
        formset.save_m2m()

    def do(self, request: HttpRequest, rows: Iterable[Row], story: Story[Row], *, said: str) -> None:
        """Call `story` for each row, note it in the history, and tell what went well and why others did not."""
        done: list[Row] = []
        for row in rows:
            try:
                story(row)
            except WrongState:
                self.say_too_late(request, row)
            except (Refused, LedgerBroken, Unexplained) as refusal:
                messages.error(request, of(row, str(refusal)))
            else:
                done.append(row)
                self.note(request, row, said)
        if len(done) == 1:
            done[0].refresh_from_db()  # a story may leave what it was given as it was
            messages.success(request, _("%(row)s: %(said)s.") % {"row": called(done[0]), "said": said})
        elif done:
            messages.success(request, _("%(said)s: %(count)s rows.") % {"said": said, "count": len(done)})

    def do_to_one(
        self, request: HttpRequest, key: str, story: Story[Any], *, said: Callable[[Any], str]
    ) -> HttpResponse:
        """Call `story` for the row with that key, held still while `said` reads from what it is changed."""
        with held_still(self.model, key) as row:
            self.do(request, [row], story, said=said(row))
        return self.back_to(request, row)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **how: Any) -> HttpResponse:
        """A page on which nothing can be written offers no button that saves it."""
        inlines = context["inline_admin_formsets"]
        if not context["adminform"].form.fields and not any(inline.has_change_permission for inline in inlines):
            context |= {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **how)

    def note(self, request: HttpRequest, row: models.Model, words: str) -> None:
        """Write down who did or saw what, in the row's own history."""
        LogEntry.objects.log_actions(int(request.user.pk or 0), [row], CHANGE, words, single_object=True)

    def _lookups(self, request: HttpRequest) -> Iterator[str]:
        for one in self.get_list_filter(request):
            if isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
                yield str(one.parameter_name)
            else:
                column = one[0] if isinstance(one, tuple) else one
                yield from (f"{column}{ending}" for ending in FILTER_ENDINGS)
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}{ending}" for ending in CALENDAR_ENDINGS)
        yield from self.linked_by


def of(row: models.Model, words: str) -> str:
    """What was said of a row, after its name unless the words have its number already."""
    number = getattr(row, "number", None)
    return words if isinstance(number, str) and number in words else f"{called(row)}: {words}"


def called(row: models.Model) -> str:
    """A row's name as other words follow it: that of a task is a sentence with a full stop."""
    return str(row).rstrip(".。")


def _keep_choices(form: Any) -> None:
    """Rows chosen from a list, of which nothing was edited, stay as they are now."""
    for field in form.instance._meta.many_to_many:
        if field.name not in form.changed_data:
            form.cleaned_data.pop(field.name, None)


def _write(row: models.Model, edited: Iterable[str] | None) -> None:
    """Write these columns of a row, or a row that is new."""
    if edited is None:
        return row.save()
    columns = {field.name for field in row._meta.concrete_fields}
    return row.save(update_fields=[name for name in edited if name in columns])


class InWords(admin.SimpleListFilter):
    """One of a column's codes, by the words that staff read."""

    words: dict[Any, Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(value), words) for value, words in self.words.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class ReadOnly:
    """To be looked at only: it is written by stories."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class CalledByName(StaffAdmin):
    """A list whose rows name another one each: all of these are asked for at once."""

    names: ClassVar[str]
    """The column with the name."""

    def get_changelist_instance(self, request: HttpRequest) -> "ChangeList":
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        words = places.words_of(getattr(row, self.names) for row in rows)
        for row in rows:
            row.words = words
        changelist.result_list = rows
        return changelist

    @read_once
    def linked(self, row: Any) -> SafeString | str:
        """The row that this one names, as a link to its page."""
        name = getattr(row, self.names)
        return places.link(name, self.reader, row.words if hasattr(row, "words") else places.words_of([name]))


class History(ReadOnly, TabularInline):
    """Read-only rows under their owner, oldest first."""

    extra = 0
    can_delete = False
    hide_title = True
    show_change_link = False
    per_page = 50
    ordering = ("pk",)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever may see the owner may see what happened to it."""
        return True


class EventHistory(History):
    fields = ("at", "happened", "hand", "facts")
    readonly_fields = fields
    verbose_name_plural = _lazy("history")

    @display(description=_lazy("what happened"))
    def happened(self, event: Event) -> str:
        return history.happened(event.what, event.details)

    @display(description=_lazy("done by"))
    def hand(self, event: Event) -> str:
        return history.who(event.by)

    @display(description=_lazy("details"))
    def facts(self, event: Event) -> SafeString:
        lines = ((line,) for line in naming.facts(event.details))
        return format_html_join("", "<div>{}</div>", lines) or SafeString("-")
