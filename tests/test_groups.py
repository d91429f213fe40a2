"""Who of the staff may do what: no permission of ours is out of reach, and every way to start makes the groups."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command, get_commands

from beizhen.groups import GROUPS
from tests.test_compose import command_of

OURS = ("farm", "shop", "tours")


def test_every_permission_of_our_own_is_in_a_group():
    ours = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for codename, _ in model._meta.permissions
    }

    assert ours
    assert ours - {permission for granted in GROUPS.values() for permission in granted} == set()


def test_who_may_release_parked_work_may_see_it():
    for granted in GROUPS.values():
        releases = [permission for permission in granted if ".release_" in permission]

        assert {permission.replace("release_", "view_") for permission in releases} <= set(granted)


@pytest.mark.django_db
def test_to_migrate_is_to_have_the_groups():
    Group.objects.all().delete()

    call_command("migrate", verbosity=0, interactive=False)

    assert set(Group.objects.values_list("name", flat=True)) == GROUPS.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("partly", [{"plan": True}, {"app_label": "farm"}, {"check_unapplied": True}])
def test_to_look_or_to_migrate_one_room_makes_no_groups(partly):
    Group.objects.all().delete()

    call_command("migrate", verbosity=0, interactive=False, **partly)

    assert not Group.objects.exists()


def test_compose_migrates_by_the_command_that_makes_the_groups():
    words = command_of("migrate")

    assert words[:3] == ["python", "manage.py", "migrate"]
    assert get_commands()["migrate"] == "beizhen"
