"""Addresses that are kept for the next order: everybody's own, one of them in the order form."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop import address_book
from shop.models import KeptAddress
from tests.accounts import OTHER, signs_in
from tests.builders import HOME, NOW, a_shop
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
PLACE = reverse("account:addresses")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def keeps(client: Client, **different: str) -> KeptAddress:
    answer = client.post(reverse("account:new-address"), {**vars(HOME), **different})
    assert answer.status_code == 302, answer.content.decode()
    return KeptAddress.objects.latest("pk")


def test_the_first_address_is_the_one_in_the_order_form(client):
    signs_in(client)
    first, second = keeps(client), keeps(client, street="闾山路 99 号")

    shown = client.get(PLACE).content.decode()

    assert (first.is_default, second.is_default) == (True, False)
    assert shown.index(first.street) < shown.index(second.street)


def test_another_one_takes_its_place(client):
    signs_in(client)
    first, second = keeps(client), keeps(client, street="闾山路 99 号")

    client.post(reverse("account:address-default", args=[second.pk]))

    assert list(KeptAddress.objects.filter(is_default=True)) == [second]
    client.post(reverse("account:address-removal", args=[second.pk]))
    assert list(KeptAddress.objects.filter(is_default=True)) == [first]


def test_an_address_is_changed_and_removed(client):
    signs_in(client)
    kept = keeps(client)
    place = reverse("account:address", args=[kept.pk])

    assert HOME.street in client.get(place).content.decode()
    client.post(place, {**vars(HOME), "street": "新街 1 号"})
    kept.refresh_from_db()
    assert kept.street == "新街 1 号"
    client.post(reverse("account:address-removal", args=[kept.pk]))
    assert not KeptAddress.objects.exists()


@pytest.mark.parametrize("wrong", [{"street": ""}, {"district": "无此区"}, {"phone": "123"}])
def test_an_address_that_cannot_be_is_not_kept(client, wrong):
    signs_in(client)

    answer = client.post(reverse("account:new-address"), {**vars(HOME), **wrong})

    assert answer.status_code == 400
    assert "field__problem" in answer.content.decode()
    assert not KeptAddress.objects.exists()


def test_the_same_address_is_kept_once_and_twenty_are_enough(client):
    signs_in(client)
    keeps(client)
    keeps(client)
    for number in range(2, address_book.MOST + 1):
        keeps(client, street=f"闾山路 {number} 号")

    answer = client.post(reverse("account:new-address"), {**vars(HOME), "street": "闾山路 999 号"})

    assert answer.status_code == 409
    assert KeptAddress.objects.count() == address_book.MOST
    assert reverse("account:new-address") not in client.get(PLACE).content.decode()


def test_an_address_of_somebody_else_is_no_address(client):
    signs_in(client)
    kept = keeps(client)
    stranger = Client()
    signs_in(stranger, OTHER)

    answers = [
        stranger.get(reverse("account:address", args=[kept.pk])),
        stranger.post(reverse("account:address", args=[kept.pk]), {**vars(HOME), "street": "别人的街"}),
        stranger.post(reverse("account:address-removal", args=[kept.pk])),
        stranger.post(reverse("account:address-default", args=[kept.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert KeptAddress.objects.get().street == kept.street
    assert kept.street not in stranger.get(PLACE).content.decode()


def test_the_list_costs_the_same_with_one_and_with_three(client):
    signs_in(client)
    costs = []
    for streets in (["一街 1 号"], ["二街 1 号", "三街 1 号"]):
        for street in streets:
            keeps(client, street=street)
        with CaptureQueriesContext(connection) as captured:
            client.get(PLACE)
        costs.append(len(captured))

    assert costs[0] == costs[1] <= 3


def test_the_next_parcel_probably_goes_where_the_last_one_went(client):
    a_shop_with_a_paid_order()
    customer = signs_in(client).customer

    assert address_book.known_for(customer) == HOME
    keeps(client, street="新街 1 号")
    known = address_book.known_for(customer)
    assert known is not None
    assert known.street == "新街 1 号"


@pytest.mark.usefixtures("kept_contexts")
def test_the_order_form_begins_with_the_kept_address_of_whoever_is_signed_in(client):
    a_shop()
    signs_in(client)
    keeps(client)
    place = reverse("shop:order-form")

    mine, strangers = client.get(f"{place}?box-kyoho-2500=2"), Client().get(place)

    assert f'value="{HOME.street}"' in mine.content.decode()
    assert mine.context["form"]["box-kyoho-2500"].value() == "2"
    assert HOME.street not in strangers.content.decode()
