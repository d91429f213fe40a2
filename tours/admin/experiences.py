"""What visitors can do: experiences with their tickets, prices, questions and the rules that visitors accept."""

from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from farm.admin import changes
from farm.admin.lists import StaffAdmin
from farm.admin.prices import PricedInYuan
from farm.money import in_yuan
from farm.people import hand
from tours import rules
from tours.admin.forms import ExperienceForm, QuestionForm, TicketTypeForm, in_lines
from tours.admin.misfits import tell
from tours.models import Experience, Price, PriceList, Question, TicketType, Waiver

SHAPES_SLOTS = {"duration_minutes", "cut_off_minutes"}

changes.tell(Experience, TicketType, Question, PriceList, Price)


class TicketTypes(PricedInYuan, TabularInline):
    """Never deleted: bookings and parties in line name them. One that is no longer wanted is offered no longer."""

    can_delete = False
    model = TicketType
    form = TicketTypeForm
    fields = (
        "code",
        "kind",
        "name_zh",
        "name_en",
        "price_fen",
        "people",
        "min_age",
        "max_age",
        "position",
        "is_offered",
    )
    extra = 0
    show_change_link = True
    verbose_name_plural = _("ticket types")


class Questions(TabularInline):
    model = Question
    form = QuestionForm
    readonly_fields = ("offered",)
    extra = 0
    verbose_name_plural = _("questions")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        choices = "choices" if self.has_change_permission(request, obj) else "offered"
        return ("code", "words_zh", "words_en", choices, "is_required", "is_on_manifest", "position")

    @display(description=_("choices"))
    def offered(self, question: Question) -> str:
        return in_lines(question.choices) or "-"


class PriceLists(TabularInline):
    model = PriceList
    extra = 0
    show_change_link = True
    verbose_name_plural = _("price lists")


class Waivers(TabularInline):
    """Versions are added and never edited: bookings say which one was accepted."""

    model = Waiver
    extra = 0
    verbose_name_plural = _("rules that visitors accept")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Experience)
class ExperienceAdmin(StaffAdmin):
    form = ExperienceForm
    list_display = ("code", "name_zh", "name_en", "duration_minutes", "is_outdoor", "deposit_percent", "is_on_sale")
    list_filter = ("is_on_sale", "is_outdoor")
    search_fields = ("code", "name_zh", "name_en")
    fields = (
        ("code", "position", "is_on_sale"),
        ("name_zh", "name_en"),
        ("summary_zh", "summary_en"),
        ("story_zh", "story_en"),
        ("meeting_point_zh", "meeting_point_en"),
        ("included_zh", "included_en"),
        ("bring_zh", "bring_en"),
        ("rules_zh", "rules_en"),
        ("weather_note_zh", "weather_note_en", "is_outdoor"),
        ("drawing", "languages", "duration_minutes"),
        ("min_party", "max_party", "cut_off_minutes"),
        ("deposit_percent", "may_pay_on_arrival", "refund_terms"),
    )
    inlines = (TicketTypes, Questions, PriceLists, Waivers)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Another duration or cut-off reaches the slots that nobody has booked."""
        super().save_related(request, form, formsets, change)
        if change and SHAPES_SLOTS & set(form.changed_data):
            by, now = hand(request.user), timezone.now()
            tell(request, rules.apply_experience(experience=form.instance, by=by, now=now))


class Prices(PricedInYuan, TabularInline):
    model = Price
    extra = 0
    hide_title = True
    verbose_name_plural = _("prices")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Prices are those of the experience's own tickets, which all lines of the list share."""
        mine = PriceList.objects.filter(pk=_key_in(request)).values("experience")
        options["queryset"] = TicketType.objects.filter(experience__in=mine)
        field: Any = super().formfield_for_foreignkey(db_field, request, **options)
        choices = field.choices
        field.choices = cache(lambda: list(iter(choices)))
        return field


class OfOneExperience(StaffAdmin):
    """Rows that are edited from their experience's page; there they are also made."""

    list_filter = ("experience",)
    list_select_related = ("experience",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("experience",)


@admin.register(PriceList)
class PriceListAdmin(OfOneExperience):
    list_display = ("name", "experience")
    search_fields = ("name",)
    inlines = (Prices,)


@admin.register(TicketType)
class TicketTypeAdmin(PricedInYuan, OfOneExperience):
    form = TicketTypeForm
    list_display = ("code", "experience", "name_zh", "kind", "price", "people", "ages", "per_grown_up", "is_offered")
    search_fields = ("code", "name_zh", "name_en")
    fields = (
        ("experience", "is_offered", "position"),
        ("code", "kind"),
        ("name_zh", "name_en"),
        ("price_fen", "people"),
        "needs_proof",
        ("min_age", "max_age"),
        ("min_quantity", "max_quantity"),
        "accompanied_by",
        ("per_grown_up", "grown_ups"),
    )
    filter_horizontal = ("accompanied_by",)

    @display(description=_("price"), ordering="price_fen")
    def price(self, kind: TicketType) -> str:
        return in_yuan(kind.price_fen)

    @display(description=_("ages"), ordering="min_age")
    def ages(self, kind: TicketType) -> str:
        return kind.ages

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Companions are tickets of the same experience."""
        pk = _key_in(request)
        mine = TicketType.objects.filter(pk=pk).values("experience")
        options["queryset"] = TicketType.objects.filter(experience__in=mine).exclude(pk=pk)
        return super().formfield_for_manytomany(db_field, request, **options)


def _key_in(request: HttpRequest) -> str:
    """The key of the row whose page is asked for."""
    return str(request.resolver_match.kwargs.get("object_id", "")) if request.resolver_match else ""
