"""A closed time is opened again by hand: by whom, when, and what stays as it was chosen."""

import datetime as dt

import pytest

from farm.models import ClosedDay
from tests.drift import drift
from tests.rest import refused
from tests.staff import a_boss, a_member, act, press, told
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_rule, a_slot
from tours import closures, minimum, offers, reopening, unbooked
from tours.models import ClosureOffer, Slot

pytestmark = pytest.mark.django_db
RAIN = closures.Reason("大雨", "heavy rain")


@pytest.fixture(autouse=True)
def _in_september(time_machine):
    time_machine.move_to(NOW, tick=False)


def rain_on(*slots, day=None):
    closure = closures.close(slots=[slot.pk for slot in slots], reason=RAIN, by="li", day=day, now=NOW)
    closures.carry_on(NOW)
    return closure


def answered(slot):
    """Its only party has taken its money."""
    booking = a_confirmed_booking(slot)
    rain_on(slot)
    offers.choose_refund(offer=ClosureOffer.objects.get(booking=booking), by="visitor", now=NOW)
    return booking


def test_a_time_whose_parties_have_chosen_is_sold_again():
    slot = a_slot(seats=2)
    gone = answered(slot)

    opened = reopening.open_again(slot=slot, now=NOW)
    closures.carry_on(NOW + dt.timedelta(hours=60))

    gone.refresh_from_db()
    assert (opened.is_closed, opened.closed_reason, gone.status) == (False, "", "cancelled")
    assert a_booking(slot).status == "held"
    assert drift() == []


def test_while_parties_have_not_chosen_it_stays_closed():
    slot = a_slot()
    a_confirmed_booking(slot)
    rain_on(slot)

    with pytest.raises(reopening.StillAnswering):
        reopening.open_again(slot=slot, now=NOW)

    slot.refresh_from_db()
    assert slot.is_closed


def test_of_a_closed_day_one_time_alone_is_opened():
    first, second, third = a_slot(), a_slot(time=dt.time(11)), a_slot(time=dt.time(14))
    rain_on(first, second, third, day=first.day)
    Slot.objects.filter(pk=third.pk).update(is_closed=False)  # shut by its day alone

    reopening.open_again(slot=first, now=NOW)

    bookable = Slot.objects.bookable(NOW).filter(date=SATURDAY)
    assert list(bookable.values_list("pk", flat=True)) == [first.pk]


def test_a_closed_day_opens_with_the_times_that_were_closed_with_it(client):
    a_boss(client)
    morning, noon, evening = a_slot(), a_slot(time=dt.time(12)), a_slot(time=dt.time(17))
    rain_on(evening)
    gone = a_confirmed_booking(morning)
    rain_on(morning, noon, day=morning.day)
    early = told(press(client, "open_day", morning.day))
    offers.choose_refund(offer=ClosureOffer.objects.get(booking=gone), by="visitor", now=NOW)
    week = client.get("/staff/tours/slot/week/?date=2026-09-12").content.decode()

    press(client, "open_day", morning.day)
    closures.carry_on(NOW)

    morning.day.refresh_from_db()
    bookable = Slot.objects.bookable(NOW).filter(date=SATURDAY).order_by("starts_at")
    assert "have not chosen yet" in early
    assert f"/staff/tours/visitorsday/{morning.day_id}/" in week
    assert (morning.day.is_closed, list(bookable)) == (False, [morning, noon])
    assert drift() == []


def test_what_has_begun_on_a_closed_day_stays_closed_when_the_day_opens():
    morning, evening = a_slot(), a_slot(time=dt.time(17))
    a_confirmed_booking(morning)
    rain_on(evening, day=morning.day)  # the morning is shut by its day alone
    offers.choose_refund(offer=ClosureOffer.objects.get(), by="visitor", now=NOW)

    with pytest.raises(closures.BegunAlready):
        reopening.open_day(day=morning.day, now=NOW + dt.timedelta(days=5))
    reopening.open_day(day=morning.day, now=morning.starts_at + dt.timedelta(hours=1))

    assert list(Slot.objects.order_by("starts_at").values_list("is_closed", flat=True)) == [True, False]


def test_a_time_that_was_called_off_is_not_called_off_once_more():
    slot = a_slot(minimum_to_run=5, decide_at=NOW, runs="open")
    later = NOW + dt.timedelta(hours=1)
    minimum.decide_due(later)

    reopening.open_again(slot=slot, now=later)
    minimum.decide_due(later)

    slot.refresh_from_db()
    assert (slot.is_closed, slot.runs) == (False, "sure")


def test_what_the_schedule_would_take_off_again_stays_off():
    off, holiday = a_slot(), a_slot(SATURDAY + dt.timedelta(days=1))
    a_booking(off)
    Slot.objects.filter(pk=off.pk).update(rule=a_rule(), is_closed=True, closed_reason_en=unbooked.NO_LONGER_EN)
    rain_on(holiday)
    ClosedDay.objects.create(date=holiday.date, reason_zh="休息", reason_en="closed")

    for slot in (off, holiday):
        with pytest.raises(reopening.NotPlanned):
            reopening.open_again(slot=slot, now=NOW)
    with pytest.raises(closures.BegunAlready):
        reopening.open_again(slot=off, now=off.starts_at)


def test_a_time_added_by_hand_opens_again_though_no_rule_plans_it():
    slot = a_slot()
    Slot.objects.filter(pk=slot.pk).update(is_closed=True, closed_reason_en=unbooked.NO_LONGER_EN)

    reopening.open_again(slot=slot, now=NOW)

    assert not Slot.objects.get().is_closed


def test_staff_open_chosen_times_of_the_list_and_one_on_its_page(client):
    a_boss(client)
    first, second = a_slot(), a_slot(time=dt.time(14))
    rain_on(first, second)

    act(client, "open_chosen", first)
    press(client, "open_one", second)

    assert Slot.objects.filter(is_closed=False).count() == 2


def test_programs_open_a_time_and_hear_why_not(client):
    a_boss(client)
    slot, waits = a_slot(), a_slot(time=dt.time(14))
    answered(slot)
    a_confirmed_booking(waits)
    rain_on(waits)

    opened = client.post(f"/api/v1/staff/slots/{slot.pk}/opening").json()

    assert (opened["id"], opened["is_closed"]) == (slot.pk, False)
    refused(client.post(f"/api/v1/staff/slots/{waits.pk}/opening"), 409, "still_answering")
    refused(client.post("/api/v1/staff/slots/999/opening"), 404, "not_found")


def test_programs_open_a_day_and_hear_why_not(client):
    a_boss(client)
    slot, place = a_slot(), "/api/v1/staff/visitors-days/2026-09-12/opening"
    a_confirmed_booking(slot)
    rain_on(slot, day=slot.day)
    holiday = ClosedDay.objects.create(date=SATURDAY, reason_zh="休息", reason_en="closed")

    refused(client.post(place), 409, "not_planned")
    refused(client.post(f"/api/v1/staff/slots/{slot.pk}/opening"), 409, "not_planned")
    holiday.delete()
    refused(client.post(place), 409, "still_answering")
    offers.choose_refund(offer=ClosureOffer.objects.get(), by="visitor", now=NOW)

    assert client.post(place).json()["is_closed"] is False
    assert Slot.objects.get().is_closed is False


def test_who_may_not_close_opens_nothing(client):
    a_member(client, "gate")
    slot = a_slot()
    rain_on(slot)

    act(client, "open_chosen", slot)

    assert press(client, "open_one", slot).status_code == 403
    assert press(client, "open_day", slot.day).status_code == 403
    assert client.post(f"/api/v1/staff/slots/{slot.pk}/opening").status_code == 403
    assert client.post("/api/v1/staff/visitors-days/2026-09-12/opening").status_code == 403
    slot.refresh_from_db()
    assert slot.is_closed
