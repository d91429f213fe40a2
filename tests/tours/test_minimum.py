"""The minimum to run: at its deadline a slot is sure or called off, once, and staff limits never cut off a seat."""

import datetime as dt

import pytest
from django.urls import reverse

from farm import outbox
from farm.models import Notice, OutboxMessage
from tests.visits import NOW, a_booking, a_confirmed_booking, a_day, a_rule, a_slot
from tours import booking, capacity, changing, closures, minimum, notices, slots
from tours.links import booking_path
from tours.models import Slot

pytestmark = pytest.mark.django_db
DEADLINE = dt.datetime(2026, 9, 11, 1, 30, tzinfo=dt.UTC)


@pytest.fixture
def slot():
    return a_slot(minimum_to_run=4, decide_at=DEADLINE, runs=Slot.Runs.OPEN)


def decided(slot: Slot, now: dt.datetime = DEADLINE) -> tuple[str, bool]:
    minimum.decide_due(now)
    slot.refresh_from_db()
    return slot.runs, slot.is_closed


def called_off() -> list[int]:
    return [message.payload["slot"] for message in OutboxMessage.objects.filter(topic="slot.called_off")]


def test_nothing_is_decided_before_the_deadline(slot):
    assert decided(slot, DEADLINE - dt.timedelta(seconds=1)) == ("open", False)


def test_with_enough_confirmed_people_the_slot_is_sure(slot):
    a_confirmed_booking(slot, family=1)

    assert decided(slot) == ("sure", False)
    assert called_off() == []


def test_who_was_told_of_the_minimum_hears_once_that_the_visit_is_held(slot, client, time_machine):
    time_machine.move_to(DEADLINE, tick=False)
    booking = a_confirmed_booking(slot, family=1)
    a_booking(slot, now=DEADLINE)

    for _beat in range(2):
        minimum.decide_due(DEADLINE)
        outbox.deliver_due(DEADLINE)
    notices.on_sure(slot=slot.pk, now=DEADLINE)  # a listener may run twice

    told = Notice.objects.filter(key__contains=":sure:")
    assert sorted(told.values_list("key", "channel")) == [
        (f"{booking.number}:sure:{slot.pk}", "sms"),
        (f"{booking.number}:sure:{slot.pk}:mail", "mail"),
    ]
    assert "9月12日 星期六 09:30 的巨峰采摘确定成行" in told[0].text
    assert "at least 4 people come, so it is held" in client.get(booking_path(booking)).content.decode()


def test_who_books_reads_that_it_may_be_called_off_and_until_when_one_hears(slot, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    before_paying = client.get(reverse("tours:book", args=["picking"]), {"slot": slot.pk}).content.decode()
    booking = a_confirmed_booking(slot)
    outbox.deliver_due(NOW)
    open_page = client.get(booking_path(booking)).content.decode()
    Slot.objects.update(runs=Slot.Runs.SURE)
    sure_page = client.get(booking_path(booking)).content.decode()

    said = ["Held when at least 4 people come" in page for page in (before_paying, open_page, sure_page)]
    assert said == [True, True, False]
    assert (
        "满 4 人成行；人数不足会在 9月11日 星期五 10:10 前通知您" in Notice.objects.get(key__endswith=":confirmed").text
    )


def test_who_moves_to_such_a_time_hears_of_its_minimum_too(slot):
    booking = a_confirmed_booking(a_slot(time=dt.time(14)))
    changing.change(booking=booking, slot=slot.pk, party=changing.party_of(booking), by="visitor", now=NOW)
    outbox.deliver_due(NOW)

    told = Notice.objects.get(key__contains=":changed:", channel="sms").text
    assert "已改为 9月12日 星期六 09:30，满 4 人成行；人数不足会在 9月11日 星期五 10:10 前通知您" in told


def test_with_too_few_it_is_called_off_once(slot):
    a_confirmed_booking(slot)

    assert decided(slot) == ("called off", True)
    assert minimum.decide_due(DEADLINE) == 0
    assert called_off() == [slot.pk]


def test_an_unpaid_hold_that_could_make_it_up_is_waited_for(slot):
    held = a_booking(slot, now=DEADLINE, family=1)
    assert decided(slot) == ("open", False)

    booking.expire_holds(held.hold_until)
    assert decided(slot, held.hold_until) == ("called off", True)


def test_seats_that_rain_keeps_for_somebody_are_not_waited_for_until_the_start(slot):
    rained_out = a_slot(slot.date - dt.timedelta(days=1), experience=slot.experience)
    a_confirmed_booking(rained_out, family=1)
    closures.close(slots=[rained_out.pk], reason=closures.Reason("雨", "rain"), by="li", now=NOW)
    closures.carry_on(NOW)
    sure = a_confirmed_booking(slot)
    last = DEADLINE + dt.timedelta(minutes=40)

    assert decided(slot, last - dt.timedelta(seconds=1)) == ("open", False)
    assert decided(slot, last) == ("called off", True)

    outbox.deliver_due(last)
    closures.carry_on(last)
    outbox.deliver_due(last)
    slot.refresh_from_db()
    told = Notice.objects.get(key__startswith=f"{sure.number}:rain", channel="sms")
    assert "体验停办了：人数不足" in told.text
    assert (slot.taken, sure.closure_offers.get().status) == (2, "waiting")


def test_a_slot_whose_cut_off_decides_hears_in_time_for_the_parties_to_stay_at_home():
    start = dt.datetime(2026, 9, 12, 1, 30, tzinfo=dt.UTC)
    late = start - dt.timedelta(minutes=30)
    slot = a_slot(minimum_to_run=4, decide_at=late, cut_off_at=late, runs=Slot.Runs.OPEN)
    a_confirmed_booking(slot)
    a_booking(slot, now=late - dt.timedelta(minutes=1))

    assert decided(slot, late + dt.timedelta(minutes=14)) == ("open", False)
    assert decided(slot, late + dt.timedelta(minutes=15)) == ("called off", True)


def test_a_slot_closed_for_rain_is_left_to_its_closure(slot):
    Slot.objects.filter(pk=slot.pk).update(is_closed=True)

    assert decided(slot) == ("open", True)
    assert called_off() == []


def test_a_slot_that_began_undecided_is_held(slot):
    a_confirmed_booking(slot)

    assert decided(slot, slot.starts_at) == ("sure", False)
    outbox.deliver_due(slot.starts_at)
    assert not Notice.objects.filter(key__contains=":sure:").exists()


def test_a_rule_gives_its_slots_the_deadline_and_a_late_slot_its_cut_off():
    a_rule(minimum_to_run=4, decide_hours=48)

    slots.materialise(NOW + dt.timedelta(days=2))

    first, second = Slot.objects.order_by("starts_at")[:2]
    assert (first.runs, first.decide_at) == ("open", first.cut_off_at)
    assert second.decide_at == second.starts_at - dt.timedelta(hours=48)


def test_a_slots_limit_goes_down_to_what_is_taken_and_no_further():
    slot = a_slot()
    a_booking(slot, family=1)

    with pytest.raises(capacity.LimitTooLow):
        capacity.set_slot_limit(slot=slot, limit=3, now=NOW)
    assert (slot.limit, slot.taken) == (20, 4)

    capacity.set_slot_limit(slot=slot, limit=4, now=NOW)
    assert (slot.limit, slot.left) == (4, 0)


def test_a_slot_keeps_room_for_the_people_it_needs_until_it_is_sure(slot):
    least = slot.minimum_to_run

    with pytest.raises(capacity.LimitTooLow, match=f"needs {least} people to run"):
        capacity.set_slot_limit(slot=slot, limit=least - 1, now=NOW)
    assert Slot.objects.get().limit == 20

    capacity.set_slot_limit(slot=slot, limit=least, now=NOW)
    Slot.objects.update(runs=Slot.Runs.SURE)
    capacity.set_slot_limit(slot=Slot.objects.get(), limit=least - 1, now=NOW)

    assert Slot.objects.get().limit == least - 1


def test_a_days_limit_goes_down_to_what_is_taken_over_all_experiences(slot):
    a_booking(slot, family=1)
    day = a_day()

    with pytest.raises(capacity.LimitTooLow):
        capacity.set_day_limit(day=day, limit=3, now=NOW)
    capacity.set_day_limit(day=day, limit=5, now=NOW)

    assert (day.limit, day.taken) == (5, 4)
