"""Who of the staff may do what: the farm's groups, filled by name so that each room adds its own permissions."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction

groups: Mapping[str, tuple[str, ...]] = {}  # filled from beizhen.groups at start-up


LONGEST_HAND = 60
"""Letters of a name in every column that says who did something; a name to sign in with has 150."""


class NoSuchPermission(LookupError):
    """A group asks for a permission that no model declares."""


def hand(user: AbstractBaseUser | AnonymousUser) -> str:
    """The name of a member of the staff as histories keep it."""
    return str(user.get_username())[:LONGEST_HAND]


def ensure_groups() -> None:
    """Make the farm's groups and give each what its work needs; safe to repeat, and then it only looks.

    Permissions that staff added by hand to a group stay.

    :raises NoSuchPermission: when the table of groups has a misspelt permission.
    """
    wanted = {(name, words) for name, granted in groups.items() for words in granted}
    if missing := wanted - _granted():
        _grant(missing)


def _granted() -> set[tuple[str, str]]:
    """Each group's name with each permission that it has."""
    rows = Group.objects.filter(name__in=groups).values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    )
    return {(name, f"{app}.{codename}") for name, app, codename in rows}


@transaction.atomic
def _grant(missing: set[tuple[str, str]]) -> None:
    Group.objects.bulk_create([Group(name=name) for name in sorted(groups)], ignore_conflicts=True)
    keys = dict(Group.objects.values_list("name", "pk"))
    permissions = _permissions({words for _, words in missing})
    grant = Group.permissions.through
    grants = [grant(group_id=keys[name], permission_id=permissions[words]) for name, words in sorted(missing)]
    grant._default_manager.bulk_create(grants, ignore_conflicts=True)


def _permissions(wanted: set[str]) -> dict[str, int]:
    """The key of each permission.

    :raises NoSuchPermission: when one of them is not there.
    """
    codenames = {words.partition(".")[2] for words in wanted}
    rows = Permission.objects.filter(codename__in=codenames).values_list("content_type__app_label", "codename", "pk")
    keys = {f"{app}.{codename}": pk for app, codename, pk in rows}
    if misspelt := wanted - keys.keys():
        raise NoSuchPermission(", ".join(sorted(misspelt)))
    return keys
