"""The farm closes for a day: unbooked visits vanish, booked ones are closed with a choice for each party."""

import datetime as dt

import pytest
from django.urls import reverse

from farm import closing
from farm.models import ClosedDay
from tests.builders import work_off
from tests.staff import a_boss, press, told
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_rule, an_experience
from tours import slots
from tours.models import Closure, Slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def saturday():
    a_rule(times=["09:30", "14:00"])
    slots.materialise(NOW)
    first = Slot.objects.filter(date=SATURDAY).earliest("starts_at")
    a_confirmed_booking(first)
    return first


def close(date: dt.date) -> ClosedDay:
    return closing.close_day(day=ClosedDay(date=date, reason_zh="检修", reason_en="Repairs"), by="boss", now=NOW)


def test_unbooked_slots_leave_and_booked_ones_close_with_the_days_reason(saturday):
    close(SATURDAY)
    work_off(NOW)

    [left] = Slot.objects.filter(date=SATURDAY)
    assert (left, left.is_closed, left.closed_reason_en) == (saturday, True, "Repairs")
    assert list(Closure.objects.get().slots.all()) == [saturday]


def test_a_day_lifted_before_anybody_heard_closes_nothing(saturday):
    closing.lift(day=close(SATURDAY), by="boss", now=NOW)
    work_off(NOW)

    assert Slot.objects.filter(date=SATURDAY, is_closed=False).count() == 2
    assert not Closure.objects.exists()


def test_when_the_day_is_lifted_what_nobody_had_booked_is_planned_again(saturday):
    holiday = close(SATURDAY)
    work_off(NOW)
    gone = Slot.objects.filter(date=SATURDAY, is_closed=False).exists()

    closing.lift(day=holiday, by="boss", now=NOW)
    work_off(NOW)

    [back] = Slot.objects.filter(date=SATURDAY, is_closed=False)
    assert not gone
    assert back != saturday


def test_while_the_day_is_closed_its_visits_cannot_be_held_after_all(saturday, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    a_boss(client)
    holiday = close(SATURDAY)
    work_off(NOW)

    refused = told(press(client, "undo", Closure.objects.get()))
    before = Slot.objects.filter(date=SATURDAY, is_closed=False).exists()
    closing.lift(day=holiday, by="boss", now=NOW)
    press(client, "undo", Closure.objects.get())

    assert "The farm is closed on this day." in refused
    assert not before
    assert list(Slot.objects.filter(date=SATURDAY, is_closed=False)) == [saturday]


def test_no_time_is_added_to_a_closed_day(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    a_boss(client)
    holiday = close(SATURDAY)
    wanted = {"experience": an_experience().pk, "starts_at_0": "2026-09-12", "starts_at_1": "19:00", "limit": 6}

    page = client.post(reverse("admin:tours_slot_add"), wanted)
    before = Slot.objects.count()
    holiday.delete()
    client.post(reverse("admin:tours_slot_add"), wanted)

    assert "Take the day off the closed days first." in page.content.decode()
    assert (before, Slot.objects.count()) == (0, 1)


def test_hearing_it_twice_closes_once(saturday):
    day = close(SATURDAY)
    closing.close_day(day=day, by="boss", now=NOW)
    work_off(NOW)

    assert Closure.objects.count() == 1
