"""A time that was closed, opened again by hand and closed once more: the latest closure speaks for it."""

import datetime as dt

import pytest

from farm.models import Notice
from tests.builders import work_off
from tests.drift import drift
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot
from tours import closures, minimum, reopening, waiting
from tours.booking import Contact
from tours.models import Closure, ClosureOffer, Credit, Slot
from tours.party import Party

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
RAIN = closures.Reason("大雨", "heavy rain", "credit")
HAIL = closures.Reason("冰雹", "hail", "refund")


def close(*slots, reason, now, day=None):
    """Close the slots and let the workers do what follows."""
    closure = closures.close(slots=[slot.pk for slot in slots], reason=reason, by="li", day=day, now=now)
    closures.carry_on(now)
    work_off(now)
    return closure


def opened_again(**different):
    """A time that it rained on, and that was opened by hand an hour later; its closure still lets parties choose."""
    slot = a_slot(SATURDAY + dt.timedelta(days=7), **different)
    first = close(slot, reason=RAIN, now=NOW)
    reopening.open_again(slot=slot, now=NOW + HOUR)
    return slot, first


def test_who_booked_after_it_was_opened_hears_the_new_reason_and_has_the_new_time_to_choose():
    slot, _ = opened_again()
    booking = a_confirmed_booking(slot, now=NOW + 2 * HOUR)
    hail = close(slot, reason=HAIL, now=NOW + 47 * HOUR)

    closures.carry_on(NOW + 48 * HOUR)
    offer = ClosureOffer.objects.get()
    before = (offer.closure, offer.status)
    closures.carry_on(NOW + 95 * HOUR)

    booking.refresh_from_db()
    assert before == (hail, "waiting")
    assert "冰雹" in Notice.objects.get(key__contains=":rain:", channel="sms").text
    assert (booking.status, booking.paid_fen, Credit.objects.exists()) == ("cancelled", 0, False)


def test_undoing_the_second_closure_keeps_the_visit_beyond_the_firsts_deadline():
    slot, _ = opened_again()
    booking = a_confirmed_booking(slot, now=NOW + 2 * HOUR)
    hail = close(slot, reason=HAIL, now=NOW + 3 * HOUR)

    closures.undo(closure=hail, by="li", now=NOW + 4 * HOUR)
    for hours in (4, 49):
        closures.carry_on(NOW + hours * HOUR)

    booking.refresh_from_db()
    slot.refresh_from_db()
    assert (slot.is_closed, booking.status, ClosureOffer.objects.get().status) == (False, "confirmed", "undone")
    assert drift() == []


def test_undoing_the_first_closure_opens_nothing_that_the_second_shut():
    slot, first = opened_again()
    a_confirmed_booking(slot, now=NOW + 2 * HOUR)
    close(slot, reason=HAIL, now=NOW + 3 * HOUR)

    closures.undo(closure=first, by="li", now=NOW + 4 * HOUR)
    closures.carry_on(NOW + 4 * HOUR)

    slot.refresh_from_db()
    assert (slot.is_closed, slot.closed_reason_en, ClosureOffer.objects.get().status) == (True, "hail", "waiting")


def test_a_day_that_was_closed_twice_opens_by_undoing_the_second_closure_alone():
    slot = a_slot()
    first = close(slot, reason=RAIN, day=slot.day, now=NOW)
    reopening.open_day(day=slot.day, now=NOW)
    second = close(slot, reason=HAIL, day=slot.day, now=NOW)

    closures.undo(closure=first, by="li", now=NOW)
    after_first = list(Slot.objects.bookable(NOW))
    closures.undo(closure=second, by="li", now=NOW)

    assert (after_first, list(Slot.objects.bookable(NOW))) == ([], [slot])


def test_a_time_added_to_a_closed_day_is_closed_without_the_day_being_closed_twice():
    slot = a_slot()
    rain = close(slot, reason=RAIN, day=slot.day, now=NOW)
    added = a_slot(time=dt.time(14))

    hail = close(added, reason=HAIL, day=slot.day, now=NOW)
    closures.undo(closure=hail, by="li", now=NOW)
    slot.day.refresh_from_db()
    before = slot.day.is_closed
    reopening.open_day(day=slot.day, now=NOW)

    assert (rain.day, hail.day, before) == (slot.day, None, True)
    assert list(Slot.objects.bookable(NOW).order_by("starts_at")) == [slot, added]


def test_who_was_asked_by_a_closure_undone_too_late_for_another_choice_gets_its_money():
    slot = a_slot(SATURDAY + dt.timedelta(days=7))
    booking = a_confirmed_booking(slot)
    rain = close(slot, reason=RAIN, now=NOW)
    whole_day = close(slot, reason=HAIL, day=slot.day, now=NOW + HOUR)
    late = NOW + 50 * HOUR  # no worker ran since both deadlines

    closures.undo(closure=rain, by="li", now=late)
    closures.carry_on(late)

    booking.refresh_from_db()
    whole_day.refresh_from_db()
    assert (booking.status, booking.paid_fen, whole_day.status) == ("cancelled", 0, "settled")


def test_a_time_that_is_called_off_after_it_was_opened_says_that_too_few_came():
    at = NOW + 47 * HOUR
    slot, _ = opened_again(minimum_to_run=5, runs="open", decide_at=at)
    a_confirmed_booking(slot, now=NOW + 2 * HOUR)

    minimum.decide_due(at)
    work_off(at)
    closures.carry_on(at)

    closure = ClosureOffer.objects.get().closure
    assert (closure.reason_en, closure.answer_until) == ("too few visitors", at + 48 * HOUR)


def test_who_waits_for_a_time_that_was_opened_again_keeps_its_place():
    slot, _ = opened_again(seats=2)
    a_booking(slot, now=NOW + 2 * HOUR)
    party, contact = Party.of({"adult": 2}), Contact("王芳", "13911112222")
    waits = waiting.join(slot=slot.pk, party=party, contact=contact, language="en", now=NOW + 2 * HOUR)

    closures.carry_on(NOW + 3 * HOUR)

    waits.refresh_from_db()
    assert (waits.status, Closure.objects.get().status) == ("waiting", "open")
