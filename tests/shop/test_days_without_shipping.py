"""A ship date with a limit of 0: nothing is shipped on it, so it is no day to order for, nor to wait for."""

import datetime as dt
import html

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from farm.refusals import Refused
from shop import calendar_days, waiting
from shop.models import Order, ShipDate, WaitingOrder
from shop.pages.calendar import calendar
from shop.pricing import Want
from shop.refusals import DateRefused
from tests.builders import DAY, NOW, a_ship_date, a_shop, an_order
from tests.staff import a_boss, list_of, press

pytestmark = pytest.mark.django_db
AFTER = DAY + dt.timedelta(days=1)
CHOSEN = {"box-kyoho-2500": "2", "ship_date": str(DAY)}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def none_ships():
    """A day that staff set to 0, and one with room after it."""
    a_shop()
    a_ship_date(AFTER)
    calendar_days.set_limit(ship_date=ShipDate.objects.get(date=DAY), limit=0, by="boss", now=NOW)


def test_the_calendar_shows_it_as_closed_with_the_reason(client, none_ships):
    days = calendar(now=NOW)

    assert next(day.state for day in days.days if day.date == DAY) == "closed"
    assert days.closures == {"nothing is shipped": [DAY]}
    assert not days.has_line
    with override("zh-hans"):
        assert calendar(now=NOW).closures == {"不发货": [DAY]}


def test_the_order_form_offers_no_line_for_it(client, none_ships):
    page = client.get("/order/").content.decode()

    assert 'name="wait_for"' not in page
    assert "sold out" not in page


def test_programs_read_that_it_takes_no_orders_and_why(client, none_ships):
    [day, after] = client.get("/api/v1/availability?month=2026-09").json()["results"]

    assert (day["is_open"], day["limit"], day["closed_reason"]) == (False, 0, "nothing is shipped")
    assert (after["is_open"], after["closed_reason"]) == (True, "")


def test_no_order_is_taken_for_it(none_ships):
    with pytest.raises(DateRefused, match="does not ship on") as refused:
        an_order()

    assert refused.value.code == "date_not_open"
    assert Order.objects.count() == 0


def test_nobody_can_wait_for_it(client, none_ships):
    answer = client.post("/wait/", {**CHOSEN, "phone": "139 1111 2222", "join": "1"}, follow=True)

    assert "The farm does not ship on Thu 10 Sep." in html.unescape(answer.content.decode())
    with pytest.raises(Refused, match="does not ship on"):
        waiting.join(wants=[Want("kyoho-2500", 2)], date=DAY, phone="13911112222", language="en", now=NOW)
    assert WaitingOrder.objects.count() == 0


def test_staff_see_that_nothing_is_shipped_not_that_it_is_sold_out(client, none_ships):
    a_boss(client)

    today, listed = (client.get(place).content.decode() for place in (reverse("admin:index"), list_of(ShipDate)))

    assert "nothing is shipped" in today
    assert "sold out" not in today
    assert "nothing is shipped" in listed


def test_the_button_says_what_0_means(client):
    a_boss(client)
    place = reverse("admin:shop_shipdate_set_limit", args=[a_shop().pk])

    dialog = client.get(place).content.decode()

    assert "With 0 nothing is shipped on that day." in dialog


def test_boxes_that_are_promised_keep_it_above_0(client):
    a_boss(client)
    day = a_shop()
    an_order(2)

    press(client, "set_limit", day, limit=0)

    day.refresh_from_db()
    assert (day.limit, day.taken) == (500, 2)
