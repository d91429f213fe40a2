"""The staff's first page: who comes at ten, what is rained out, who has not chosen."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.staff import a_boss, a_member, queries
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tours import closures
from tours.booking import Contact
from tours.closures import Reason

pytestmark = pytest.mark.django_db
MORNING_OF = dt.datetime(2026, 9, 12, 7, 0, tzinfo=NOW.tzinfo)
TODAY = reverse("admin:index")


@pytest.fixture(autouse=True)
def _on_saturday_morning(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: MORNING_OF)


def rained_out(number: int) -> None:
    slot = a_slot(SATURDAY + dt.timedelta(days=2), dt.time(8 + number))
    a_confirmed_booking(slot, contact=Contact("李", f"1398765432{number}"))
    closures.close(slots=[slot.pk], reason=Reason("大雨", "Heavy rain"), by="boss", now=MORNING_OF)
    closures.carry_on(MORNING_OF)


def test_it_says_who_comes_at_which_hour(client):
    a_boss(client)
    a_confirmed_booking(a_slot(experience=an_experience(deposit_percent=30)), family=1, plan="deposit")
    a_confirmed_booking(a_slot(SATURDAY + dt.timedelta(days=1)), contact=Contact("李", "13987654322"))

    page = client.get(TODAY).content.decode()

    for words in ("09:30", "Kyoho picking", "<td>4</td>", "¥154.00", "2 visitors are expected tomorrow"):
        assert words in page


def test_it_says_who_has_not_chosen(client):
    a_member(client, "shop")
    rained_out(1)

    page = client.get(TODAY).content.decode()

    assert "Heavy rain" in page
    assert "1 have not chosen, until 09-14 07:00" in page


def test_it_costs_the_same_with_1_and_with_3_times_and_closures(client):
    a_boss(client)
    a_slot(), rained_out(1)
    one = queries(client, TODAY)

    for number in (2, 3):
        a_slot(time=dt.time(9 + number)), rained_out(number)

    assert queries(client, TODAY) == one


def test_packers_see_no_visits(client):
    a_member(client, "packing")
    a_slot()

    assert "Kyoho picking" not in client.get(TODAY).content.decode()
