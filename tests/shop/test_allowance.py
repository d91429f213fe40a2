"""Nobody takes a whole day by ordering again and again without paying."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop import allowance, checkout
from shop.checkout import Gift
from shop.models import Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_box, a_capture, a_shop, a_wish, an_order, work_off
from tests.rest import a_body, placed, refused
from tests.shop.test_pages_ordering import typed

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=16)


@pytest.fixture(autouse=True)
def now(settings) -> Iterator[Any]:
    settings.UNPAID_UNITS_PER_PHONE = 100
    allowance.forget_all()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_one_phone_holds_a_hundred_units_and_no_more(client):
    a_shop()
    answers = [placed(client, a_body(40)) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 201, 409, 409]
    assert "Pay that order or cancel it" in refused(answers[-1], 409, "too_much_unpaid")["detail"]
    assert ShipDate.objects.get().taken == 80


def test_the_page_says_so_and_keeps_what_was_typed(client):
    a_shop()
    an_order(50)
    an_order(50)

    total = checkout.quote(wants=a_wish(10).wants, date=DAY, address=HOME, now=NOW).total_fen
    answer = client.post("/order/", typed(10, agreed_fen=total))

    assert answer.status_code == 409
    assert "wait for their payment" in answer.content.decode()
    assert HOME.street in answer.content.decode()


def test_what_is_paid_let_go_or_of_another_phone_does_not_count(now):
    a_shop()
    first = an_order(50)
    an_order(50)

    an_order(50, address=replace(HOME, phone="13911112222"))
    a_capture(first)
    work_off()
    an_order(50)
    now.move_to(LATER)
    an_order(50, now=LATER)

    assert Order.objects.count() == 5


def test_a_gift_counts_for_who_gives_it():
    a_shop()
    for phone in ("13911112222", "13922223333"):
        an_order(50, address=replace(HOME, phone=phone), gift=Gift(buyer_phone=HOME.phone))

    with pytest.raises(allowance.TooMuchUnpaid):
        an_order()


def test_one_order_may_be_as_large_as_the_shop_allows():
    a_box("large-5000", max_per_order=200)
    a_shop()

    assert an_order(150, sku="large-5000").packing_units == 150


def test_a_repeat_still_gets_its_order():
    a_shop()
    for key in ("first", "second"):
        an_order(50, key=key)

    again = checkout.place_order(wanted=a_wish(50), key="second", now=NOW)

    assert again.number == Order.objects.order_by("pk").last().number


def test_who_orders_once_is_not_looked_up(settings):
    a_shop()
    costs = []
    for limit in (100, 0):
        settings.UNPAID_UNITS_PER_PHONE = limit
        with CaptureQueriesContext(connection) as asked:
            an_order(address=replace(HOME, phone=f"1391111{limit:04}"))
        costs.append(len(asked))

    assert costs[0] == costs[1]
