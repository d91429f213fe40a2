"""Rights and groups of staff by the words that staff read: Django keeps a right's name in one language."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from farm.admin.lists import StaffAdmin
from farm.models import User

OURS = ("farm", "shop", "tours", "auth")
"""Whose rights are handed out: what Django and its helpers keep for themselves is no page of the staff's."""
OPENS_NOTHING = Q(content_type__app_label="farm", content_type__model="staffsession")
"""Rights over rows that no page shows."""
VERBS = {"view": _("see"), "add": _("add"), "change": _("change"), "delete": _("delete")}
MAY = {
    "farm.release_outboxmessage": _("let a parked message be told again"),
    "farm.release_job": _("let a parked job try again"),
    "farm.settle_stafftask": _("settle"),
    "farm.ask_provider": _("ask the provider"),
    "farm.take_at_desk": _("take money at the desk and pay it back"),
    "farm.view_personal_data": _("see whole names, phones and messages"),
    "shop.answer_damage": _("grant or refuse money"),
    "shop.view_personal_data": _("see whole names, phones and streets"),
    "shop.pack_order": _("pick, pack and hand over"),
    "shop.cancel_order": _("cancel"),
    "shop.move_order": _("move to another ship date"),
    "tours.close_slots": _("close times for rain and open them again"),
    "tours.view_visitors": _("see whole names, phones and answers"),
    "tours.check_in": _("let in at the gate and sell there"),
    "tours.cancel_booking": _("cancel and move"),
    "tours.view_reports": _("see the reports"),
}
GROUP = {"packing": _("Packing house"), "shop": _("Office"), "gate": _("Gate"), "money": _("Cash desk and books")}


def right(permission: Permission) -> str:
    """What it lets somebody do, and with what."""
    owner = permission.content_type
    kind = owner.model_class()
    verb = permission.codename.partition("_")[0]
    may = MAY.get(f"{owner.app_label}.{permission.codename}") or VERBS.get(verb) or permission.name
    return f"{kind._meta.verbose_name if kind else owner.model}: {may}"


def group(row: Group) -> str:
    """A group of the farm's own in words; one that staff made is called as they called it."""
    return str(GROUP.get(row.name, row.name))


def rights_of(user: User) -> list[str]:
    """What somebody may do by their own rights and their groups', also while they may not sign in."""
    held = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return [f"{app}.{codename}" for app, codename in held.values_list("content_type__app_label", "codename").distinct()]


class ShowsOffered:
    """Mixed into a form: rights that its page does not offer are not shown, so nobody counts as having edited them."""

    instance: Any

    def get_initial_for_field(self, field: Any, field_name: str) -> Any:
        held = super().get_initial_for_field(field, field_name)  # type: ignore[misc]  # the form has it
        offered: Any = field.queryset if isinstance(field, ModelMultipleChoiceField) else None
        if offered is None or offered.model is not Permission or not self.instance.pk:
            return held
        return list(offered.filter(pk__in=[permission.pk for permission in held]))


class GrantsRights(StaffAdmin):
    """A page on which rights or groups are chosen; rights that it does not offer stay as they are."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for name in {"permissions", "user_permissions"} & form.cleaned_data.keys():
            offered = form.fields[name].queryset
            held = getattr(form.instance, name).exclude(pk__in=offered.order_by().values("pk"))
            form.cleaned_data[name] = [*form.cleaned_data[name], *held]
        super().save_related(request, form, formsets, change)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **how: Any) -> Any:
        if db_field.related_model is Permission:
            rights = Permission.objects.filter(content_type__app_label__in=OURS).select_related("content_type")
            how["queryset"] = rights.exclude(OPENS_NOTHING).order_by(
                "content_type__app_label", "content_type__model", "pk"
            )
        field = super().formfield_for_manytomany(db_field, request, **how)
        if isinstance(field, ModelMultipleChoiceField):
            say: Any = right if db_field.related_model is Permission else group
            field.label_from_instance = say  # type: ignore[method-assign]  # how Django lets one field say it otherwise
        return field
