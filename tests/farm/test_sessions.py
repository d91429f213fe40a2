"""A session of staff: read in one statement, and over at once when it is to be over."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from farm.models import StaffSession, User
from farm.people import ensure_groups

pytestmark = pytest.mark.django_db
ASKED = "/api/v1/gate/looks"


def look(client):
    return client.post(ASKED, {"code": "nothing"}, "application/json")


@pytest.fixture
def keeper():
    ensure_groups()
    user = User.objects.create_user("keeper", password="a long password", is_staff=True)
    user.groups.add(Group.objects.get(name="gate"))
    return user


@pytest.fixture
def signed_in(keeper):
    client = Client()
    client.force_login(keeper, "farm.sessions.StaffBackend")
    look(client)
    return client


def test_session_user_and_permissions_are_one_statement(signed_in, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert look(signed_in).status_code == 200


def test_a_session_knows_whose_it_is(signed_in, keeper):
    assert StaffSession.objects.get().user == keeper


def sign_out(client, keeper):
    client.logout()


def change_password(client, keeper):
    keeper.set_password("another long password")
    keeper.save(update_fields=["password"])


def deactivate(client, keeper):
    User.objects.filter(pk=keeper.pk).update(is_active=False)


def dismiss(client, keeper):
    User.objects.filter(pk=keeper.pk).update(is_staff=False)


def take_the_group(client, keeper):
    keeper.groups.clear()


def delete_user(client, keeper):
    keeper.delete()


def end_session(client, keeper):
    StaffSession.objects.all().delete()


def let_it_expire(client, keeper):
    StaffSession.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))


def give_it_to_another(client, keeper):
    """The row and what is signed in it name different users: neither is believed."""
    StaffSession.objects.update(user=User.objects.create_superuser("boss"))
    keeper.groups.clear()


@pytest.mark.parametrize(
    "end",
    [
        sign_out,
        change_password,
        deactivate,
        dismiss,
        take_the_group,
        delete_user,
        end_session,
        let_it_expire,
        give_it_to_another,
    ],
)
def test_it_is_over_at_once(signed_in, keeper, end):
    kept = signed_in.cookies.copy()
    end(signed_in, keeper)
    signed_in.cookies.update(kept)

    assert look(signed_in).status_code == 403


def test_a_permission_counts_by_group_or_by_itself_and_for_the_superuser(signed_in, keeper):
    keeper.groups.clear()
    keeper.user_permissions.add(Permission.objects.get(codename="check_in"))
    assert look(signed_in).status_code == 200

    keeper.user_permissions.clear()
    User.objects.filter(pk=keeper.pk).update(is_superuser=True)
    assert look(signed_in).status_code == 200


def test_a_session_of_the_old_secret_key_goes_on_with_the_new_one(signed_in, keeper, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"

    assert look(signed_in).status_code == 200
    assert StaffSession.objects.get().user == keeper


def test_without_a_session_nobody_is_signed_in():
    assert look(Client()).status_code == 403
