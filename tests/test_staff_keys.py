"""Addresses of staff pages with a key that no row has: each page and each button answers, none of them fails."""

from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from shop.models import Order
from tests.staff import a_boss, a_member, told
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
NOBODYS = ("abc", "\x00", "9" * 30, "987654", "987_654", "-1")


@pytest.fixture
def boss(client):
    client.raise_request_exception = False
    reverse("admin:index")  # the models of the staff's tool are known once an address of it was asked for
    return a_boss(client)


def place_of(model, name: str, key: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=[key])


@pytest.mark.parametrize("key", NOBODYS)
def test_a_page_of_no_row_leads_to_the_first_page(client, boss, key):
    answers = {model: client.get(place_of(model, "change", quote(key))) for model in admin.site._registry}

    assert [model for model, answer in answers.items() if answer.headers.get("Location") != "/staff/"] == []
    assert "doesn’t exist" in told(answers[Order])


@pytest.mark.parametrize("key", NOBODYS)
def test_a_button_of_no_row_is_not_found(client, boss, key):
    rooms = [room for room in admin.site._registry.values() if hasattr(room, "_get_base_actions_detail")]
    places = [
        reverse(f"admin:{button.action_name}", args=[key])
        for room in rooms
        for button in room._get_base_actions_detail()
    ]

    looked = {place: client.get(place).status_code for place in places}
    pressed = {place: client.post(place, {"_form_submitted": "on"}).status_code for place in places}

    assert looked == pressed == dict.fromkeys(places, 404)
    assert len(places) > 30


def test_a_row_has_one_address_so_whoever_looks_at_people_is_noted(client, boss):
    key = str(a_shop_with_a_paid_order().pk)
    spelt_otherwise = f"{key[:-1]}_{ord(key[-1]):X}"

    answers = [client.get(place_of(Order, "change", quoted)) for quoted in (spelt_otherwise, key)]

    assert [answer.status_code for answer in answers] == [302, 200]
    assert LogEntry.objects.get().object_id == key


def test_who_may_not_see_a_list_learns_nothing_from_a_wrong_key(client):
    a_member(client, "gate")

    answers = [client.get(place_of(Order, "change", key)).status_code for key in NOBODYS]

    assert set(answers) == {403}
