"""Slots made ahead: once each, on the farm's days, and gone again when no rule plans them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from farm.models import ClosedDay, StaffTask
from tests.builders import FARM_TIME
from tests.visits import NOW, SATURDAY, a_booking, a_rule, a_slot, an_experience
from tours import slots
from tours.models import Slot, VisitorsDay

pytestmark = pytest.mark.django_db


def days() -> list[int]:
    return [slot.date.day for slot in Slot.objects.filter(is_closed=False).order_by("starts_at")]


def test_slots_are_made_for_every_start_with_their_day():
    rule = a_rule()

    made = slots.materialise(NOW)

    slot = Slot.objects.get(date=SATURDAY)
    assert made == 6
    assert days() == [12, 13, 19, 20, 26, 27]
    assert (slot.rule, slot.limit, slot.taken, slot.day.limit) == (rule, 20, 0, 300)
    assert f"{localtime(slot.starts_at):%H:%M}-{localtime(slot.ends_at):%H:%M}" == "09:30-11:30"
    assert localtime(slot.cut_off_at).hour == 7


def test_a_second_beat_makes_nothing_twice():
    a_rule()
    slots.materialise(NOW)

    assert slots.materialise(NOW) == 0
    assert (Slot.objects.count(), VisitorsDay.objects.count()) == (6, 6)


def test_slots_are_made_as_far_ahead_as_the_farm_looks(settings):
    settings.SLOTS_AHEAD_DAYS = 5
    a_rule()

    slots.materialise(NOW)

    assert days() == [12, 13]


def test_what_has_begun_is_not_made():
    a_rule()

    slots.materialise(dt.datetime(2026, 9, 13, 9, 30, tzinfo=FARM_TIME))

    assert days() == [19, 20, 26, 27]


def test_slots_at_both_ends_of_a_day_are_counted_on_that_day():
    a_rule(times=["00:00", "23:30"], recurrence="FREQ=MONTHLY;BYMONTHDAY=30", ends_on=dt.date(2027, 1, 31))
    slots.materialise(NOW)

    assert {slot.date for slot in Slot.objects.filter(starts_at__month=9)} == {dt.date(2026, 9, 30)}
    assert list(VisitorsDay.objects.filter(slots__date__month=9).distinct().values_list("date", flat=True)) == [
        dt.date(2026, 9, 30)
    ]
    assert [localtime(slot.ends_at).day for slot in Slot.objects.filter(date="2026-09-30").order_by("pk")] == [30, 1]


def test_the_number_of_queries_does_not_grow_with_the_slots():
    rule = a_rule()
    one = _queries(NOW)
    Slot.objects.all().delete()

    rule.times, rule.recurrence = ["09:00", "14:00"], "FREQ=DAILY"  # SQLite takes 58 slots in one INSERT
    rule.save(update_fields=["times", "recurrence"])

    assert _queries(NOW) == one
    assert Slot.objects.count() == 2 * 22 + 1


def test_a_day_that_was_closed_later_loses_the_slots_nobody_booked():
    a_rule()
    slots.materialise(NOW)
    a_booking(Slot.objects.get(date=SATURDAY))
    for date in (SATURDAY, SATURDAY + dt.timedelta(days=1)):
        ClosedDay.objects.create(date=date, reason_zh="检修", reason_en="Repairs")

    slots.materialise(NOW)

    assert days() == [12, 19, 20, 26, 27]


def test_a_slot_with_a_past_is_closed_and_opens_again_when_it_is_planned_again():
    rule = a_rule()
    slots.materialise(NOW)
    slot = Slot.objects.get(date=SATURDAY)
    _cancelled(slot)
    closed = ClosedDay.objects.create(date=SATURDAY, reason_zh="检修", reason_en="Repairs")

    slots.materialise(NOW)
    slot.refresh_from_db()
    assert (slot.is_closed, slot.closed_reason) == (True, "no longer held")

    closed.delete()
    slots.materialise(NOW)
    slot.refresh_from_db()
    assert (slot.is_closed, slot.closed_reason, slot.rule) == (False, "", rule)


def test_a_rule_nobody_can_read_becomes_a_task_and_stops_no_other():
    a_rule(recurrence="FREQ=SOMETIMES", name="Broken")
    a_rule()

    assert slots.materialise(NOW) == 6
    assert "Broken" in StaffTask.objects.get().what


def test_of_two_rules_with_the_same_start_the_older_has_the_slot():
    older = a_rule(capacity=10)
    a_rule(capacity=30)

    slots.materialise(NOW)

    assert set(Slot.objects.values_list("rule", "limit")) == {(older.pk, 10)}


def test_a_slot_added_by_hand_stays_whatever_the_rules_say():
    starts_at = dt.datetime(2026, 9, 15, 19, 0, tzinfo=FARM_TIME)
    added = slots.add(experience=an_experience(), starts_at=starts_at, limit=6, price_list=None)

    slots.materialise(NOW)

    assert (added.date, added.limit, added.rule) == (dt.date(2026, 9, 15), 6, None)
    assert Slot.objects.count() == 1


def test_a_second_slot_at_the_same_start_is_refused():
    slot = a_slot()

    with pytest.raises(slots.StartTaken):
        slots.add(experience=slot.experience, starts_at=slot.starts_at, limit=6, price_list=None)

    assert Slot.objects.count() == 1


def _queries(now: dt.datetime) -> int:
    with CaptureQueriesContext(connection) as captured:
        slots.materialise(now)
    return len(captured)


def _cancelled(slot: Slot) -> None:
    from tours import booking

    holding = a_booking(slot)
    booking.expire_holds(holding.hold_until)
    slot.refresh_from_db()
    assert slot.taken == 0
