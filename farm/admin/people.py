"""Staff and the people they serve: users, groups, customers, closed days."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from farm import closing, contacts, security
from farm.admin.lists import ReadOnly, StaffAdmin, moment
from farm.admin.personal import Personal
from farm.models import ClosedDay, Customer, User

PERSONAL = "farm.view_personal_data"

admin.site.unregister(Group)


@admin.register(User)
class StaffUserAdmin(StaffAdmin, UserAdmin):  # type: ignore[misc, type-arg]  # Django's paginator is typed narrower
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only those who may do everything hand out rights."""
        kept = ("last_login", "date_joined")
        if request.user.is_superuser:
            return kept
        return (*kept, "is_superuser", "is_staff", "groups", "user_permissions")


@admin.register(Group)
class StaffGroupAdmin(StaffAdmin, GroupAdmin):  # type: ignore[misc]  # Django's paginator is typed narrower
    search_fields = ("name",)


@admin.register(Customer)
class CustomerAdmin(ReadOnly, Personal):
    personal = PERSONAL
    list_display = ("pk", "masked_name", "masked_phone", "language", "first_seen", "last_seen")
    first_seen = moment("first_seen_at", _lazy("first seen"))
    last_seen = moment("last_seen_at", _lazy("last seen"))
    list_filter = ("language",)
    search_fields = ("phone",)
    search_help_text = _lazy("the whole phone number or mail address")
    readonly_fields = ("masked_name", "masked_phone")

    @display(description=_lazy("name"))
    def masked_name(self, customer: Customer) -> str:
        return security.mask_name(customer.name)

    @display(description=_lazy("phone or mail address"))
    def masked_phone(self, customer: Customer) -> str:
        return contacts.of(customer).masked

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find by the whole number or address only: a list cannot be walked digit by digit."""
        whole = search_term.strip().lower()
        return (queryset.filter(Q(phone=whole) | Q(email=whole)) if whole else queryset), False

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        known = ("name", "phone", "email") if self.sees_people(request) else ("masked_name", "masked_phone")
        return (*known, "language", "first_seen_at", "last_seen_at")


@admin.register(ClosedDay)
class ClosedDayAdmin(StaffAdmin):
    list_display = ("date", "reason_zh", "reason_en")
    search_fields = ("reason_zh", "reason_en")
    date_hierarchy = "date"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        closing.close_day(day=obj, by=request.user.get_username(), now=timezone.now())
        messages.info(request, _("The ship date of that day closes too; its orders become a staff task."))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A day closed by mistake is lifted; nothing else points at it."""
        return bool(request.user.has_perm("farm.delete_closedday"))

    def delete_model(self, request: HttpRequest, obj: ClosedDay) -> None:
        closing.lift(day=obj, by=request.user.get_username(), now=timezone.now())
        messages.warning(request, _("The ship date of that day stays closed until you open it again."))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ClosedDay]) -> None:
        for day in queryset:
            self.delete_model(request, day)
