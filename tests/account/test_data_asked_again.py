"""A program that asks again after the customer had their data deleted: it gets what its key made, and nothing anew."""

from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from farm.models import RememberedRequest
from shop.models import Order
from tests.accounts import PHONE, signs_in
from tests.builders import NOW, a_shop
from tests.rest import path_of, placed, sent
from tests.visits import a_slot
from tests.visits_rest import SOMEBODY, a_visit_body, booked, place_of
from tours.models import Booking

pytestmark = pytest.mark.django_db
KEY = "the-same-key"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def deletes_all(client: Client) -> None:
    signs_in(client, PHONE)
    answer = client.post(reverse("account:erasure"), {"understood": "on"})
    assert answer.status_code == 200, answer.content.decode()


def test_the_same_order_is_not_placed_anew_for_a_customer_who_is_forgotten(client):
    a_shop()
    first = placed(client, key=KEY)
    sent(client, "post", f"{path_of(Order.objects.get())}/cancellation")
    deletes_all(client)

    again = placed(client, key=KEY)

    assert (again.status_code, again.json()["number"]) == (201, first.json()["number"])
    order = Order.objects.get()
    assert (order.status, order.buyer_phone) == ("cancelled", "")


def test_the_same_visit_is_not_booked_anew_for_a_visitor_who_is_forgotten(client):
    body = a_visit_body(a_slot(), contact={**SOMEBODY, "phone": PHONE})
    first = booked(client, body, key=KEY)
    sent(client, "post", f"{place_of(Booking.objects.get())}/cancellation")
    deletes_all(client)

    again = booked(client, body, key=KEY)

    assert (again.status_code, again.json()["number"]) == (201, first.json()["number"])
    assert (Booking.objects.get().status, Booking.objects.get().phone) == ("cancelled", "")


def test_what_is_remembered_of_a_request_names_nobody(client):
    a_shop()
    placed(client)
    booked(client, a_visit_body(a_slot(), contact={**SOMEBODY, "phone": PHONE}))

    assert not any(PHONE in scope for scope in RememberedRequest.objects.values_list("scope", flat=True))


def test_requests_that_were_remembered_under_a_phone_before_still_answer(client):
    a_shop()
    first = placed(client, key=KEY)
    RememberedRequest.objects.update(scope=f"order:{PHONE}")

    import_module("farm.migrations.0008_phones_in_older_requests").digest(apps, SimpleNamespace(connection=connection))

    assert placed(client, key=KEY).json()["number"] == first.json()["number"]
