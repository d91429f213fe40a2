"""Who took over an order by its link, and then asks for their data: what was said to its former owner stays theirs."""

import json

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from farm.security import mask_phone
from shop.links import order_path
from tests.accounts import OTHER, PHONE, signs_in
from tests.builders import HOME, NOW, work_off
from tests.visits import a_confirmed_booking, a_slot
from tests.worlds import a_shop_with_a_paid_order
from tours.booking import Contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def messages(client: Client) -> list[dict[str, str]]:
    return json.loads(client.get(reverse("account:export")).content)["messages"]


def test_what_was_said_to_an_orders_former_owner_is_listed_without_words_and_number(client):
    order = a_shop_with_a_paid_order()
    work_off()
    client.post(f"{order_path(order)}address/", {**vars(HOME), "phone": OTHER})
    client.post(f"{order_path(order)}cancellation/")
    work_off()

    signs_in(client, OTHER)

    file = client.get(reverse("account:export")).content.decode()
    told = {(one["to"], bool(one["text"]), bool(one["sent_at"])) for one in messages(client)}
    assert PHONE not in file
    assert (mask_phone(PHONE), False, True) in told
    assert any(to == OTHER and has_text for to, has_text, _ in told)
    assert not any(to != OTHER and has_text for to, has_text, _ in told)


def test_who_signs_in_by_mail_reads_what_came_to_it_however_it_was_typed_and_no_phone_number_of_the_booking(client):
    a_confirmed_booking(a_slot(), contact=Contact("李红", PHONE, "Li.Hong@example.com"))
    work_off()

    signs_in(client, "li.hong@example.com")

    told = {(one["to"], bool(one["text"])) for one in messages(client)}
    assert told == {("li.hong@example.com", True), (mask_phone(PHONE), False), ("li.hong@example.com", False)}
