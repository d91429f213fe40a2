"""Waiting for boxes of a full day: by page, over REST, and as the staff see it."""

import datetime as dt
import html
import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farm.api import throttles
from shop import changes
from shop.links import order_in, waiting_path, waiting_token
from shop.models import Order, ShipDate, WaitingOrder
from tests.accounts import signs_in
from tests.builders import DAY, HOME, NOW, a_place_in_line, a_ship_date, a_shop, an_order
from tests.rest import ADDRESS, refused, sent
from tests.staff import a_boss, list_of, page_of, press

pytestmark = pytest.mark.django_db
WANG, ZHAO = "13911112222", "13933334444"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def full():
    """A ship date of two boxes, both taken by one unpaid order; the day after has room."""
    a_shop()
    ShipDate.objects.update(limit=2)
    a_ship_date(DAY + dt.timedelta(days=1))
    return an_order(2)


def said(**different):
    return {"box-kyoho-2500": "2", "ship_date": str(DAY), "phone": "139 1111 2222", "join": "1", **different}


def shown(answer) -> str:
    return html.unescape(answer.content.decode())


def an_offer(full) -> WaitingOrder:
    place = a_place_in_line()
    changes.cancel(order=full, by="customer", now=NOW)
    place.refresh_from_db()
    return place


def test_a_day_that_is_sold_out_leads_to_its_line_with_the_boxes_chosen(client, full):
    form = client.get("/order/").content.decode()

    page = shown(client.post("/wait/", {"wait_for": str(DAY), "ship_date": "", "box-kyoho-2500": "2", **vars(HOME)}))

    assert re.search(rf'<button[^>]+name="wait_for" value="{DAY}" formaction="/wait/"', form)
    assert 'name="box-kyoho-2500" value="2"' in page
    assert f'name="ship_date" value="{DAY}"' in page
    assert f'value="{HOME.phone}"' in page


def test_an_order_refused_as_sold_out_may_wait(client, full):
    page = shown(client.post("/order/", {"box-kyoho-2500": "2", "ship_date": str(DAY), **vars(HOME)}))

    assert "Tell me when boxes come free" in page


def test_joining_leads_to_ones_place_in_line_with_a_masked_phone(client, full):
    answer = client.post("/wait/", said())

    page = shown(client.get(answer["Location"]))
    assert answer.status_code == 302
    assert "You are next in line" in page
    assert "139******22" in page
    assert WANG not in page
    assert "Kyoho 2.5 kg" in page


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"phone": "12"}, 400, "not a mobile number"),
        ({"box-kyoho-2500": ""}, 400, "The order has no boxes"),
        ({"box-kyoho-2500": "51"}, 400, "At most 50 boxes"),
        ({"ship_date": str(DAY + dt.timedelta(days=1))}, 409, "There is room for your boxes"),
    ],
)
def test_what_cannot_wait_is_told_why_and_nothing_typed_is_lost(client, full, wrong, status, words):
    answer = client.post("/wait/", said(**wrong))

    assert (answer.status_code, words in shown(answer)) == (status, True)
    assert f'value="{wrong.get("phone", "139 1111 2222")}"' in shown(answer)
    assert (" data-wrong" in shown(answer)) == (status == 400)  # what a mended field takes away
    assert all(words in shown(answer) for words in ("novalidate data-wait>", "beizhen/wait-form"))
    assert not WaitingOrder.objects.exists()


@pytest.mark.parametrize("date", ["", "soon", "2020-01-01"])
def test_a_day_nobody_can_wait_for_leads_back_to_the_order_form(client, full, date):
    answer = client.post("/wait/", said(ship_date=date))

    assert answer["Location"] == "/order/?box-kyoho-2500=2"


def test_a_phone_that_joins_again_and_again_is_slowed_down(client, full, settings):
    throttles.forget_all()
    answers = [client.post("/wait/", said()).status_code for _ in range(13)]

    assert (answers[0], answers[1], answers[-1]) == (302, 409, 429)


def test_an_offer_shows_its_total_before_it_is_ordered(client, full):
    path = waiting_path(an_offer(full))
    offer = shown(client.get(path))

    first = shown(client.post(path, vars(HOME)))
    seen = re.search(r'name="seen" value="(\d+)"', first)[1]
    assert not Order.objects.filter(phone=HOME.phone).exclude(status="cancelled").exists()
    answer = client.post(path, {**vars(HOME), "seen": seen})

    order = Order.objects.exclude(status="cancelled").get()
    assert "Kept for you until 10:15" in offer
    assert (order.total_fen, order.packing_units, order.street) == (int(seen), 2, HOME.street)
    assert client.get(path)["Location"] == answer["Location"]


def test_an_address_that_is_nowhere_keeps_the_offer_and_what_was_typed(client, full):
    place = an_offer(full)
    far = {**vars(HOME), "province": "Atlantis", "city": "", "district": ""}

    answer = client.post(waiting_path(place), {**far, "seen": "1"})

    place.refresh_from_db()
    assert (answer.status_code, place.status) == (400, "offered")
    assert HOME.street in shown(answer)


def test_an_offer_that_is_over_says_so_and_shows_the_way_on(client, full, clock):
    place = an_offer(full)
    clock.move_to(place.offered_until)

    answer = client.post(waiting_path(place), {**vars(HOME), "seen": "1"})

    page = shown(answer)
    assert "The boxes went to the next in line" in page
    assert "/order/?box-kyoho-2500=2" in page
    assert Order.objects.count() == 1


def test_an_offer_shows_the_whole_phone_to_its_owner_alone(client, full):
    path = waiting_path(an_offer(full))

    of_a_stranger = shown(client.get(path))
    signs_in(client, ZHAO)
    of_another = shown(client.get(path))
    owner = Client()
    signs_in(owner, WANG)

    assert [WANG in page for page in (of_a_stranger, of_another, shown(owner.get(path)))] == [False, False, True]


def test_leaving_by_page_gives_the_boxes_to_the_next(client, full):
    place = an_offer(full)
    second = a_place_in_line(phone=ZHAO)

    asked = shown(client.get(waiting_path(place)))
    page = client.post(f"{waiting_path(place)}leaving/", follow=True)

    second.refresh_from_db()
    assert re.search(r"<summary[^>]*>Give them to the next in line</summary>\s*<p>This cannot be taken back", asked)
    assert "You have left the line" in shown(page)
    assert second.status == "offered"


def test_a_forged_place_is_no_place(client, full):
    assert client.get("/wait/BL0000000000:1:x/").status_code == 404


def test_a_place_costs_the_same_however_many_stand_in_line(client, full):
    def cost(place: WaitingOrder) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(waiting_path(place))
        return len(queries)

    places = [a_place_in_line(phone=f"1391111{number:04d}") for number in range(3)]

    assert cost(places[0]) == cost(places[2]) <= 8


def test_over_rest_an_order_joins_looks_orders_once_and_leaves(client, full):
    body = {"lines": [{"sku": "kyoho-2500", "quantity": 2}], "ship_date": str(DAY), "phone": "+86 139 1111 2222"}

    joined = sent(client, "post", "waiting-orders", body).json()
    again = sent(client, "post", "waiting-orders", body)
    own = urlsplit(joined["links"]["self"]).path.removeprefix("/api/v1/")
    changes.cancel(order=full, by="customer", now=NOW)
    looked = client.get(f"/api/v1/{own}").json()
    dearer = sent(client, "post", f"{own}/order", {"address": ADDRESS, "agreed_fen": 1})
    first, second = (sent(client, "post", f"{own}/order", {"address": ADDRESS}) for _ in range(2))

    assert refused(dearer, 409, "total_changed")["total_fen"] == first.json()["total_fen"]
    assert (joined["status"], joined["place"], joined["phone"]) == ("waiting", 1, "139******22")
    refused(again, 409, "waits_already")
    assert (looked["status"], looked["offered_until"]) == ("offered", "2026-09-08T10:15:00+08:00")
    assert (first.status_code, first.json()["number"]) == (201, second.json()["number"])
    assert order_in(client.get(f"/api/v1/{own}").json()["order"]).packing_units == 2
    refused(sent(client, "post", f"{own}/departure"), 409, "offer_ended")
    assert Order.objects.count() == 2


def test_over_rest_what_cannot_wait_is_refused(client, full):
    body = {"lines": [{"sku": "kyoho-2500", "quantity": 2}], "ship_date": str(DAY), "phone": WANG}

    refused(sent(client, "post", "waiting-orders", {**body, "phone": "12"}), 400, "bad_phone")
    refused(sent(client, "post", "waiting-orders", {**body, "ship_date": "2026-09-11"}), 409, "room_is_left")
    refused(sent(client, "post", "waiting-orders", {**body, "ship_date": "2026-01-01"}), 409, "date_not_open")

    assert not WaitingOrder.objects.exists()


def test_staff_see_who_waits_masked_and_take_one_out(client, full):
    a_boss(client)
    places = [a_place_in_line(phone=WANG), a_place_in_line(phone=ZHAO)]

    listed = shown(client.get(list_of(WaitingOrder)))
    page = shown(client.get(page_of(places[1])))
    press(client, "take_out", places[0])

    assert (WANG in listed, "139******22" in listed) == (False, True)
    assert "Kyoho 2.5 kg ×2" in page
    assert [place.status for place in WaitingOrder.objects.order_by("pk")] == ["left", "waiting"]
    assert waiting_token(places[0]) not in listed
