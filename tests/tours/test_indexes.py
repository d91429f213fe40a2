"""Visits that wait for money are found from an index, however many there were in all the years."""

import datetime as dt

import pytest
from django.db import connection  # noqa: F401  # the condition of skipif reads it

from tests.builders import NOW
from tests.plans import plans
from tests.staff import a_boss, page_of
from tests.visits import a_booking, a_confirmed_booking, a_slot
from tours import aftermath, booking, changing
from tours.models import Booking, Rebooking
from tours.party import Party

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once("PostgreSQL plans by statistics that a test has not"),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL plans by statistics that a test has not"),
]


def test_visits_whose_hold_ended_are_found_without_reading_all_visits():
    a_booking(a_slot())

    read = plans(lambda: booking.expire_holds(NOW + dt.timedelta(minutes=41)), of="tours_booking")

    assert Booking.objects.get().status == "expired"
    assert len(read) >= 2
    assert all("USING INDEX bookings_on_hold" in plan and "TEMP B-TREE" not in plan for plan in read), read


def test_changes_that_nobody_paid_are_found_without_reading_all_changes():
    slot = a_slot()
    visit = a_confirmed_booking(slot)
    changing.change(booking=visit, slot=slot.pk, party=Party.of({"adult": 3}), by="visitor", now=NOW)

    read = plans(lambda: changing.expire_changes(NOW + dt.timedelta(minutes=21)), of="tours_rebooking")

    assert Rebooking.objects.get().status == "expired"
    assert "USING INDEX changes_on_hold" in read[0]
    assert "TEMP B-TREE" not in read[0]


def test_who_came_is_asked_of_sure_bookings_alone():
    slot = a_confirmed_booking(a_slot()).slot

    read = plans(lambda: aftermath.mark_who_came(slot.ends_at + aftermath.GRACE), of="tours_booking")

    assert Booking.objects.get().status == "no-show"
    assert "USING INDEX bookings_to_come" in read[0]
    assert "TEMP B-TREE" not in read[0]


def test_the_page_of_a_visit_finds_its_payments_by_their_names(client):
    visit = a_confirmed_booking(a_slot())
    a_boss(client)

    read = plans(lambda: client.get(page_of(visit)), of="farm_payment")

    assert read
    assert all("SCAN farm_payment" not in plan for plan in read), read
