"""The page and the REST answer behind the QR code on a box."""

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farm.security import mask_name, mask_phone, mask_street
from shop import lot_care, tracing
from shop.links import order_path, passport_path
from shop.models import Lot, Order
from tests.builders import DAY, HOME, NOW, a_lot, a_paid_order, a_ship_date, shipped
from tests.rest import refused
from tests.visits import an_experience
from tests.worlds import a_shop_with_a_packed_order, a_shop_with_a_paid_order

pytestmark = [pytest.mark.django_db, pytest.mark.once("a page over stories that run on both")]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def order() -> Order:
    return a_shop_with_a_packed_order(2)


def code_of(order: Order) -> str:
    return order.lines.get().passport or ""


def page_of(client, code: str) -> str:
    answer = client.get(passport_path(code))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "fact",
    ["Kyoho 2.5 kg", "A-1", "grown by 老李", "Harvested Sat 5 Sep", "Lot L1", "Room 1", "Kept at 0.0 °C",
     "Packed Tue 8 Sep", "Best before Tue 20 Oct", "How to keep them", "grape-kyoho.svg", "noindex"],
)  # fmt: skip
def test_the_page_tells_where_the_grapes_grew_and_how_they_were_kept(client, order, fact):
    assert fact in page_of(client, code_of(order))


def test_nothing_on_the_page_or_in_the_answer_tells_whose_box_it_is(client, order):
    Order.objects.update(gift_message="祝外婆生日快乐")
    secrets = [order.number, order.payable, "外婆", "ships on", order.shipment.request_no]
    secrets += dataclasses.astuple(HOME)
    secrets += [mask_name(HOME.name), mask_phone(HOME.phone), mask_street(HOME.street), HOME.phone[-4:]]
    secrets.remove(HOME.province)  # the footer says where the farm is
    secrets.remove(HOME.city)
    secrets.remove(HOME.district)

    for place in (passport_path(code_of(order)), f"/api/v1/boxes/{code_of(order)}"):
        words = client.get(place).content.decode()
        assert [secret for secret in secrets if secret in words] == []


def test_whoever_likes_it_buys_the_same_box_or_visits_the_row(client, order):
    an_experience("walk", drawing="walk", position=0)
    an_experience("pick", drawing="picking", position=5)

    page = page_of(client, code_of(order))

    assert f'href="{reverse("shop:box", args=["kyoho-2500"])}"' in page
    assert f'href="{reverse("tours:experience", args=["pick"])}"' in page
    assert "These grapes grew on block A-1" in page


def test_the_orders_own_page_leads_to_the_passports_once_it_is_packed(client, order):
    tracing.issue([waiting := a_paid_order(1)])
    pages = {each: client.get(order_path(each)).content.decode() for each in (order, waiting)}

    assert f'href="{passport_path(code_of(order))}">Kyoho 2.5 kg</a> <small>picked 5 Sep</small>' in pages[order]
    assert passport_path(code_of(waiting)) not in pages[waiting]


def test_a_farm_without_visits_invites_to_none(client, order):
    an_experience("indoors", is_outdoor=False)

    assert "Stand in this row" not in page_of(client, code_of(order))


def test_a_box_that_is_not_packed_says_so_and_names_no_lot(client):
    order = a_shop_with_a_paid_order()
    tracing.issue([order])

    page = page_of(client, code_of(order))

    assert "This box is not packed yet" in page
    assert "L1" not in page


def test_a_withdrawn_lot_is_told_in_plain_words_and_sells_nothing(client, order):
    lot_care.withdraw(lot=Lot.objects.get(), by="li", now=NOW)

    page = page_of(client, code_of(order))

    assert "We have taken this lot off sale" in page
    assert "set them aside" in page
    assert "Buy the same box again" not in page


@pytest.mark.parametrize("spoil", [lambda code: code[:-1], lambda code: code + "A", lambda code: code.swapcase()])
def test_a_code_that_was_tampered_with_is_nowhere(client, order, spoil):
    wrong = spoil(code_of(order))

    assert client.get(passport_path(wrong)).status_code == 404
    refused(client.get(f"/api/v1/boxes/{wrong}"), 404, "not_found")


def test_the_code_of_a_box_opens_no_order(client, order):
    assert client.get(reverse("shop:order", args=[code_of(order)])).status_code == 404


def test_the_page_costs_two_queries_whatever_was_sold_and_is_not_sent_twice(client, order):
    place, counts = passport_path(code_of(order)), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(place)
        counts.append(len(captured))
        a_lot(f"L{len(counts) + 1}")
        a_ship_date(DAY.replace(day=20 + len(counts)))
        shipped(a_paid_order())

    again = client.get(place, headers={"If-None-Match": answer["ETag"]})

    assert counts == [2, 2]
    assert again.status_code == 304


def test_the_answer_over_rest_says_the_same(client, order):
    answer = client.get(f"/api/v1/boxes/{code_of(order)}")

    assert answer.json() == {
        "sku": "kyoho-2500",
        "name": "Kyoho 2.5 kg",
        "net_grams": 2500,
        "packed_on": "2026-09-08",
        "grapes": {
            "variety": "kyoho",
            "variety_name": "Kyoho",
            "grower": "老李",
            "block": "A-1",
            "harvested_on": "2026-09-05",
            "lot": "L1",
            "cold_room": "Room 1",
            "celsius": "0.0",
            "best_before": "2026-10-20",
            "is_withdrawn": False,
        },
        "page": passport_path(code_of(order)),
    }
    assert "max-age=60" in answer["Cache-Control"]


def test_over_rest_a_box_that_is_not_packed_has_no_grapes_yet(client):
    order = a_shop_with_a_paid_order()
    tracing.issue([order])

    answer = client.get(f"/api/v1/boxes/{code_of(order)}").json()

    assert (answer["packed_on"], answer["grapes"]) == (None, None)
