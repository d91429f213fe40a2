import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm.api import throttles
from farm.models import Movement
from shop.models import Lot, Order, ShipDate
from tests.builders import DAY, NOW, a_box, a_lot, a_ship_date, a_shop
from tests.rest import ADDRESS, a_body, placed, refused, sent

pytestmark = pytest.mark.django_db
BEGIN_AND_END = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def nothing_was_sold() -> bool:
    taken = [*ShipDate.objects.values_list("taken", flat=True), *Lot.objects.values_list("taken", flat=True)]
    return not (any(taken) or Order.objects.exists() or Movement.objects.exists())


def test_a_quote_prices_boxes_freight_and_arrival(client):
    a_shop()
    place = {name: ADDRESS[name] for name in ("province", "city", "district")}

    quote = sent(client, "post", "quotes", a_body(2, address=place)).json()

    assert quote["lines"][0]["sum_fen"] == quote["boxes_fen"] == 13600
    assert quote["total_fen"] == 13600 + quote["freight_fen"]
    assert quote["arrives_on"] > str(DAY)
    assert nothing_was_sold()


def test_a_quote_without_an_address_leaves_freight_open(client):
    a_shop()

    quote = sent(client, "post", "quotes", a_body(2, address=None)).json()

    assert (quote["freight_fen"], quote["arrives_on"], quote["total_fen"]) == (None, None, 13600)


def test_an_order_is_placed_and_reached_by_its_links(client):
    a_shop()

    response = placed(client, a_body(3, gift={"message": "生日快乐", "hides_price": True}))

    assert response.status_code == 201
    answer, order = response.json(), Order.objects.get()
    assert (answer["number"], answer["status"], answer["total_fen"]) == (order.number, "placed", order.total_fen)
    assert answer["hold_until"] == "2026-09-08T10:15:00+08:00"
    assert client.get(answer["links"]["self"]).json()["number"] == order.number
    assert client.post(answer["links"]["pay"], content_type="application/json").status_code == 201
    assert (order.gift_message, order.hides_price) == ("生日快乐", True)


def test_a_repeat_with_its_key_is_the_same_order(client, now):
    a_shop()
    first = placed(client, key="the-same-key")
    now.move_to(NOW + dt.timedelta(seconds=9))

    second = placed(client, key='"the-same-key"')

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] == second.json()["number"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert ShipDate.objects.get().taken == 1


def test_a_repeat_in_another_language_is_the_same_order_in_the_first_one(client):
    a_shop()
    said = [
        sent(client, "post", "orders", a_body(), **{"Idempotency-Key": "the-same-key", "Accept-Language": language})
        for language in ("en", "zh-Hans", "de, en;q=0.5")
    ]

    assert [answer.status_code for answer in said] == [201, 201, 201]
    assert len({answer.json()["number"] for answer in said}) == 1
    assert (Order.objects.get().language, ShipDate.objects.get().taken) == ("en", 1)


def test_a_key_used_for_another_body_is_refused(client):
    a_shop()
    placed(client, key="the-same-key")

    refused(placed(client, a_body(2), key="the-same-key"), 422, "idempotency_key_reused")

    assert ShipDate.objects.get().taken == 1


def test_an_order_without_a_key_is_refused(client):
    a_shop()

    refused(sent(client, "post", "orders", a_body()), 400, "idempotency_key_missing")

    assert nothing_was_sold()


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([("kyoho-2500", 1), ("no-such-box", 1)], "unknown_box", "lines.1.sku"),
        ([("kyoho-2500", 1), ("kyoho-5000", 51)], "bad_quantity", "lines.1.quantity"),
        ([("kyoho-2500", 30), ("kyoho-5000", 1), ("kyoho-2500", 30)], "bad_quantity", "lines.2.quantity"),
    ],
)
def test_a_refusal_names_the_line_that_it_speaks_of(client, lines, code, field):
    a_shop()
    a_box("kyoho-5000")
    body = a_body() | {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}

    document = refused(placed(client, body), 400, code)

    assert [problem["field"] for problem in document["fields"]] == [field]
    assert nothing_was_sold()


@pytest.mark.parametrize(
    ("wrong", "status", "code", "field"),
    [
        ({"sku": "no-such-box"}, 400, "unknown_box", "lines.0.sku"),
        ({"quantity": 0}, 400, "invalid", "lines.0.quantity"),
        ({"quantity": -1}, 400, "invalid", "lines.0.quantity"),
        ({"quantity": 10**12}, 400, "invalid", "lines.0.quantity"),
        ({"quantity": 51}, 400, "bad_quantity", "lines.0.quantity"),
        ({"ship_date": "2026-09-07"}, 409, "date_not_open", "ship_date"),
        ({"ship_date": "2026-09-09"}, 409, "date_not_open", "ship_date"),
        ({"ship_date": "2020-01-01"}, 409, "not_in_season", "lines.0.sku"),
        ({"address": {**ADDRESS, "district": "东镇市"}}, 400, "bad_address", "address.district"),
        ({"address": {**ADDRESS, "phone": "12345"}}, 400, "bad_address", "address.phone"),
        ({"address": {**ADDRESS, "street": "\0" * 5}}, 400, "invalid", "address.street"),
        ({"address": {**ADDRESS, "name": ""}}, 400, "invalid", "address.name"),
        ({"gift": {"message": "x" * 121}}, 400, "invalid", "gift.message"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_its_field(client, wrong, status, code, field):
    a_shop()
    a_ship_date(dt.date(2026, 9, 7))

    document = refused(placed(client, a_body(**wrong)), status, code)

    assert [problem["field"] for problem in document["fields"]] == [field]
    assert all(problem["reason"] and problem["advice"] for problem in document["fields"])
    assert nothing_was_sold()


def test_after_the_cut_off_and_on_closed_days_nothing_is_sold(client, now):
    day = a_shop()
    a_ship_date(DAY + dt.timedelta(days=1), is_closed=True, closed_reason_en="National Day")

    closed = refused(placed(client, a_body(ship_date="2026-09-11")), 409, "date_not_open")
    now.move_to(day.cut_off_at)

    assert "National Day" in closed["detail"]
    refused(placed(client), 409, "date_not_open")
    assert nothing_was_sold()


def test_sold_out_names_the_next_dates_with_room(client):
    a_box()
    a_lot()
    a_ship_date(limit=2)
    a_ship_date(DAY + dt.timedelta(days=2))

    document = refused(placed(client, a_body(3)), 409, "sold_out")

    assert document["next_dates"] == ["2026-09-12"]
    assert nothing_was_sold()


@pytest.mark.parametrize("sku", ["kyoho-2500", "kyoho-gift"])
def test_placing_over_rest_costs_twelve_statements_at_most(client, sku):
    a_shop()
    a_box("kyoho-gift", packing_units=2)

    with CaptureQueriesContext(connection) as queries:
        assert placed(client, a_body(sku=sku)).status_code == 201

    assert len([query for query in queries if not query["sql"].startswith(BEGIN_AND_END)]) <= 12


def test_one_phone_that_orders_without_end_is_slowed_down(client, monkeypatch):
    a_shop()
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "order", "2/min")
    written = [ADDRESS["phone"], f"+86 {ADDRESS['phone']}", "138-1234-5678", "13900000000"]

    answers = [placed(client, a_body(address={**ADDRESS, "phone": phone})).status_code for phone in written]

    assert answers == [201, 201, 429, 201]
