"""What a visitor is told of a change: the new time, the new party, or both, and nothing of what stays."""

import datetime as dt

import pytest
import time_machine

from farm.models import Notice
from tests.builders import work_off
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tours.links import booking_path
from tours.models import Booking

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
CHANGES = pytest.mark.parametrize(
    ("day", "adults", "words"),
    [(SATURDAY, 3, "Adult ×3"), (SUNDAY, 2, "Sun 13 Sep, 09:30"), (SUNDAY, 3, "Sun 13 Sep, 09:30, Adult ×3")],
    ids=["party", "time", "both"],
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def changed(client, booking: Booking, day: dt.date, adults: int) -> str:
    """The booking's page after its change."""
    slot = booking.slot if day == booking.slot.date else a_slot(day)
    said = {"slot": slot.pk, "day": day, "ticket-adult": adults}
    return client.post(f"{booking_path(booking)}change/", said, follow=True).content.decode()


@CHANGES
def test_what_was_changed_is_told(client, day, adults, words):
    booking = a_booking(a_slot(experience=an_experience(may_pay_on_arrival=True)), plan="arrival")
    Booking.objects.update(language="en")

    page = changed(client, booking, day, adults)
    work_off()

    assert f"Changed, now {words}<" in page
    text = Notice.objects.order_by("pk").last().text
    assert f"{words}. Older tickets" in text
    assert f"is changed, now {day:%a} {day.day} Sep, 09:30" in text


def test_a_change_that_waits_for_its_money_names_the_new_party(client):
    booking = a_confirmed_booking(a_slot())

    page = changed(client, booking, SATURDAY, 3)

    assert "Kept for you meanwhile: Adult ×3." in page


def test_and_the_new_time(client):
    booking = a_confirmed_booking(a_slot())

    page = changed(client, booking, SUNDAY, 3)

    assert "Kept for you meanwhile: Sun 13 Sep, 09:30, Adult ×3." in page
