"""Who of the staff may do what: the farm's groups, filled by name so that each room adds its own permissions."""

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

groups: Mapping[str, tuple[str, ...]] = {}  # filled from beizhen.groups at start-up


class NoSuchPermission(LookupError):
    """A group asks for a permission that no model declares."""


@transaction.atomic
def ensure_groups() -> None:
    """Make the farm's groups and give each what its work needs; safe to repeat.

    Permissions that staff added by hand to a group stay.

    :raises NoSuchPermission: when the table of groups has a misspelt permission.
    """
    for name, wanted in groups.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(wanted))


def _permissions(wanted: tuple[str, ...]) -> list[Permission]:
    any_of = Q()
    for words in wanted:
        app, _, codename = words.partition(".")
        any_of |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(any_of).select_related("content_type"))
    missing = set(wanted) - {f"{one.content_type.app_label}.{one.codename}" for one in found}
    if missing:
        raise NoSuchPermission(", ".join(sorted(missing)))
    return found
