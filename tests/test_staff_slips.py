"""What the staff's tool answers to a slip of the hand, or to somebody who sends it nonsense."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from farm.admin import exports
from farm.models import ClosedDay, User
from shop.models import ColdRoom, Order
from tests.builders import a_shop, an_order, made
from tests.staff import form_of, given, list_of, page_of, told

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
    pytest.mark.once("it proves what pages make of what is sent"),
]
REASONS = {"reason_zh": "下雪", "reason_en": "snow"}


@pytest.mark.parametrize("key", ["x", "", "9" * 30, "1 or 1"])
def test_of_chosen_rows_one_with_a_key_that_none_can_have_stops_all(client, key):
    a_shop()
    order = an_order()

    sent = {"action": "cancel", "_selected_action": [order.pk, key], "_form_submitted": "True", "reason": "hail"}
    answer = client.post(list_of(Order), sent)

    order.refresh_from_db()
    assert told(answer) == "Nothing was done: a chosen row is not there. Choose again from the list."
    assert order.status == Order.Status.PLACED


def test_more_rows_than_a_file_holds_lead_back_to_the_list_as_it_was_narrowed(client, monkeypatch):
    a_shop()
    narrowed = f"?status__exact={an_order().status}"
    monkeypatch.setattr(exports, "MOST_ROWS", 0)

    answer = client.post(reverse("admin:shop_order_export") + narrowed, {"format": "0"})

    assert (answer.status_code, answer.url) == (302, list_of(Order) + narrowed)
    assert told(answer) == "Narrow the list with its filters: at most 0 rows leave in one file."


def test_a_right_that_the_page_does_not_offer_is_kept_when_its_group_is_saved(client):
    hidden = Permission.objects.get(codename="view_staffsession")
    one, other = Permission.objects.filter(content_type__app_label="shop")[:2]
    group = Group.objects.create(name="night")
    group.permissions.set([hidden, one])

    client.post(page_of(group), form_of(client, group) | {"permissions": [other.pk]})

    assert set(group.permissions.all()) == {hidden, other}


def a_group_with_a_hidden_right() -> Group:
    group = Group.objects.create(name="night")
    group.permissions.set(Permission.objects.filter(codename__in=("view_staffsession", "view_order")))
    return group


def test_a_right_that_the_page_does_not_offer_does_not_count_as_edited(client):
    group = a_group_with_a_hidden_right()
    held = set(group.permissions.all())

    client.post(page_of(group), form_of(client, group) | {"permissions": [the_right("view_order").pk], "name": "late"})

    assert LogEntry.objects.get().change_message == '[{"changed": {"fields": ["Name"]}}]'
    assert set(group.permissions.all()) == held


def test_two_who_choose_the_same_rights_are_not_asked_for_one_that_the_page_does_not_offer(client):
    group = a_group_with_a_hidden_right()
    chosen = form_of(client, group) | {"permissions": [the_right("view_order").pk, the_right("view_box").pk]}

    answers = [client.post(page_of(group), chosen).status_code for _ in range(2)]

    assert (answers, group.permissions.count()) == ([302, 302], 3)


def test_a_right_of_ones_own_that_the_page_does_not_offer_is_kept_too(client):
    somebody = made(User(username="li.na", password=make_password("grape-harvest"), is_staff=True))
    somebody.user_permissions.set([the_right("view_staffsession"), the_right("view_order")])

    client.post(page_of(somebody), form_of(client, somebody) | {"user_permissions": [the_right("view_box").pk]})

    assert {row.codename for row in somebody.user_permissions.all()} == {"view_staffsession", "view_box"}


def the_right(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


@pytest.mark.parametrize(("days", "said"), [(-1, "This day is over"), (3 * 366, "more than two years ahead")])
def test_a_day_that_cannot_be_meant_is_not_closed(client, days, said):
    day = dt.date.today() + dt.timedelta(days=days)

    answer = client.post(reverse("admin:farm_closedday_add"), {"date": str(day), **REASONS})

    assert said in answer.content.decode()
    assert not ClosedDay.objects.exists()


def test_a_closed_day_stays_the_day_it_is(client):
    day = ClosedDay.objects.create(date=dt.date.today() + dt.timedelta(days=5), **REASONS)

    assert list(given(client, page_of(day))["adminform"].form.fields) == ["reason_zh", "reason_en"]


@pytest.mark.parametrize(("celsius", "is_taken"), [("-5.1", False), ("-0.5", True), ("15.1", False)])
def test_a_room_in_which_no_grape_keeps_is_none(client, celsius, is_taken):
    client.post(reverse("admin:shop_coldroom_add"),
                {"code": "C9", "name_zh": "九号库", "name_en": "Room 9", "celsius": celsius})  # fmt: skip

    assert ColdRoom.objects.exists() == is_taken
