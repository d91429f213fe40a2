"""A party at the gate for a visit that was closed: it is told so, and our people decide who comes in all the same."""

import datetime as dt

import pytest

from farm.models import StaffTask
from tests.tours.test_gate import OPENING, a_scan, let_in
from tests.visits import NOW, a_confirmed_booking, a_slot
from tests.worlds import a_slot_with_a_booking
from tours import aftermath, cancelling, closures, gate, offers, offline, tickets
from tours.gate import Whom
from tours.models import Booking, CheckIn, ClosureOffer, ScanConflict
from tours.offline import QueuedScan

pytestmark = pytest.mark.django_db
RAIN = closures.Reason("大雨", "heavy rain")
EVENING = OPENING.replace(hour=20)


@pytest.fixture
def couple():
    """Two adults of a slot that was closed before they left home, without an answer to what they were offered."""
    booking = a_slot_with_a_booking()
    a_slot(time=dt.time(14, 0))
    closures.close(slots=[booking.slot_id], reason=RAIN, by="boss", now=NOW)
    closures.carry_on(NOW)
    return booking


def test_the_gate_says_closed_and_what_to_do(couple):
    verdict = gate.look(tickets.party_token(couple), now=OPENING)

    assert (verdict.code, verdict.is_green, verdict.words) == ("closed", False, "Closed: heavy rain.")
    assert "Their page offers other dates or the money." in verdict.advice
    assert (verdict.may_be_let_in, len(verdict.waiting)) == (True, 2)


def test_another_day_counts_more_than_a_closed_slot(couple):
    assert gate.look(couple.number, now=OPENING + dt.timedelta(days=1)).code == "wrong_day"


@pytest.mark.parametrize("despite", ["", "welcome", "wrong_time"])
def test_nobody_comes_in_who_was_green_a_moment_ago(couple, despite):
    with pytest.raises(gate.NotLetIn) as red:
        let_in(couple.number, despite=despite)

    assert red.value.verdict.code == "closed"
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("people", [1, 2])
def test_who_is_let_in_all_the_same_has_come_and_is_not_paid_back(couple, people):
    let_in(couple.number, people=people, despite="closed")
    closures.carry_on(OPENING)
    couple.refresh_from_db()
    offer = couple.closure_offers.get()

    assert (couple.status, offer.status) == (Booking.Status.ATTENDED, ClosureOffer.Status.UNDONE)
    assert [slot.taken for slot in offer.alternatives.all()] == [0]
    with pytest.raises(offers.AnswerTooLate):
        offers.choose_refund(offer=offer, by="visitor", now=OPENING)


def test_who_was_in_before_it_was_closed_has_attended_in_the_evening():
    couple = a_slot_with_a_booking()
    stayed_away = a_confirmed_booking(couple.slot)
    let_in(couple.number, people=1, at=OPENING - dt.timedelta(minutes=10))
    closures.close(slots=[couple.slot_id], reason=RAIN, by="boss", now=OPENING)
    aftermath.mark_who_came(EVENING)

    assert list(Booking.objects.order_by("pk").values_list("status", flat=True)) == ["attended", "confirmed"]
    assert not stayed_away.check_ins.exists()


def test_who_took_the_money_is_told_so(couple):
    cancelling.cancel(booking=couple, by="visitor", now=NOW)

    assert gate.look(couple.number, now=OPENING).code == "cancelled"


@pytest.mark.parametrize(("despite", "conflicts"), [("closed", []), ("", ["closed"])])
def test_a_gate_without_network_is_asked_only_about_what_it_did_not_know(couple, despite, conflicts):
    scan = QueuedScan(a_scan("q1"), couple.number, Whom(despite=despite))
    [told], [again] = offline.upload([scan], now=OPENING), offline.upload([scan], now=OPENING)

    assert (told.people, again.people, told.conflict) == (2, 2, "".join(conflicts))
    assert list(ScanConflict.objects.values_list("why", flat=True)) == conflicts
    assert (CheckIn.objects.count(), StaffTask.objects.count()) == (1, len(conflicts))


def test_the_list_that_goes_along_says_it(couple):
    [listed] = offline.bundle(couple.slot.starts_at)["bookings"]

    assert listed["closed"] == "Closed: heavy rain."
