"""A session of staff: read in one statement, and over at once when it is to be over."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.utils import timezone

from farm.models import StaffSession, User
from farm.people import ensure_groups
from farm.sessions import whose

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


def test_a_session_grants_what_django_would_read(signed_in, keeper, django_assert_num_queries):
    """The names are put where Django's backend keeps its own: should it look elsewhere, it reads them again."""
    keeper.groups.add(Group.objects.get(name="packing"))
    keeper.user_permissions.add(*Permission.objects.filter(codename__in=["check_in", "view_user"]))
    by_django = ModelBackend().get_all_permissions(User.objects.get(pk=keeper.pk))
    session = signed_in.session

    with django_assert_num_queries(1):
        granted = whose(session).get_all_permissions()

    assert granted == by_django > {"tours.check_in", "farm.view_user"}


def test_a_session_of_the_old_secret_key_goes_on_with_the_new_one(signed_in, keeper, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"

    assert look(signed_in).status_code == 200
    assert StaffSession.objects.get().user == keeper


@pytest.mark.parametrize("was_there", [True, False])
def test_older_sessions_are_gone_with_all_that_names_them(keeper, was_there):
    if was_there:
        kind = ContentType.objects.create(app_label="sessions", model="session")
        keeper.user_permissions.create(content_type=kind, codename="view_session", name="Can view session")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY)")

    import_module("farm.migrations.0005_older_sessions_gone").drop(apps, SimpleNamespace(connection=connection))

    assert "django_session" not in connection.introspection.table_names()
    assert not ContentType.objects.filter(app_label="sessions").exists()
    assert not keeper.user_permissions.exists()


def test_without_a_session_nobody_is_signed_in():
    assert look(Client()).status_code == 403
