import datetime as dt

import pytest

from farm.models import Notice, Refund
from farm.payments import cashier
from tests.builders import work_off
from tests.drift import drift
from tests.visits import (
    NOW,
    SATURDAY,
    VISITOR,
    a_booking,
    a_confirmed_booking,
    a_slot,
    a_visit_wish,
    an_experience,
    pay,
)
from tours import booking as holding
from tours import changing, closures, minimum, offers, paying, refusals, waiting
from tours.booking import Contact
from tours.models import Closure, ClosureOffer, Credit, Experience
from tours.party import Party

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
RAIN = closures.Reason("大雨", "heavy rain")
LATER = NOW + dt.timedelta(hours=49)


def rain_on(*slots, reason=RAIN):
    """Close the slots and let the workers do what follows."""
    closure = closures.close(slots=[slot.pk for slot in slots], reason=reason, by="staff", now=NOW)
    closures.carry_on(NOW)
    work_off(NOW)
    return closure


def taken(*slots):
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def test_a_party_of_a_closed_slot_chooses_another_whose_seats_are_kept():
    slot, sunday = a_slot(), a_slot(SUNDAY, seats=2)
    booking = a_confirmed_booking(slot)
    rain_on(slot)
    offer = ClosureOffer.objects.get()
    assert (list(offer.alternatives.all()), taken(slot, sunday), drift()) == ([sunday], [2, 2], [])

    offers.choose_slot(offer=offer, slot=sunday.pk, by="visitor", now=NOW)

    booking.refresh_from_db()
    assert (booking.slot, booking.issue, taken(slot, sunday), drift()) == (sunday, 2, [0, 2], [])


def test_a_kept_time_can_be_chosen_though_the_experience_is_sold_no_longer():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    rain_on(slot)
    other = a_slot(SUNDAY, dt.time(15))
    Experience.objects.update(is_on_sale=False)

    with pytest.raises(refusals.UnknownSlot):
        offers.choose_slot(offer=ClosureOffer.objects.get(), slot=other.pk, by="visitor", now=NOW)
    offers.choose_slot(offer=ClosureOffer.objects.get(), slot=sunday.pk, by="visitor", now=NOW)

    booking.refresh_from_db()
    assert (booking.slot, taken(slot, sunday, other), drift()) == (sunday, [0, 2, 0], [])


def test_an_alternative_that_is_closed_too_is_made_good_by_another():
    saturday, sunday, monday = (a_slot(SATURDAY + dt.timedelta(days=number)) for number in range(3))
    a_confirmed_booking(saturday)
    rain_on(saturday)
    tuesday = a_slot(SATURDAY + dt.timedelta(days=3))

    rain_on(sunday)
    closures.carry_on(NOW)

    assert list(ClosureOffer.objects.get().alternatives.order_by("pk")) == [monday, tuesday]
    assert taken(saturday, sunday, monday, tuesday) == [2, 0, 2, 2]
    assert drift() == []


def test_nothing_is_sent_twice():
    slot = a_slot()
    a_confirmed_booking(slot)
    rain_on(slot)

    closures.carry_on(NOW)
    work_off(NOW)

    assert Notice.objects.filter(key__contains=":rain:", channel="sms").count() == 1


def test_who_wants_the_money_gets_all_of_it_back_whatever_the_terms():
    slot = a_slot()
    a_confirmed_booking(slot)
    rain_on(slot)

    offers.choose_refund(offer=ClosureOffer.objects.get(), by="visitor", now=NOW)
    work_off(NOW)

    assert (Refund.objects.get().amount_fen, taken(slot), drift()) == (17600, [0], [])


def test_a_credit_pays_for_another_visit():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    a_confirmed_booking(slot)
    rain_on(slot)
    credit = offers.choose_credit(offer=ClosureOffer.objects.get(), by="visitor", now=NOW)

    booking = holding.hold(wish=a_visit_wish(sunday, adult=3, credit=credit.code), language="en", key="k", now=NOW)
    pay(booking)

    credit.refresh_from_db()
    assert (booking.status, booking.paid_fen, booking.credit_fen, credit.left) == ("confirmed", 8800, 17600, 0)
    assert drift() == []


def test_a_credit_is_its_owners_alone():
    slot = a_slot()
    a_confirmed_booking(slot)
    rain_on(slot)
    credit = offers.choose_credit(offer=ClosureOffer.objects.get(), by="visitor", now=NOW)

    with pytest.raises(holding.refusals.CreditRefused):
        a_booking(a_slot(SUNDAY), contact=Contact("王芳", "13911112222"), credit=credit.code)


@pytest.mark.parametrize(("otherwise", "status", "credits"), [("refund", "refunded", 0), ("credit", "credited", 1)])
def test_who_does_not_answer_gets_what_the_farm_set(otherwise, status, credits):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    a_confirmed_booking(slot)
    closure = rain_on(slot, reason=closures.Reason("大雨", "heavy rain", otherwise))

    closures.carry_on(LATER)

    closure.refresh_from_db()
    assert (ClosureOffer.objects.get().status, closure.status, Credit.objects.count()) == (status, "settled", credits)
    assert taken(slot, sunday) == [0, 0]


def test_a_closure_is_undone_before_anybody_answered():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    a_confirmed_booking(slot)
    closure = rain_on(slot)

    closures.undo(closure=closure, by="staff", now=NOW)
    closures.carry_on(NOW)

    slot.refresh_from_db()
    assert (slot.is_closed, taken(slot, sunday), ClosureOffer.objects.get().status) == (False, [2, 0], "undone")
    assert drift() == []


def test_a_slot_whose_whole_day_was_closed_too_is_asked_about_once_more_and_not_promised():
    slot, begun = a_slot(), a_slot(time=dt.time(7), cut_off_at=NOW)
    booking = a_confirmed_booking(slot)
    a_confirmed_booking(begun, now=NOW - dt.timedelta(hours=1))
    first = rain_on(slot)
    at = slot.starts_at - dt.timedelta(hours=2)
    whole_day = closures.close(slots=[slot.pk], reason=RAIN, by="staff", day=slot.day, now=at)

    closures.undo(closure=first, by="staff", now=at)
    for _ in range(2):
        closures.carry_on(at)
        work_off(at)

    asked = ClosureOffer.objects.order_by("pk").values_list("booking", "closure", "status")
    assert list(asked) == [(booking.pk, first.pk, "undone"), (booking.pk, whole_day.pk, "waiting")]
    assert not Notice.objects.filter(key__contains="rain undone").exists()
    assert Notice.objects.filter(key__contains=":rain:", channel="sms").count() == 2


def test_nobody_pays_for_a_change_into_a_slot_that_was_closed_meanwhile():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    three = Party.of({"adult": 3})
    changing.change(booking=booking, slot=sunday.pk, party=three, by="visitor", now=NOW)
    attempt = paying.start(booking=booking, return_url="/v/t/", now=NOW)

    rain_on(sunday)
    cashier.pay(attempt, NOW)
    work_off(NOW)

    booking.refresh_from_db()
    assert (booking.slot, booking.people, taken(slot, sunday), drift()) == (slot, 2, [2, 0], [])
    assert Refund.objects.get().amount_fen == 8800


def test_the_rest_of_a_closed_visit_is_not_asked_for():
    slot = a_slot(experience=an_experience(deposit_percent=30))
    booking = a_confirmed_booking(slot, plan="deposit")
    rain_on(slot)
    booking.refresh_from_db()

    with pytest.raises(refusals.NotPossibleNow):
        paying.start(booking=booking, return_url="/v/t/", now=NOW)


def test_a_credit_that_comes_back_after_rain_can_be_used_again():
    slot = a_slot()
    credit = Credit.objects.create(
        code="CR1", phone=VISITOR.phone, why="rain", given_at=NOW, expires_on=NOW.date(), limit=17600
    )
    a_booking(slot, credit="CR1")
    rain_on(slot)
    later = NOW + dt.timedelta(hours=47)

    offers.choose_refund(offer=ClosureOffer.objects.get(), by="visitor", now=later)

    assert Credit.objects.takeable(later + dt.timedelta(days=364)).get(pk=credit.pk).left == 17600


def test_a_closure_that_was_answered_stands():
    slot = a_slot()
    a_slot(SUNDAY)
    a_confirmed_booking(slot)
    closure = rain_on(slot)
    offers.choose_refund(offer=ClosureOffer.objects.get(), by="visitor", now=NOW)

    with pytest.raises(closures.AnsweredAlready):
        closures.undo(closure=closure, by="staff", now=NOW)

    slot.refresh_from_db()
    assert slot.is_closed
    assert Closure.objects.get().status == "open"


def test_holds_and_waiting_parties_of_a_closed_slot_end():
    slot = a_slot(seats=2)
    booking = a_booking(slot)
    party = waiting.join(
        slot=slot.pk, party=Party.of({"adult": 2}), contact=Contact("王芳", "13911112222"), language="en", now=NOW
    )

    rain_on(slot)

    booking.refresh_from_db()
    party.refresh_from_db()
    assert (booking.status, party.status, taken(slot)) == ("cancelled", "lapsed", [0])


def test_an_answer_after_the_deadline_is_refused():
    slot = a_slot()
    a_confirmed_booking(slot)
    rain_on(slot)

    with pytest.raises(offers.AnswerTooLate):
        offers.choose_credit(offer=ClosureOffer.objects.get(), by="visitor", now=LATER)


def test_a_called_off_slot_that_is_held_after_all_is_sure():
    slot = a_slot(minimum_to_run=5, decide_at=NOW, runs="open")
    a_confirmed_booking(slot, now=NOW - dt.timedelta(minutes=5))
    minimum.decide_due(NOW)
    work_off(NOW)

    closures.undo(closure=Closure.objects.get(), by="staff", now=NOW)

    slot.refresh_from_db()
    assert (slot.is_closed, slot.runs) == (False, "sure")
