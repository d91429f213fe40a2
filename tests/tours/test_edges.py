"""Where two stories of a visit meet: seats, tickets and money that one of them would have forgotten."""

import datetime as dt

import pytest

from farm.models import Refund
from farm.payments import cashier
from tests.builders import work_off
from tests.drift import drift_of_visits
from tests.visits import NOW, SATURDAY, VISITOR, a_booking, a_confirmed_booking, a_day, a_slot, pay
from tours import booking as holding
from tours import cancelling, capacity, changing, closures, gate, offers, paying, refusals, seats, waiting
from tours.booking import Contact
from tours.gate import Scan, Whom
from tours.models import Closure, ClosureOffer, Credit, Rebooking, Slot
from tours.party import Party

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
RAIN = closures.Reason("雨", "rain")
ONE, TWO, THREE = (Party.of({"adult": number}) for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def books():
    """Whatever a test does, the books add up in the end."""
    yield
    assert drift_of_visits() == []


def in_line(slot, phone="13911112222"):
    contact = Contact("王芳", phone)
    return waiting.join(slot=slot.pk, party=TWO, contact=contact, language="en", now=NOW)


def change(booking, slot, party):
    return changing.change(booking=booking, slot=slot.pk, party=party, by="visitor", now=NOW)


def rain_on(*slots) -> Closure:
    closure = closures.close(slots=[slot.pk for slot in slots], reason=RAIN, by="li.na", now=NOW)
    closures.carry_on(NOW)
    return closure


def test_a_smaller_party_gets_its_credit_back():
    slot = a_slot()
    money = {"phone": VISITOR.phone, "given_at": NOW, "expires_on": SUNDAY}
    credit = Credit.objects.create(code="CR1", limit=20000, **money)
    booking = a_booking(slot, credit="CR1")

    changed = change(booking, slot, ONE)

    credit.refresh_from_db()
    assert (changed.credit_fen, changed.paid_fen, changed.fee_fen, credit.left) == (8800, 0, 0, 11200)


def test_a_party_grows_by_the_last_seat_of_its_own_slot():
    slot = a_slot(seats=3)
    booking = a_confirmed_booking(slot)

    assert changing.preview(booking=booking, slot=slot.pk, party=THREE, now=NOW).has_room
    change(booking, slot, THREE)
    pay(booking)

    slot.refresh_from_db()
    assert (booking.people, slot.taken) == (3, 3)


def test_a_party_moves_within_a_full_day():
    a_day(limit=2)
    morning, afternoon = a_slot(), a_slot(time=dt.time(14, 0))
    booking = a_confirmed_booking(morning)

    assert changing.preview(booking=booking, slot=afternoon.pk, party=TWO, now=NOW).has_room
    assert change(booking, afternoon, TWO).slot == afternoon


def test_room_of_a_full_day_goes_to_who_waits_for_another_of_its_slots():
    a_day(limit=4)
    morning, afternoon = a_slot(), a_slot(time=dt.time(14, 0))
    booking, _other = a_confirmed_booking(morning), a_confirmed_booking(morning)
    party = in_line(afternoon)

    cancelling.cancel(booking=booking, by="visitor", now=NOW)

    party.refresh_from_db()
    assert party.status == "offered"


def test_a_day_that_takes_more_visitors_asks_the_line_first():
    day, slot = a_day(limit=2), a_slot()
    a_confirmed_booking(slot)
    party = in_line(slot)

    capacity.set_day_limit(day=day, limit=4, now=NOW)

    party.refresh_from_db()
    assert party.status == "offered"


def test_what_a_cancelled_change_held_goes_to_the_line():
    slot, sunday = a_slot(), a_slot(SUNDAY, seats=3)
    booking = a_confirmed_booking(slot)
    change(booking, sunday, THREE)
    party = in_line(sunday)

    cancelling.cancel(booking=booking, by="visitor", now=NOW)

    party.refresh_from_db()
    assert party.status == "offered"


def test_a_change_waits_until_an_undone_closure_has_let_go():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    closures.undo(closure=rain_on(slot), by="li.na", now=NOW)

    with pytest.raises(refusals.NotPossibleNow):
        change(booking, sunday, THREE)

    closures.carry_on(NOW)
    assert isinstance(change(booking, sunday, THREE), Rebooking)


def test_a_closure_is_not_undone_once_its_visit_would_have_begun():
    slot = a_slot()
    a_confirmed_booking(slot)
    closure = rain_on(slot)

    with pytest.raises(closures.BegunAlready):
        closures.undo(closure=closure, by="li.na", now=slot.starts_at)

    slot.refresh_from_db()
    assert slot.is_closed


def test_parties_of_a_slot_that_is_called_off_after_an_undone_closure_are_asked():
    slot = a_slot()
    a_confirmed_booking(slot)
    closures.undo(closure=rain_on(slot), by="li.na", now=NOW)
    closures.carry_on(NOW)
    Slot.objects.update(is_closed=True, runs="called off")

    for _ in range(2):
        closures.on_called_off(slot=slot.pk, now=NOW)
    closures.carry_on(NOW)

    assert ClosureOffer.objects.filter(status="waiting").count() == 1


def test_a_party_that_was_let_in_all_the_same_stops_no_sweep():
    slot = a_slot()
    inside, outside = a_confirmed_booking(slot), a_confirmed_booking(slot)
    closure = rain_on(slot)
    let_in(inside, 1)

    closures.carry_on(closure.answer_until)

    offered = [ClosureOffer.objects.get(booking=booking).status for booking in (inside, outside)]
    assert offered == ["undone", "refunded"]


def test_a_difference_that_comes_after_the_party_is_inside_goes_back():
    slot = a_slot()
    booking = a_confirmed_booking(slot)
    change(booking, slot, THREE)
    attempt = paying.start(booking=booking, return_url="/v/t/", now=NOW)
    let_in(booking, 2)

    cashier.pay(attempt, NOW)
    work_off(NOW)
    changing.expire_changes(NOW + dt.timedelta(minutes=21))

    booking.refresh_from_db()
    assert (booking.people, booking.tickets.filter(check_in=None).count()) == (2, 0)
    assert Refund.objects.get().amount_fen == 8800


def test_a_slot_that_leaves_the_schedule_while_somebody_books_is_unknown(monkeypatch):
    slot = a_slot()
    take = seats.take
    monkeypatch.setattr(seats, "take", lambda row, *rest, **how: (leave(row), take(row, *rest, **how)))

    with pytest.raises(refusals.UnknownSlot):
        a_booking(slot)


def test_the_days_limit_names_what_is_really_left():
    a_day(limit=5)
    slot = a_slot(seats=6)
    a_booking(slot)

    with pytest.raises(refusals.SlotFull) as refused:
        a_booking(slot, adult=4)

    assert refused.value.extra["left"] == 3


def test_an_offer_to_move_is_kept_in_one_place_only():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    rain_on(slot)

    offers.choose_slot(offer=ClosureOffer.objects.get(), slot=sunday.pk, by="visitor", now=NOW)

    booking.refresh_from_db()
    assert holding.quote(slot=sunday.pk, party=TWO, now=NOW).slot.left == 18


def let_in(booking, people: int) -> None:
    """At the gate, half an hour before it begins."""
    at = booking.slot.starts_at - dt.timedelta(minutes=30)
    scan = Scan(nonce=f"n{booking.pk}", gate="south", by="li.na", at=at)
    gate.admit(code=booking.number, whom=Whom(people=people, despite="closed"), scan=scan, now=at)


def leave(slot: Slot) -> None:
    """As another transaction deletes it that did not see the booking yet."""
    Slot.objects.filter(pk=slot.pk)._raw_delete("default")
