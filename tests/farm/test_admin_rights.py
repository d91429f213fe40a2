"""Who may edit staff does not come to more rights than their own that way."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from farm.admin import rights
from farm.models import User
from farm.people import ensure_groups
from tests.staff import a_boss, page_of, sign_in

pytestmark = pytest.mark.django_db
STOLEN = {"usable_password": "true", "password1": "stolen-vineyard-9", "password2": "stolen-vineyard-9"}
EDITS = ("view_user", "add_user", "change_user", "view_group", "add_group", "change_group")


@pytest.fixture
def clerk(client: Client) -> User:
    """Somebody who edits staff and groups, signed in."""
    clerk = with_rights("clerk", *EDITS, "view_order")
    return sign_in(client, clerk)


def with_rights(name: str, *codenames: str, **more: Any) -> User:
    user = User.objects.create_user(name, password="grape-harvest", is_staff=True, **more)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def gives_a_new_password(client: Client, user: User) -> bool:
    client.post(reverse("admin:auth_user_password_change", args=[user.pk]), STOLEN)
    user.refresh_from_db()
    return user.check_password(STOLEN["password1"])


@pytest.mark.parametrize("is_active", [True, False])
def test_only_the_boss_gives_a_boss_a_new_password(client, clerk, is_active):
    boss = User.objects.create_user("boss", password="grape-harvest", is_superuser=True, is_active=is_active)

    page = client.post(page_of(boss), {"username": "boss", "is_active": "on"})

    assert page.status_code == 403
    assert not gives_a_new_password(client, boss)


@pytest.mark.parametrize("is_active", [True, False])
def test_nobody_gives_a_new_password_to_who_may_do_more(client, clerk, is_active):
    cashier = with_rights("cashier", "take_at_desk", is_active=is_active)
    by_group = User.objects.create_user("bookkeeper", is_staff=True, is_active=is_active)
    books = Group.objects.create(name="books")
    books.permissions.set(Permission.objects.filter(codename="ask_provider"))
    by_group.groups.add(books)

    assert [gives_a_new_password(client, user) for user in (cashier, by_group)] == [False, False]


def test_who_edits_staff_helps_those_who_may_do_less(client, clerk):
    packer = with_rights("packer", "view_order")

    assert gives_a_new_password(client, packer)


def test_only_the_boss_edits_groups(client, clerk):
    group = Group.objects.create(name="mine")
    clerk.groups.add(group)
    ours = Permission.objects.filter(content_type__app_label="farm").exclude(rights.OPENS_NOTHING)
    every = list(ours.values_list("pk", flat=True))
    place, new = reverse("admin:auth_group_change", args=[group.pk]), reverse("admin:auth_group_add")

    answers = [client.post(at, {"name": "ours", "permissions": every}).status_code for at in (place, new)]
    looks = client.get(place).status_code
    boss = Client()
    a_boss(boss)
    boss.post(place, {"name": "ours", "permissions": every})

    assert (answers, looks) == ([403, 403], 200)
    assert [row.name for row in Group.objects.exclude(name__in=("packing", "shop", "money", "gate"))] == ["ours"]
    assert group.permissions.count() == len(every)


ADDED = {"username": "li.na", "password1": "grape-harvest-9", "password2": "grape-harvest-9"}


def test_the_boss_adds_somebody_who_then_signs_in_and_does_their_work(client):
    a_boss(client)
    ensure_groups()
    group = Group.objects.get(name="packing")
    place = reverse("admin:farm_user_add")

    page = client.get(place).content.decode()
    client.post(place, {**ADDED, "first_name": "娜", "groups": [group.pk]})

    newcomer = Client()
    newcomer.post(reverse("admin:login"), {"username": "li.na", "password": ADDED["password1"]})
    assert [name for name in (*ADDED, "first_name", "groups") if f'name="{name}"' not in page] == []
    assert newcomer.get(reverse("admin:shop_order_changelist")).status_code == 200


def test_two_passwords_that_differ_add_nobody(client):
    a_boss(client)

    answer = client.post(reverse("admin:farm_user_add"), {**ADDED, "password2": "another-harvest-9"})

    assert "password fields didn" in answer.content.decode()
    assert not User.objects.filter(username="li.na").exists()


def test_whom_a_clerk_adds_has_no_rights_yet(client, clerk):
    ensure_groups()

    client.post(reverse("admin:farm_user_add"), {**ADDED, "groups": [Group.objects.get(name="money").pk]})

    added = User.objects.get(username="li.na")
    assert (added.is_staff, added.groups.count()) == (False, 0)
