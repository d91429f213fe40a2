"""Staff and the people they serve: users, groups, customers, closed days."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from farm import closing, contacts, naming, security
from farm.admin import changes
from farm.admin.bounds import to_come
from farm.admin.lists import InWords, ReadOnly, StaffAdmin, moment
from farm.admin.personal import Personal
from farm.admin.rights import GROUP, GrantsRights, ShowsOffered, group, rights_of
from farm.models import ClosedDay, Customer, User
from farm.people import hand

PERSONAL = "farm.view_personal_data"

changes.tell(ClosedDay, but={"reason_zh", "reason_en"})

admin.site.unregister(Group)


class ByGroup(admin.SimpleListFilter):
    title = _lazy("group")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(row.pk), group(row)) for row in Group.objects.order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        chosen = self.value() or ""
        return queryset.filter(groups=int(chosen)) if chosen.isdecimal() else queryset


class StaffUserForm(ShowsOffered, UserChangeForm):
    pass


@admin.register(User)
class StaffUserAdmin(GrantsRights, UserAdmin):  # type: ignore[misc, type-arg]  # Django's paginator is typed narrower
    form = StaffUserForm
    add_form = UserCreationForm
    add_fieldsets = ((None, {"fields": ("username", ("first_name", "last_name"), "groups", "password1", "password2")}),)
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "called", "works_in", "is_active", "is_superuser", "signed_in")
    signed_in = moment("last_login", _lazy("last login"))
    list_filter = ("is_active", ByGroup)
    search_fields = ("username", "first_name", "last_name")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody comes to more rights than their own by giving somebody else a new password."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return True
        return not obj.is_superuser and bool(request.user.has_perms(rights_of(obj)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Whom the boss adds here may sign in here."""
        if not change and request.user.is_superuser:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    @display(description=_lazy("name"))
    def called(self, user: User) -> str:
        return user.get_full_name() or "-"

    @display(description=_lazy("groups"))
    def works_in(self, user: User) -> str:
        return ", ".join(map(group, user.groups.all())) or "-"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request).prefetch_related("groups")
        return users

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only those who may do everything hand out rights."""
        kept = ("last_login", "date_joined")
        if request.user.is_superuser:
            return kept
        return (*kept, "is_superuser", "is_staff", "groups", "user_permissions")


class StaffGroupForm(ShowsOffered, forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    pass


@admin.register(Group)
class StaffGroupAdmin(GrantsRights, GroupAdmin):  # type: ignore[misc]  # Django's paginator is typed narrower
    form = StaffGroupForm
    list_display = ("title", "members")
    search_fields = ("name",)

    @display(description=_lazy("group"), ordering="name")
    def title(self, row: Group) -> str:
        return group(row)

    @display(description=_lazy("staff"))
    def members(self, row: Any) -> int:
        return int(row.member_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only those who may do everything say what others may."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        groups: QuerySet[Group] = super().get_queryset(request).annotate(member_count=Count("user"))
        return groups

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        """The farm's own groups are found by their names, so these stay."""
        return ("title" if obj and obj.name in GROUP else "name", "permissions")

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("title",)


class ByLanguage(InWords):
    title = _lazy("language")
    parameter_name = "language"
    words = naming.LANGUAGE


@admin.register(Customer)
class CustomerAdmin(ReadOnly, Personal):
    personal = PERSONAL
    list_display = ("number", "masked_name", "masked_phone", "speaks", "first_seen", "last_seen")
    first_seen = moment("first_seen_at", _lazy("first seen"))
    last_seen = moment("last_seen_at", _lazy("last seen"))
    list_filter = (ByLanguage,)
    search_fields = ("phone",)
    search_help_text = _lazy("the whole phone number or mail address")
    readonly_fields = ("masked_name", "masked_phone", "speaks")

    @display(description=_lazy("number"), ordering="pk")
    def number(self, customer: Customer) -> int:
        return customer.pk

    @display(description=_lazy("language"))
    def speaks(self, customer: Customer) -> str:
        return naming.language(customer.language)

    @display(description=_lazy("name"))
    def masked_name(self, customer: Customer) -> str:
        return security.mask_name(customer.name)

    @display(description=_lazy("phone or mail address"))
    def masked_phone(self, customer: Customer) -> str:
        return contacts.of(customer).masked

    def found(self, queryset: Any, term: str) -> Any:
        """Find by the whole number or address only: a list cannot be walked digit by digit."""
        return queryset.filter(Q(phone=term) | Q(email=term.lower()))

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        known = ("name", "phone", "email") if self.sees_people(request) else ("masked_name", "masked_phone")
        return (*known, "speaks", "first_seen_at", "last_seen_at")


class ClosedDayForm(forms.ModelForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    def clean_date(self) -> dt.date:
        return to_come(self.cleaned_data["date"])


@admin.register(ClosedDay)
class ClosedDayAdmin(StaffAdmin):
    form = ClosedDayForm
    list_display = ("date", "reason_zh", "reason_en")
    search_fields = ("reason_zh", "reason_en")
    date_hierarchy = "date"

    def get_readonly_fields(self, request: HttpRequest, obj: ClosedDay | None = None) -> tuple[str, ...]:
        """Another day is another closure: what this one closed would stay closed without a word."""
        return ("date",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        closing.close_day(day=obj, by=hand(request.user), now=timezone.now())
        messages.info(request, _("The ship date of that day closes too; its orders become a staff task."))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A day closed by mistake is lifted; nothing else points at it."""
        return bool(request.user.has_perm("farm.delete_closedday"))

    def delete_model(self, request: HttpRequest, obj: ClosedDay) -> None:
        closing.lift(day=obj, by=hand(request.user), now=timezone.now())
        messages.warning(request, _("The ship date of that day stays closed until you open it again."))
        said = _("Visits of a rule that nobody had booked come back by themselves; add again what was added by hand.")
        messages.info(request, said)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ClosedDay]) -> None:
        for day in queryset:
            self.delete_model(request, day)
