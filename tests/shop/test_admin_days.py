"""Ship dates in the staff's tool: what is added by a slip of the hand, and which come first."""

import datetime as dt
import html

import pytest
import time_machine
from django.urls import reverse

from shop.models import ShipDate
from tests.builders import DAY, NOW, a_ship_date
from tests.staff import a_boss, list_of

pytestmark = pytest.mark.django_db
BEYOND = "This cut-off is over already or lies beyond Sun 20 Sep."


@pytest.fixture(autouse=True)
def boss(client):
    with time_machine.travel(NOW, tick=False):
        yield a_boss(client)


@pytest.mark.parametrize(
    ("date", "cut_off", "limit", "words"),
    [
        ("2026-09-20", "2026-09-21", "10", BEYOND),
        ("2026-09-20", "2026-09-01", "10", BEYOND),
        ("2126-09-20", "2126-09-19", "10", "This is more than two years ahead: look at the year."),
        ("2026-09-20", "2026-09-19", "99999999999", "Write at most 1000000000."),
        ("2026-09-20", "2026-09-19", "10", ""),
    ],
    ids=["beyond the day", "over", "another century", "more than can be", "in order"],
)
def test_a_new_date_is_no_slip_of_the_hand(client, date, cut_off, limit, words):
    typed = {"date": date, "cut_off_at_0": cut_off, "cut_off_at_1": "20:00", "limit": limit}

    answer = client.post(reverse("admin:shop_shipdate_add"), typed)

    assert words in html.unescape(answer.content.decode())
    assert ShipDate.objects.filter(date=date).exists() is not bool(words)


def test_today_and_what_comes_stand_before_what_is_past(client):
    days = [a_ship_date(DAY + dt.timedelta(days=number)) for number in (-9, -30, 2, 1)]

    shown = client.get(list_of(ShipDate)).context_data["cl"].result_list

    assert list(shown) == [days[3], days[2], days[0], days[1]]
