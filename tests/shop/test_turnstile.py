"""The turnstile before the order door answers what the door would, and leaves to it what it does not understand."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpResponse

from shop import changes, checkout, glance
from shop.api.turnstile import Turnstile
from shop.models import Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_ship_date, an_order
from tests.shop.test_rush import full_day as full_day
from tests.shop.test_rush import press_buy

pytestmark = pytest.mark.django_db
LINES = [{"sku": "kyoho-2500", "quantity": 1}]


def post_order(client, *, key: str, phone: str = "13900000000", date: str = str(DAY), boxes: int = 1):
    body = {
        "lines": [{"sku": "kyoho-2500", "quantity": boxes}],
        "ship_date": date,
        "address": {**vars(HOME), "phone": phone},
    }
    return client.post(
        "/api/v1/orders",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": key, "Accept-Language": "en"},
    )


@pytest.mark.parametrize(
    ("rooms", "boxes", "named"),
    [([1, 3, 2], 2, [12, 13]), ([1, 1, 1, 2], 2, [14]), ([1], 2, [])],
    ids=["some of those the flag knows", "a later one than it knows", "none"],
)
def test_a_larger_order_hears_only_of_days_with_room_for_it(full_day, client, rooms, boxes, named):
    ShipDate.objects.filter(date=DAY).update(limit=5, taken=5)
    ShipDate.objects.exclude(date=DAY).delete()
    for day, room in enumerate(rooms, start=11):
        a_ship_date(dt.date(2026, 9, day), limit=room)
    glance.fresh(NOW)
    with time_machine.travel(NOW, tick=False):
        small, large = (post_order(client, key=f"late-key-{number}", boxes=number).json() for number in (1, boxes))

    assert small["next_dates"] == [f"2026-09-{day}" for day in range(11, 11 + len(rooms))][:3]
    assert large["next_dates"] == [f"2026-09-{day}" for day in named]


def test_the_turnstile_leaves_an_order_larger_than_its_day_to_the_door(full_day, client):
    with time_machine.travel(NOW, tick=False):
        post_order(client, key="late-key-1")
        larger = post_order(client, key="late-key-2", boxes=2).json()

    assert (larger["code"], "more than we pack" in larger["detail"]) == ("sold_out", True)


def test_the_turnstile_says_what_the_door_says(full_day, client, django_assert_num_queries):
    with time_machine.travel(NOW, tick=False):
        from_the_door = post_order(client, key="late-key-1")
        with django_assert_num_queries(1):  # who ordered before, read once for this flag
            post_order(client, key="late-key-2")
        with django_assert_num_queries(0):
            from_the_turnstile = post_order(client, key="late-key-3")

    assert from_the_turnstile.status_code == from_the_door.status_code == 409
    assert from_the_turnstile.json() == from_the_door.json()
    assert from_the_turnstile["Content-Type"] == "application/problem+json"
    assert from_the_turnstile["Content-Length"] == str(len(from_the_turnstile.content))


def test_the_turnstile_lets_a_repeated_request_through_to_its_order(full_day, client, settings):
    settings.GLANCE_SECONDS = 0
    with time_machine.travel(NOW, tick=False):
        changes.cancel(order=Order.objects.get(), by="customer", now=NOW)
        cache.clear()
        first = post_order(client, key="lucky-key")
        post_order(client, key="late-key-1")
        again = post_order(client, key="lucky-key")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]


def test_the_turnstile_leaves_a_busy_database_to_the_door(full_day, rf, monkeypatch):
    def is_busy(ship_date):
        raise OperationalError

    press_buy()
    monkeypatch.setattr(checkout, "requests_of", is_busy)
    body = {"lines": LINES, "ship_date": str(DAY), "address": {"phone": "13900000000"}}
    request = rf.post("/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "a-key"})

    assert Turnstile(lambda request: HttpResponse("the door"))(request).content == b"the door"


def buy_what_comes_free(client, *, key: str):
    """The last box is given back, sold to `key`, and the date looks full again."""
    changes.cancel(order=Order.objects.get(), by="customer", now=NOW)
    bought = post_order(client, key=key)
    post_order(client, key="late-key-2")
    return bought


@pytest.mark.django_db(transaction=True)
def test_the_turnstile_knows_who_bought_since_it_last_said_sold_out(full_day, client, settings):
    settings.GLANCE_SECONDS = 0
    with time_machine.travel(NOW, tick=False):
        post_order(client, key="lucky-key")
        refused = post_order(client, key="lucky-key")
        bought = buy_what_comes_free(client, key="lucky-key")
        again = post_order(client, key="lucky-key")

    assert (refused.status_code, bought.status_code, again.status_code) == (409, 201, 201)
    assert again.json()["number"] == bought.json()["number"]


@pytest.mark.django_db(transaction=True)
def test_the_turnstile_lets_a_request_through_whose_order_went_to_another_date(full_day, client, settings):
    settings.GLANCE_SECONDS = 0
    with time_machine.travel(NOW, tick=False):
        bought = buy_what_comes_free(client, key="moving-key")
        order = Order.objects.get(number=bought.json()["number"])
        changes.change_ship_date(order=order, to=DAY + dt.timedelta(days=1), by="customer", now=NOW)
        an_order(key="the-next")
        post_order(client, key="late-key-3")
        again = post_order(client, key="moving-key")

    assert again.json()["number"] == order.number


@pytest.mark.parametrize(
    "lines",
    [None, [], [5], [{}], [{"sku": "pears", "quantity": 1}],
     [{"sku": "kyoho-2500", "quantity": "1"}], [{"sku": "kyoho-2500", "quantity": 0}]],
)  # fmt: skip
def test_the_turnstile_leaves_lines_that_it_cannot_add_up_to_the_door(full_day, rf, lines):
    press_buy()
    body = {"lines": lines, "ship_date": str(DAY), "address": {"phone": "13900000000"}}
    request = rf.post(
        "/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "a-bad-line"}
    )

    assert Turnstile(lambda request: HttpResponse("the door"))(request).content == b"the door"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ship_date": 5}', b'{"ship_date": "2026-09-10"}', b"\xff"])
def test_the_turnstile_leaves_nonsense_to_the_door(full_day, client, body):
    with time_machine.travel(NOW, tick=False):
        post_order(client, key="late-key-1")
        answer = client.post(
            "/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "late-key-2"}
        )

    assert answer.status_code == 400


@pytest.mark.parametrize("date", ["2026-W37-4", "20260910", "2026-9-10", "2026-09-10 ", "10.9.2026", None, 20260910])
def test_the_turnstile_leaves_a_date_written_otherwise_to_the_door(full_day, rf, date):
    press_buy()
    body = {"lines": LINES, "ship_date": date, "address": {"phone": "13900000000"}}
    request = rf.post(
        "/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "a-strange-date"}
    )

    assert Turnstile(lambda request: HttpResponse("the door"))(request).content == b"the door"
