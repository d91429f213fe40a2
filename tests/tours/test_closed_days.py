"""The farm closes for a day: unbooked visits vanish, booked ones are closed with a choice for each party."""

import datetime as dt

import pytest

from farm import closing
from farm.models import ClosedDay
from tests.builders import work_off
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_rule
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


def test_hearing_it_twice_closes_once(saturday):
    day = close(SATURDAY)
    closing.close_day(day=day, by="boss", now=NOW)
    work_off(NOW)

    assert Closure.objects.count() == 1
