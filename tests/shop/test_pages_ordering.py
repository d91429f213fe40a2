import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farm.api import throttles
from shop.models import Box, Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_box, a_ship_date, a_shop, a_variety, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def typed(boxes: object = 2, **different: Any) -> dict[str, Any]:
    return {
        "box-kyoho-2500": boxes,
        "ship_date": str(DAY),
        **vars(HOME),
        "key": "a-key-of-the-page",
        "agreed_fen": 15800,
        **different,
    }


def refused(client: Client, path: str, **different: Any) -> str:
    """Post what cannot be, see that nothing was ordered and nothing typed is lost, and return the page."""
    answer = client.post(path, typed(**different))
    page = answer.content.decode()
    assert answer.status_code in (400, 409)
    assert not Order.objects.exists()
    assert not ShipDate.objects.exclude(taken=0).exists()
    assert f'value="{different.get("street", HOME.street)}"' in page
    return page


def test_the_choices_of_a_link_are_chosen_in_the_form(client):
    a_shop()

    page = client.get(f"/order/?box-kyoho-2500=3&ship_date={DAY}&name=Mallory").content.decode()

    assert re.search(r'name="box-kyoho-2500" value="3"', page)
    assert f'value="{DAY}" checked' in page
    assert "500 left" in page
    assert "Mallory" not in page


def test_a_day_with_fewer_boxes_left_than_chosen_is_grey_and_still_leads_on(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1), limit=3)
    pages = [client.get(f"/order/?box-kyoho-2500={boxes}").content.decode() for boxes in (3, 4)]

    assert [page.count("day day--short") for page in pages] == [0, 1]
    assert ["data-short hidden" in page for page in pages] == [True, False]
    assert pages[1].count('name="ship_date"') == 2
    assert "disabled" not in pages[1]


def test_only_a_calendar_without_any_room_says_that_there_is_none(client):
    a_ship_date(limit=2)
    a_box()
    pages = [client.get("/order/?box-kyoho-2500=3").content.decode()]
    ShipDate.objects.update(taken=2)
    pages.append(client.get("/order/?box-kyoho-2500=3").content.decode())

    assert ["No date has room" in page for page in pages] == [False, True]
    assert ["Next is Thu 10 Sep. Order by:" in page for page in pages] == [True, False]
    assert "2 left" in pages[0]


def test_the_form_costs_the_same_with_one_and_with_three_boxes(client):
    a_shop()
    with CaptureQueriesContext(connection) as one:
        client.get("/order/")
    for code in ("shine", "hamburg"):
        a_box(f"{code}-2500", variety=a_variety(code))
        a_ship_date(DAY + dt.timedelta(days=len(code)))
    with CaptureQueriesContext(connection) as three:
        client.get("/order/")

    assert len(three) == len(one) <= 8


def test_the_review_shows_freight_total_and_arrival_before_anything_is_ordered(client):
    a_shop()

    answer = client.post("/order/", typed(agreed_fen=""))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert all(words in page for words in ("¥136.00", "¥22.00", "¥158.00", "Fri 11 Sep", "13812345678"))
    assert not Order.objects.exists()


def test_placing_leads_to_the_orders_own_page(client):
    a_shop()
    page = client.get("/order/").content.decode()
    key = re.search(r'name="key" value="(\w+)"', page)[1]

    answer = client.post("/order/", typed(key=key, gift_message="生日快乐", hides_price="on"))

    order = Order.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/o/{order.number}:")
    assert (order.total_fen, order.gift_message, order.hides_price, order.language) == (15800, "生日快乐", True, "en")


def test_a_double_tap_places_one_order(client):
    a_shop()

    first, second = client.post("/order/", typed()), client.post("/order/", typed())

    assert first["Location"].split(":")[0] == second["Location"].split(":")[0]
    assert Order.objects.count() == 1
    assert ShipDate.objects.get().taken == 2


@pytest.mark.parametrize(
    ("different", "words"),
    [
        ({"boxes": 0}, "Choose at least one box"),
        ({"boxes": -1}, "Write how many boxes"),
        ({"boxes": 9999}, "At most 50 boxes"),
        ({"boxes": "many"}, "Write how many boxes"),
        ({"ship_date": ""}, "Choose the day on which we ship"),
        ({"ship_date": "2020-01-01"}, "does not ship on"),
        ({"phone": "12345"}, "not a mobile number"),
        ({"province": "不存在省"}, "not a known place"),
        ({"province": "香港特别行政区", "city": "", "district": ""}, "No cold chain reaches"),
        ({"name": ""}, "Write the name"),
        ({"street": "x"}, "The street is missing or too long"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(client, different, words):
    a_shop()

    assert words in refused(client, "/order/", **different)


def test_days_of_another_year_are_named_with_it(client):
    a_shop()
    Box.objects.update(season_from=DAY, season_until=dt.date(2027, 2, 28))

    page = refused(client, "/order/", ship_date="2027-12-03")

    assert "does not ship on Fri 3 Dec 2027. It ships from Thu 10 Sep to Sun 28 Feb 2027: choose a date" in page
    assert "发货期为 9月10日 星期四 到 2027年2月28日 星期日" in refused(
        client, "/zh-hans/order/", ship_date="2027-12-03"
    )


def test_the_cursor_stands_in_the_first_wrong_field(client):
    a_shop()

    page = refused(client, "/order/", phone="", province="")

    assert page.count("autofocus") == 1
    assert re.search(r'<input[^>]*name="phone"[^>]*autofocus', page)
    assert 'aria-describedby="id_phone_error"' in page
    assert 'id="id_phone_error"' in page


def test_a_wrong_date_is_looked_at_first_when_the_boxes_are_right(client):
    a_shop()

    page = refused(client, "/order/", ship_date="", name="")

    assert page.count("autofocus") == 1
    assert re.search(r'id="id_ship_date_error"[^>]*autofocus', page)


def test_a_sold_out_date_offers_the_next_ones_and_a_tap_takes_one(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1))
    an_order(2)
    ShipDate.objects.filter(date=DAY).update(limit=2)

    page = client.post("/order/", typed()).content.decode()
    again = client.post("/order/", typed(agreed_fen="", other_date=str(DAY + dt.timedelta(days=1))))

    assert f'name="other_date" value="{DAY + dt.timedelta(days=1)}"' in page
    assert "Fri 11 Sep" in again.content.decode()
    assert again.status_code == 200


def test_a_day_with_too_few_boxes_offers_others_and_the_line_before_anything_is_sent(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1))
    ShipDate.objects.filter(date=DAY).update(limit=2)
    an_order(1)

    pages = [client.get(f"/order/?box-kyoho-2500=2&ship_date={DAY}"), client.post("/order/total/", typed())]
    picked = client.post("/order/choices/", typed(other_date="2026-09-11", gift_message="你好")).content.decode()

    for page in (answer.content.decode() for answer in pages):
        assert 'name="other_date" value="2026-09-11" formaction="/order/choices/"' in page
        assert 'name="look" value="1" formaction="/wait/"' in page
    assert all(words in picked for words in (HOME.street, "你好", 'value="2026-09-11" checked', "¥158.00"))
    assert "notice--problem" not in picked


def test_going_back_from_the_review_keeps_everything(client):
    a_shop()

    page = client.post("/order/choices/", typed(gift_message="你好")).content.decode()

    assert all(words in page for words in (HOME.street, HOME.phone, "你好", f'value="{DAY}" checked'))
    assert "notice--problem" not in page


def test_buy_now_on_the_page_of_a_box_puts_it_in_the_form(client):
    a_shop()

    page = client.get("/order/?sku=kyoho-2500&quantity=3").content.decode()

    assert 'name="box-kyoho-2500" value="3"' in page


def test_switching_the_language_in_the_middle_keeps_boxes_and_date_but_no_name(client):
    a_shop()

    page = client.post("/order/", typed(agreed_fen="")).content.decode()

    [there] = re.findall(r'class="language" href="([^"]+)"', page)
    assert there == f"/zh-hans/order/?ship_date={DAY}&amp;box-kyoho-2500=2"


def test_the_running_total_says_what_is_known_so_far(client):
    a_shop()

    nothing = client.post("/order/total/", {}).content.decode()
    boxes = client.post("/order/total/", {"box-kyoho-2500": 2}).content.decode()
    dated = client.post("/order/total/", {"box-kyoho-2500": 2, "ship_date": str(DAY)}).content.decode()
    whole = client.post("/order/total/", typed(name="", street="")).content.decode()
    many = client.post("/order/total/", typed(51)).content.decode()

    assert "Choose boxes" in nothing
    assert "2 boxes chosen" in boxes
    assert "¥136.00" in dated
    assert "¥158.00" in whole
    assert "Arrives by Fri 11 Sep" in whole
    assert "At most 50 boxes" in many
    assert "¥" not in many


def test_one_connection_cannot_place_orders_without_end(client, settings):
    a_shop()
    settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["order-ip"] = "2/min"
    try:
        answers = [client.post("/order/", typed(key=f"key-{n}-of-the-page")).status_code for n in range(4)]
    finally:
        settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["order-ip"] = "300/min"

    assert answers == [302, 302, 429, 429]
    assert Order.objects.count() == 2


def test_what_was_ordered_cannot_be_ordered_with_another_body_under_its_key(client):
    a_shop()
    an_order(2, key="a-key-of-the-page")

    answer = client.post("/order/", typed(boxes=3, agreed_fen=23200))

    assert answer.status_code in (400, 409)
    assert Order.objects.count() == 1


def test_one_phone_is_slowed_down_through_both_doors_together(client, monkeypatch):
    a_shop()
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "order", "2/min")
    body = {"address": vars(HOME)}  # too little for an order, enough for the counter

    api = client.post("/api/v1/orders", body, content_type="application/json").status_code
    page = [
        client.post("/order/", typed(key=f"key-{n}-of-the-page", phone=phone)).status_code
        for n, phone in enumerate([HOME.phone, f"+86 {HOME.phone}", "13900000000"])
    ]

    assert [api, *page] == [400, 302, 429, 302]
