"""The rule stays a rule: what nobody booked follows an edit, what somebody booked stays and is shown to staff."""

import datetime as dt

import pytest
from django.utils.timezone import localtime

from farm.models import ClosedDay, StaffTask
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_rule
from tours import booking, rules, slots
from tours.models import Closure, Price, PriceList, Slot, TicketType, WaitingParty
from tours.party import Party
from tours.rules import Why

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)


@pytest.fixture
def rule():
    made = a_rule()
    slots.materialise(NOW)
    return made


def edited(rule, *, now=NOW, **fields):
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.save(update_fields=list(fields))
    return rules.apply_rule(rule=rule, by="boss", now=now)


def starts(**narrowed) -> list[str]:
    coming = Slot.objects.filter(is_closed=False, **narrowed).order_by("starts_at")
    return [f"{localtime(slot.starts_at):%d %H:%M} {slot.limit}" for slot in coming]


def test_unbooked_slots_follow_the_rule_to_other_times_and_seats(rule):
    left = edited(rule, times=["14:00"], capacity=8, ends_on=SUNDAY)

    assert left == []
    assert starts() == ["12 14:00 8", "13 14:00 8"]


def test_a_slot_that_only_changes_stays_the_same_row(rule):
    before = set(Slot.objects.values_list("pk", flat=True))

    edited(rule, capacity=8, minimum_to_run=4)

    assert set(Slot.objects.values_list("pk", flat=True)) == before
    assert set(Slot.objects.values_list("limit", "minimum_to_run", "runs")) == {(8, 4, "open")}


def test_a_booked_slot_stays_as_it_is_and_staff_see_why(rule):
    booked = Slot.objects.get(date=SATURDAY)
    a_confirmed_booking(booked)

    left = edited(rule, capacity=8)

    booked.refresh_from_db()
    assert (booked.limit, booked.taken) == (20, 2)
    assert [(misfit.slot, misfit.why) for misfit in left] == [(booked, (Why.SEATS,))]
    assert StaffTask.objects.get().what == "“Weekends” was changed: 1 booked slot no longer fits."


def test_an_edit_that_fits_again_does_what_the_edit_before_had_asked(rule):
    a_confirmed_booking(Slot.objects.get(date=SATURDAY))
    edited(rule, capacity=8)

    edited(rule, capacity=20)

    task = StaffTask.objects.get()
    assert (task.settled_by, task.settled_at) == ("boss", NOW)


def test_an_edit_after_an_edit_is_one_task_due_when_the_first_was(rule):
    a_confirmed_booking(Slot.objects.get(date=SATURDAY))
    edited(rule, capacity=8)
    first = StaffTask.objects.get()

    edited(rule, times=["14:00"], now=NOW + dt.timedelta(hours=2))

    task = StaffTask.objects.get(settled_at=None)
    assert task != first
    assert task.due_at == first.due_at


def test_a_task_of_another_rule_or_kind_stays(rule):
    others = [
        StaffTask.objects.create(key=key, what="Look", about="rule:1", raised_at=NOW, due_at=NOW)
        for key in (f"misfits:rule:{rule.pk}1:x", f"misfits:experience:{rule.pk}:x", f"rule:{rule.pk}:unreadable")
    ]

    edited(rule, capacity=8)

    assert set(StaffTask.objects.filter(settled_at=None)) == set(others)


def test_a_booked_slot_that_is_gone_from_the_rule_stays_beside_the_new_ones(rule):
    a_booking(Slot.objects.get(date=SATURDAY))

    [misfit] = edited(rule, times=["14:00"], ends_on=SUNDAY)

    assert misfit.why == (Why.GONE,)
    assert starts() == ["12 09:30 20", "12 14:00 20", "13 14:00 20"]
    assert rules.misfits(rules=[rule], now=NOW) == [misfit]


def test_other_prices_and_another_duration_are_named(rule):
    a_booking(Slot.objects.get(date=SATURDAY))
    rule.experience.duration_minutes = 90
    rule.experience.save(update_fields=["duration_minutes"])
    prices = rule.experience.price_lists.create(name="Golden week")

    [misfit] = edited(rule, price_list=prices)

    assert misfit.why == (Why.PRICES, Why.LENGTH)
    assert Slot.objects.get(date=SUNDAY).price_list == prices


def test_another_cut_off_reaches_the_unbooked_slots_of_all_rules(rule):
    a_booking(Slot.objects.get(date=SATURDAY))
    rule.experience.cut_off_minutes = 60
    rule.experience.save(update_fields=["cut_off_minutes"])

    left = rules.apply_experience(experience=rule.experience, by="boss", now=NOW)

    assert left == []
    assert localtime(Slot.objects.get(date=SUNDAY).cut_off_at).hour == 8
    assert localtime(Slot.objects.get(date=SATURDAY).cut_off_at).hour == 7


def test_a_rule_switched_off_takes_its_unbooked_slots_with_it(rule):
    a_booking(Slot.objects.get(date=SATURDAY))

    left = edited(rule, is_active=False)

    assert len(left) == 1
    assert starts() == ["12 09:30 20"]


def test_a_slot_somebody_waits_for_or_that_rain_closed_counts_as_booked(rule):
    waited, rained = Slot.objects.filter(date__lte=SUNDAY).order_by("date")
    WaitingParty.objects.create(number="W1", slot=waited, name="李", phone="1", party={}, people=2, joined_at=NOW)
    closure = Closure.objects.create(number="C1", made_at=NOW, made_by="boss", answer_until=NOW)
    closure.slots.add(rained)
    Slot.objects.filter(pk=rained.pk).update(is_closed=True)

    [misfit] = edited(rule, is_active=False)

    assert misfit.slot == waited
    assert set(Slot.objects.all()) == {waited, rained}


def test_a_slot_with_only_an_expired_booking_is_closed_and_follows_the_rule_back(rule):
    slot = Slot.objects.get(date=SATURDAY)
    booking.expire_holds(a_booking(slot).hold_until)

    edited(rule, is_active=False)
    slot.refresh_from_db()
    assert (slot.is_closed, Slot.objects.count()) == (True, 1)

    edited(rule, is_active=True, capacity=9)
    slot.refresh_from_db()
    assert (slot.is_closed, slot.closed_reason_en, slot.limit) == (False, "", 9)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_time_that_an_older_rule_had_comes_back_with_the_newers_seats_and_prices(rule, is_deleted):
    slot = Slot.objects.get(date=SATURDAY)
    booking.expire_holds(a_booking(slot).hold_until)
    autumn = PriceList.objects.create(experience=rule.experience, name="autumn")
    Price.objects.create(price_list=autumn, ticket_type=TicketType.objects.get(code="adult"), price_fen=12000)
    edited(rule, is_active=False)
    if is_deleted:
        rule.delete()

    newer = a_rule(name="autumn", capacity=8, price_list=autumn)
    slots.materialise(NOW)

    slot.refresh_from_db()
    quote = booking.quote(slot=slot.pk, party=Party.of({"adult": 1}), now=NOW)
    assert (slot.rule, slot.is_closed, slot.limit, quote.total_fen) == (newer, False, 8, 12000)


def test_a_time_of_a_closed_day_follows_what_its_rule_became_meanwhile(rule):
    booking.expire_holds(a_booking(Slot.objects.get(date=SATURDAY)).hold_until)
    day = ClosedDay.objects.create(date=SATURDAY, reason_zh="检修", reason_en="Repairs")
    slots.materialise(NOW)
    edited(rule, capacity=9)

    day.delete()
    slots.materialise(NOW)

    assert starts(date=SATURDAY) == ["12 09:30 9"]


def test_the_past_is_left_alone(rule):
    later = NOW + dt.timedelta(days=5)

    rule.times = ["14:00"]
    rule.save(update_fields=["times"])
    rules.apply_rule(rule=rule, by="boss", now=later)

    assert starts(date__lte=SUNDAY) == ["12 09:30 20", "13 09:30 20", "13 14:00 20"]


def test_slots_of_another_rule_are_not_touched(rule):
    evening = a_rule(name="Evenings", times=["19:00"], capacity=5)
    slots.materialise(NOW)

    edited(evening, is_active=False)

    assert set(Slot.objects.values_list("rule", flat=True)) == {rule.pk}
