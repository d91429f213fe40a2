"""Places sold at the gate: in, paid and counted, without a name."""

import datetime as dt

import pytest

from farm import outbox
from farm.idempotency import KeyReused
from farm.models import LedgerEntry, Refund, TillEntry
from farm.payments import desk
from farm.refusals import Refused
from tests.builders import work_off
from tests.drift import drift
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import cancelling, gate, refusals, walkins
from tours.gate import Scan, Whom
from tours.models import Bill, Booking, CheckIn, Ticket, TicketType
from tours.party import Party

pytestmark = pytest.mark.django_db
BEFORE = dt.datetime.combine(SATURDAY, dt.time(9, 20), NOW.tzinfo)
END = BEFORE.replace(hour=11, minute=30)


def sold(slot, *, at=BEFORE, nonce="w1", how="cash", agreed_fen=None, **party):
    """Sell for the sum of the tickets' prices, unless another is agreed."""
    party, prices = party or {"adult": 2}, dict(TicketType.objects.values_list("code", "price_fen"))
    if agreed_fen is None:
        agreed_fen = sum(prices.get(code, 0) * quantity for code, quantity in party.items())
    scan = Scan(nonce=nonce, gate="north gate", by="gatekeeper", at=at)
    tender = {"how": how, "agreed_fen": agreed_fen}
    return walkins.sell(slot=slot.pk, party=Party.of(party), **tender, scan=scan, now=at)


def nothing_was_sold(slot):
    slot.refresh_from_db()
    return not (slot.taken or Booking.objects.exists() or TillEntry.objects.exists() or CheckIn.objects.exists())


def test_a_walk_in_is_paid_in_and_counted():
    slot = a_slot()
    admission = sold(slot, adult=2, child=1)
    booking = Booking.objects.get()
    slot.refresh_from_db()

    assert (booking.status, booking.channel, booking.name, booking.phone) == ("attended", "gate", "", "")
    assert (booking.paid_fen, booking.balance_fen, TillEntry.objects.get().amount_fen) == (22000, 0, 22000)
    assert (admission.check_in.people, admission.outside, slot.taken, slot.day.taken) == (3, 0, 3, 3)
    assert not Ticket.objects.filter(check_in=None).exists()


def test_who_sold_at_the_gate_is_whose_money_it_was():
    sold(a_slot())

    assert set(Booking.objects.get().events.values_list("by", flat=True)) == {"gatekeeper"}


def test_the_till_tells_once():
    sold(a_slot())
    outbox.deliver_due(BEFORE)

    assert Booking.objects.get().paid_fen == sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 17600


@pytest.mark.parametrize("at", [BEFORE, BEFORE.replace(hour=10), END - dt.timedelta(minutes=1)])
def test_places_are_sold_after_the_cut_off_until_the_visit_ends(at):
    assert sold(a_slot(), at=at).check_in.people == 2


@pytest.mark.parametrize("at", [END, BEFORE - dt.timedelta(days=1), BEFORE + dt.timedelta(days=1)])
def test_nothing_is_sold_when_it_is_over_or_on_another_day(at):
    slot = a_slot()
    with pytest.raises(walkins.NotNow):
        sold(slot, at=at)

    assert nothing_was_sold(slot)


@pytest.mark.parametrize(
    ("slot", "sale"),
    [
        ({"seats": 1}, {}),
        ({"is_closed": True}, {}),
        ({}, {"infant": 1}),
        ({}, {"infant": 3, "adult": 1}),
        ({}, {"dragon": 1}),
        ({}, {"adult": -1}),
        ({}, {"how": "promise"}),
        ({}, {"agreed_fen": 17599}),
        ({}, {"agreed_fen": 0}),
    ],
)
def test_a_refused_sale_leaves_nothing(slot, sale):
    slot = a_slot(**slot)
    with pytest.raises(Refused):
        sold(slot, **sale)

    assert nothing_was_sold(slot)


def test_the_same_tap_again_sells_once():
    slot = a_slot()
    first = sold(slot, agreed_fen=17600)
    TicketType.objects.update(price_fen=9900)  # what was sold stays sold
    again = sold(slot)
    slot.refresh_from_db()

    assert (again.booking, again.check_in, again.is_repeat) == (first.booking, first.check_in, True)
    assert (slot.taken, TillEntry.objects.count(), Bill.objects.count()) == (2, 1, 1)


def test_another_hand_that_sends_the_same_sale_sells_nothing():
    slot = a_slot()
    first = sold(slot)
    scan = Scan(nonce="w1", gate="north gate", by="somebody else", at=BEFORE)
    party = Party.of({"adult": 2})
    again = walkins.sell(slot=slot.pk, party=party, how="cash", agreed_fen=17600, scan=scan, now=BEFORE)

    assert (again.booking, again.is_repeat, TillEntry.objects.count()) == (first.booking, True, 1)


def test_the_number_of_a_scan_sells_nothing():
    couple = a_slot_with_a_booking()
    scan = Scan(nonce="w1", gate="north gate", by="gatekeeper", at=BEFORE)
    gate.admit(code=couple.number, whom=Whom(), scan=scan, now=BEFORE)
    with pytest.raises(gate.NonceUsed):
        sold(couple.slot)

    assert (TillEntry.objects.count(), Booking.objects.count()) == (0, 1)


def test_a_sale_that_was_given_up_sells_nothing_when_it_arrives_late():
    slot = a_slot()
    walkins.withdraw(nonce="w1", now=BEFORE)
    walkins.withdraw(nonce="w1", now=BEFORE)
    with pytest.raises(KeyReused):
        sold(slot)

    assert nothing_was_sold(slot)


def test_a_sale_that_was_heard_cannot_be_given_up():
    first = sold(a_slot())
    with pytest.raises(walkins.SoldAlready) as refused:
        walkins.withdraw(nonce="w1", now=BEFORE)

    assert refused.value.extra == {"number": first.booking.number}
    assert Booking.objects.get().status == "attended"


def test_a_sale_that_was_a_mistake_is_taken_back():
    slot = a_slot()
    sold(slot)
    outbox.deliver_due(BEFORE)

    booking = walkins.take_back(booking=Booking.objects.get(), by="boss", reason="two taps", now=BEFORE)
    work_off(BEFORE)
    desk.pay_back(refund=Refund.objects.get(), by="boss", how="cash", now=BEFORE)

    slot.refresh_from_db()
    assert (booking.status, booking.cancel_reason, slot.taken, slot.day.taken) == ("cancelled", "two taps", 0, 0)
    assert [entry.amount_fen for entry in TillEntry.objects.order_by("pk")] == [17600, -17600]
    assert list(booking.events.filter(what="not let in").values_list("by", "details")) == [
        ("boss", {"people": 2, "gate": "north gate"})
    ]
    assert [CheckIn.objects.count(), Ticket.objects.count()] == [0, 0]
    assert drift(BEFORE) == []


def test_what_was_taken_back_is_neither_let_in_nor_sold_nor_taken_back_again():
    slot = a_slot()
    sold(slot)
    booking = Booking.objects.get()
    walkins.take_back(booking=booking, by="boss", reason="", now=BEFORE)

    assert gate.look(booking.number, now=BEFORE).code == "cancelled"
    with pytest.raises(gate.NotLetIn):
        sold(slot)
    with pytest.raises(refusals.NotPossibleNow):
        walkins.take_back(booking=booking, by="boss", reason="", now=BEFORE)
    assert (Booking.objects.count(), TillEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize("story", [cancelling.cancel, cancelling.cancel_for_the_farm, walkins.take_back])
def test_who_booked_and_has_come_is_not_cancelled(story):
    booking = a_slot_with_a_booking()
    gate.admit(code=booking.number, whom=Whom(), scan=Scan("n1", "north gate", "helper", BEFORE), now=BEFORE)

    with pytest.raises(Refused):
        story(booking=booking, by="boss", reason="", now=BEFORE)

    booking.refresh_from_db()
    assert (booking.status, CheckIn.objects.count()) == ("attended", 1)


def test_a_party_that_pays_nothing_needs_no_till():
    experience = an_experience()
    experience.ticket_types.update(price_fen=0)
    sold(a_slot(experience=experience))

    assert (Booking.objects.get().status, TillEntry.objects.count()) == ("attended", 0)


def test_todays_slots_are_offered_until_they_end():
    morning, afternoon = a_slot(), a_slot(time=dt.time(14, 0))
    a_slot(time=dt.time(16, 0), is_closed=True)
    a_slot(SATURDAY + dt.timedelta(days=1))

    assert walkins.open_slots(BEFORE) == [morning, afternoon]
    assert walkins.open_slots(END) == [afternoon]


@pytest.mark.parametrize("booked", [0, 3])
def test_a_sale_costs_the_same_on_a_full_day(booked, django_assert_max_num_queries):
    slot = a_slot()
    for _ in range(booked):
        a_confirmed_booking(slot)

    with django_assert_max_num_queries(54):
        sold(slot)
