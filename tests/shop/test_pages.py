import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from shop.models import ShipDate
from shop.pages.calendar import calendar
from tests.builders import DAY, NOW, a_ship_date, a_shop

pytestmark = pytest.mark.django_db
OTHERS = ["/shop/", "/shop/kyoho-2500/", "/basket/", "/find/", "/delivery/", "/privacy/", "/help/", "/nothing/"]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def on(calendar_days, date: dt.date):
    return next(day for day in calendar_days.days if day.date == date)


def test_home_speaks_chinese(client):
    a_shop()

    page = client.get("/zh-hans/").content.decode()

    assert '<html lang="zh-Hans">' in page
    assert "巨峰" in page
    assert "9月10日" in page


@pytest.mark.parametrize("path", ["/", "/delivery/", "/privacy/", "/help/"])
def test_pages_that_have_not_changed_are_not_sent_again(client, path):
    a_shop()
    etag = client.get(path)["ETag"]

    again = client.get(path, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_home_is_sent_again_when_a_box_was_sold(client):
    a_shop()
    etag = client.get("/")["ETag"]
    ShipDate.objects.update(taken=1)

    assert client.get("/", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/order/", *OTHERS])
def test_no_page_needs_anything_that_its_policy_forbids(client, path):
    a_shop()

    answer = client.get(path)
    page = answer.content.decode()

    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    scripts = page.count("<script") - page.count('<script type="application/ld+json"')  # those only tell facts
    assert scripts == page.count('<script type="module" src="/static/')


def test_an_address_that_leads_nowhere_gets_a_page_of_the_house(client):
    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert "Nothing grows here" in answer.content.decode()


def test_a_form_that_was_open_for_too_long_leads_back_to_itself():
    answer = Client(enforce_csrf_checks=True).post("/order/", {})
    page = answer.content.decode()

    assert answer.status_code == 403
    assert "data-again>Back to the form" in page
    assert "/beizhen/again.js" in page


@pytest.mark.parametrize("name", ["403", "403_csrf", "404", "429", "500", "503", "503_cannot_write"])
def test_a_page_for_bad_moments_needs_neither_request_nor_database(name, django_assert_num_queries):
    with django_assert_num_queries(0), override("zh-hans"):
        page = get_template(f"{name}.html").render()

    assert 'class="language" href="/' in page
    assert "去商店" in page


def test_the_calendar_says_of_each_day_what_it_can_take():
    for n, different in enumerate([{}, {"is_closed": True}, {"limit": 10}, {"limit": 9, "taken": 9}]):
        a_ship_date(DAY + dt.timedelta(days=n), **different)
    a_ship_date(NOW.date())

    days = calendar(now=NOW)

    assert [on(days, DAY + dt.timedelta(days=n)).state for n in range(4)] == ["open", "closed", "few", "sold-out"]
    assert on(days, DAY - dt.timedelta(days=1)).state == "none"
    assert on(days, NOW.date()).state == "over"
    assert [len(week) for week in days.weeks] == [7]
    assert days.days[0].date.weekday() == 0


def test_each_reason_of_closed_days_is_said_once():
    for n in range(3):
        closed = {"is_closed": True, "closed_reason_en": "harvest feast" if n else "rain", "closed_reason_zh": "休"}
        a_ship_date(DAY + dt.timedelta(days=n), **closed)

    with override("en"):
        closures = calendar(now=NOW).closures

    assert {reason: len(days) for reason, days in closures.items()} == {"rain": 1, "harvest feast": 2}


def test_a_day_with_too_little_room_for_this_order_is_short():
    a_ship_date(limit=3)

    assert on(calendar(now=NOW, units=3), DAY).is_open
    assert on(calendar(now=NOW, units=4), DAY).state == "short"


def test_weeks_of_dates_are_read_in_one_query(django_assert_num_queries):
    for n in range(40):
        a_ship_date(DAY + dt.timedelta(days=n))

    with django_assert_num_queries(1):
        days = calendar(now=NOW)

    assert len(days.weeks) == 7
