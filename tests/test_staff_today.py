"""The staff's first page: what is at the bench stands there, and each number leads to a list of as many."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from farm import chores
from farm.models import Payment, Refund
from farm.payments import settling
from shop import planning
from shop.models import ShipDate
from tests.builders import DAY, NOW, a_paid_order, a_ship_date, an_attempt
from tests.staff import a_boss, given
from tests.worlds import a_shop_with_a_paid_order, a_shop_with_a_planned_order

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r'<a [^>]*href="([^"]+)"><b>(\d+)</b>')
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_noon(client):
    a_boss(client)
    with time_machine.travel(NOW, tick=False):
        yield


def today(client) -> str:
    return client.get(reverse("admin:index")).content.decode()


def test_what_is_planned_ahead_waits_at_the_bench(client):
    order = a_shop_with_a_planned_order()

    page = today(client)

    assert order.ship_date.date > NOW.date()
    assert f'?ship_date__id__exact={order.ship_date_id}&amp;status__exact=planned">1<' in page
    assert "Nothing waits at the bench." not in page


def test_one_order_is_one_order(client):
    a_shop_with_a_planned_order()
    assert "1 order to pick" in today(client)

    a_paid_order()
    planning.plan_day(ship_date=ShipDate.objects.get(), now=NOW)
    a_paid_order(), a_paid_order()
    planning.plan_day(ship_date=ShipDate.objects.get(), now=NOW)

    assert "2 orders to pick" in today(client)


def test_what_is_paid_for_a_day_ahead_is_not_to_be_planned_yet(client):
    a_shop_with_a_paid_order()

    assert "Nothing waits at the bench." in today(client)


def test_a_number_leads_to_a_list_of_as_many(client):
    a_shop_with_a_planned_order()
    a_ship_date(DAY + dt.timedelta(days=20))
    a_paid_order(), a_paid_order(date=DAY + dt.timedelta(days=20))
    for hours, number in [(0, "R1"), (2, "R2")]:
        attempt = an_attempt(payable=f"order:{number}", expires_at=NOW - hours * HOUR)
        Refund.objects.create(payment=attempt, refund_no=number, amount_fen=1, why="x", asked_at=NOW - hours * HOUR)
    for key in ("other", f"{settling.TASK_PREFIX}practice:1"):
        chores.raise_task(key=key, what=lambda: "Look", about="", due_at=NOW, now=NOW)

    numbers = [(place.replace("&amp;", "&"), int(count)) for place, count in NUMBER.findall(today(client))]

    assert Payment.objects.filter(status="pending").count() == 2
    assert {place.partition("?")[0].split("/")[3] for place, _ in numbers} == {
        "order",
        "refund",
        "payment",
        "stafftask",
    }
    assert [(place, given(client, place)["cl"].result_count) for place, _ in numbers] == numbers
