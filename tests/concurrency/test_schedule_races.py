"""Beats, editors and visitors at once. Each control takes the guard away and shows that the race is real."""

from threading import Barrier

import pytest
from django.db import IntegrityError, transaction

from farm.models import OutboxMessage
from farm.refusals import Refused
from tests.concurrency.crowd import PATIENCE, crowd, overtaken, somebody_waits, together
from tests.visits import NOW, a_booking, a_confirmed_booking, a_rule, a_slot
from tours import cancelling, capacity, minimum, rules, slots
from tours.models import ScheduleRule, Slot, VisitorsDay

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 4


def test_control_beats_that_look_and_then_write_meet_the_constraint():
    a_rule()
    looked = Barrier(HANDS, timeout=PATIENCE)

    def make_carelessly() -> None:
        wanted = slots.plan(list(ScheduleRule.objects.select_related("experience")), NOW)
        days = slots.days_of({start.date for _, start in wanted.values()})
        missing = [slots.slot_of(rule, start, days[start.date].pk, NOW) for rule, start in wanted.values()]
        looked.wait()
        Slot.objects.bulk_create(missing)

    results = together(*[make_carelessly] * HANDS)

    assert sum(isinstance(result, IntegrityError) for result in results) == HANDS - 1


def test_beats_at_once_make_each_slot_and_each_day_once():
    a_rule("FREQ=DAILY", times=["09:30", "14:00"])

    results = together(*[lambda: slots.materialise(NOW)] * HANDS)

    assert sorted(results) == [0] * (HANDS - 1) + [45]
    assert (Slot.objects.count(), VisitorsDay.objects.count()) == (45, 23)


@pytest.mark.services  # SQLite lets one transaction begin at a time, with or without the lock
def test_control_an_edit_beside_a_beat_that_holds_no_rule_leaves_slots_of_the_old_one(monkeypatch):
    monkeypatch.setattr(slots, "hold_rules", lambda rules: list(rules.select_related("experience").order_by("pk")))

    assert any(_edit_beside_beats() != {6} for _ in range(20))


def test_an_edit_beside_a_beat_leaves_no_slot_of_the_old_rule():
    for _ in range(3):
        assert _edit_beside_beats() == {6}  # 14:00 at the farm


def test_a_limit_lowered_beside_visitors_never_falls_below_the_seats_taken():
    slot = a_slot(seats=40)

    def lower() -> str:
        try:
            capacity.set_slot_limit(slot=Slot.objects.get(pk=slot.pk), limit=8, now=NOW)
        except Refused as refusal:
            return refusal.code
        return "lowered"

    answers = together(*[lambda: _booked(slot)] * 6, lower)

    slot.refresh_from_db()
    assert slot.taken == 2 * answers.count("booked") <= slot.limit
    assert slot.limit == (8 if "lowered" in answers else 40)


def test_a_slot_is_called_off_once_or_gets_the_visitor_who_makes_it_up():
    for day in range(12, 18):
        slot = a_slot(NOW.date().replace(day=day), seats=4, minimum_to_run=2, decide_at=NOW, runs=Slot.Runs.OPEN)

        results = together(*[lambda: minimum.decide_due(NOW)] * HANDS, lambda slot=slot: _booked(slot))

        slot.refresh_from_db()
        told = OutboxMessage.objects.filter(topic="slot.called_off", payload__slot=slot.pk).count()
        assert told == sum(results[:HANDS]) == int(slot.is_closed)
        assert slot.taken == (0 if slot.is_closed else 2)
        assert results[-1] == ("slot_not_open" if slot.is_closed else "booked")


def test_control_deciding_by_what_was_read_makes_a_slot_sure_with_nobody(monkeypatch):
    def make_sure_carelessly(pk: int, _now) -> None:
        Slot.objects.filter(pk=pk, runs=Slot.Runs.OPEN).update(runs=Slot.Runs.SURE)

    assert _decide_beside_a_cancellation(make_sure_carelessly, monkeypatch) == "sure"


def test_a_slot_whose_people_cancel_beside_the_beat_is_not_sure(monkeypatch):
    assert _decide_beside_a_cancellation(minimum._make_sure, monkeypatch) == "called off"
    assert not OutboxMessage.objects.filter(topic="slot.sure").exists()


@pytest.mark.services  # on SQLite the beat's transaction begins when the other one is over
@pytest.mark.parametrize(("is_held", "runs"), [(False, "sure"), (True, "called off")])
def test_a_beat_that_waits_for_a_cancellation_counts_who_is_left(is_held, runs, monkeypatch):
    if not is_held:  # the control
        monkeypatch.setattr(minimum, "_held", lambda pk: Slot.objects.filter(pk=pk, runs=Slot.Runs.OPEN))
    slot = _just_made_up()
    start = Barrier(2, timeout=PATIENCE)

    def cancel() -> None:
        with transaction.atomic():
            _cancelled(slot)
            start.wait()
            somebody_waits()

    def decide() -> int:
        start.wait()
        return minimum.decide_due(NOW)

    assert [result for result in together(cancel, decide) if isinstance(result, Exception)] == []
    slot.refresh_from_db()
    assert slot.runs == runs


def test_eight_hands_add_one_slot_by_hand_once():
    slot = a_slot()
    later = slot.starts_at.replace(minute=45)

    def add() -> str:
        try:
            slots.add(experience=slot.experience, starts_at=later, limit=6, price_list=None)
        except Refused as refusal:
            return refusal.code
        return "added"

    assert crowd(add) == {"added": 1, "start_taken": 7}


def _just_made_up() -> Slot:
    slot = a_slot(minimum_to_run=4, decide_at=NOW, runs=Slot.Runs.OPEN)
    a_confirmed_booking(slot, family=1)
    return slot


def _decide_beside_a_cancellation(make_sure, monkeypatch) -> str:
    """How the slot runs whose only family cancels after the beat has read that they come."""
    slot = _just_made_up()

    def decide(pause) -> int:
        monkeypatch.setattr(minimum, "_make_sure", lambda *args: (pause(), make_sure(*args)))
        return minimum.decide_due(NOW)

    decided, cancelled = overtaken(decide, lambda: _cancelled(slot))
    assert not isinstance(decided, Exception), decided
    assert cancelled == "cancelled"
    slot.refresh_from_db()
    return slot.runs


def _edit_beside_beats() -> set[int]:
    """At which hours (UTC) slots begin after a rule was edited while beats ran."""
    Slot.objects.all().delete()
    ScheduleRule.objects.all().delete()
    rule = a_rule()

    results = together(lambda: _edit(rule), *[lambda: slots.materialise(NOW)] * HANDS)

    assert [result for result in results if isinstance(result, Exception)] == []
    return {slot.starts_at.hour for slot in Slot.objects.all()}


def _edit(rule: ScheduleRule) -> None:
    """As the staff's page does it: the rule and what follows from it are one transaction."""
    with transaction.atomic():
        rule.times = ["14:00"]
        rule.save(update_fields=["times"])
        rules.apply_rule(rule=rule, by="boss", now=NOW)


def _cancelled(slot: Slot) -> str:
    cancelling.cancel(booking=slot.bookings.get(), by="visitor", now=NOW)
    return "cancelled"


def _booked(slot: Slot) -> str:
    try:
        a_booking(slot)
    except Refused as refusal:
        return refusal.code
    return "booked"
