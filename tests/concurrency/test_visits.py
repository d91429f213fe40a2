"""Visitors, staff and sweeps at one slot in the same moment. Each control takes the guard away and must go wrong."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from farm import limited, outbox
from farm.models import Refund
from farm.payments import cashier
from farm.refusals import Refused
from tests.builders import work_off
from tests.concurrency.crowd import crossed, crowd, overtaken, together
from tests.drift import drift_of_visits
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot
from tests.visits_rest import a_visit_body, booked
from tours import booking as holding
from tours import cancelling, changing, closures, line, paying, sheets, waiting
from tours.booking import Contact
from tours.models import Booking, BookingEvent, Closure, Rebooking, Slot, WaitingParty
from tours.party import Party

pytestmark = pytest.mark.django_db(transaction=True)
SUNDAY = SATURDAY + dt.timedelta(days=1)
LATER = NOW + dt.timedelta(minutes=21)
COUPLE, THREE = Party.of({"adult": 2}), Party.of({"adult": 3})
numbers = itertools.count(1)


def visitor() -> Contact:
    return Contact("李小红", f"139{next(numbers):08d}")


def tried(story, **wish) -> str:
    try:
        story(**wish)
    except Refused as refusal:
        return refusal.code
    return "done"


def book(slot: Slot) -> str:
    return tried(a_booking, slot=slot, contact=visitor())


def insisted(ask: Callable[[], Any]) -> Any:
    """The first answer that is not "come again in a moment", which a crowd on a slow machine may well hear."""
    while (answer := ask()).status_code == 503:
        pass
    return answer


def in_line(slot: Slot) -> WaitingParty:
    return waiting.join(slot=slot.pk, party=COUPLE, contact=visitor(), language="en", now=NOW)


def rain_on(*slots: Slot) -> Closure:
    reason = closures.Reason("雨", "rain")
    return closures.close(slots=[slot.pk for slot in slots], reason=reason, by="li.na", now=NOW)


# The last seats


def test_control_reading_before_writing_oversells_a_slot():
    slot = a_slot(seats=2)

    def buy_carelessly(pause=lambda: None) -> str:
        seen = Slot.objects.get(pk=slot.pk)
        pause()
        if seen.left < 2:
            return "sold_out"
        Slot.objects.filter(pk=slot.pk).update(taken=seen.taken + 2)
        return "booked"

    assert overtaken(buy_carelessly, by=buy_carelessly) == ["booked", "booked"]


@pytest.mark.slow(seconds=8)
def test_two_hundred_buyers_at_three_doors_get_the_last_sixty_seats_exactly_once(time_machine, settings, monkeypatch):
    time_machine.move_to(NOW, tick=False)
    settings.GLANCE_SECONDS = 60  # in a rush, a web process has just looked at the experience
    monkeypatch.setattr(sheets, "_seen", {})
    monkeypatch.setattr(sheets, "_slots", {})
    slot = a_slot(seats=60)

    def by_api(number: int) -> bool:
        phone = f"138{number:08d}"
        body = a_visit_body(slot, contact={"name": "李小红", "phone": phone, "email": ""})
        client, key = Client(REMOTE_ADDR=f"10.0.0.{number}"), f"by-api-{number}"
        answer = insisted(lambda: booked(client, body, key=key))
        assert answer.status_code == 201 or answer.json()["code"] == "sold_out", answer.content
        return answer.status_code == 201

    def by_page(number: int) -> bool:
        form = {"slot": slot.pk, "ticket-adult": "2", "name": "李小红", "phone": f"138{number:08d}", "plan": "full"}
        form |= {"key": f"k{number}", "seen": "17600/17600"}
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        answer = insisted(lambda: client.post("/visits/picking/book/", form))
        assert answer.status_code in (302, 409), answer.content
        return answer.status_code == 302

    def buy() -> bool:
        number = next(numbers)
        return (by_api, by_page, by_api, lambda _: book(slot) == "done")[number % 4](number)

    assert crowd(buy, times=25) == {"True": 30, "False": 170}
    assert drift_of_visits() == []
    assert Booking.objects.count() == 30


# Changes


def changed(booking: Booking, slot: Slot, party: Party = COUPLE) -> str:
    return tried(changing.change, booking=booking, slot=slot.pk, party=party, by="visitor", now=NOW)


def test_a_full_slot_takes_as_many_parties_as_it_has_room_and_the_others_stay_as_they_were():
    slot, small = a_slot(), a_slot(SUNDAY, seats=6)
    bookings = [a_confirmed_booking(slot) for _ in range(8)]

    answers = together(*[lambda booking=booking: changed(booking, small) for booking in bookings])

    assert sorted(map(str, answers)) == ["done"] * 3 + ["sold_out"] * 5
    assert sorted(Booking.objects.values_list("slot", "issue")) == [(slot.pk, 1)] * 5 + [(small.pk, 2)] * 3
    assert BookingEvent.objects.filter(what="changed").count() == 3
    assert drift_of_visits() == []


@pytest.mark.services  # SQLite lets one transaction begin at a time, with or without the lock
@pytest.mark.parametrize("in_order", [False, True])
def test_parties_that_swap_slots_wait_for_each_other_for_ever_only_without_one_order_of_locks(in_order, monkeypatch):
    if not in_order:  # the control
        monkeypatch.setattr(limited, "_hold_still", lambda rows: None)
    slots = [a_slot(), a_slot(SUNDAY)]
    first, second = (a_confirmed_booking(slot) for slot in slots)

    answers = crossed(
        monkeypatch, limited, "_add_back", act=lambda: changed(first, slots[1]), other=lambda: changed(second, slots[0])
    )

    assert any(isinstance(answer, OperationalError) for answer in answers) != in_order
    assert not in_order or answers == ["done", "done"]


@pytest.mark.parametrize("room", [0, 2, 6])
def test_parties_that_swap_slots_in_opposite_directions_never_deadlock(room):
    slots = [a_slot(seats=4 + room), a_slot(SUNDAY, seats=4 + room)]
    bookings = [a_confirmed_booking(slot) for slot in slots for _ in range(2)]

    def to_and_fro(booking: Booking) -> list[str]:
        here = slots.index(booking.slot)
        return [changed(booking, slots[(here + step) % 2]) for step in range(1, 5 if room else 3)]

    answers = together(*[lambda booking=booking: to_and_fro(booking) for booking in bookings])

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert drift_of_visits() == []
    if room == 0:
        assert set(Booking.objects.values_list("issue", flat=True)) == {1}


def test_a_change_that_is_paid_while_it_expires_happens_or_its_money_goes_back():
    slot, sunday = a_slot(), a_slot(SUNDAY)
    for _ in range(4):
        booking = a_confirmed_booking(slot)
        changing.change(booking=booking, slot=sunday.pk, party=THREE, by="visitor", now=NOW)
        attempt = paying.start(booking=booking, return_url="/v/t/", now=NOW)
        in_time = LATER - dt.timedelta(minutes=2)
        results = together(
            lambda attempt=attempt, at=in_time: (cashier.pay(attempt, at), outbox.deliver_due(LATER)),
            *[lambda: changing.expire_changes(LATER)] * 3,
        )
        assert [answer for answer in results if isinstance(answer, Exception)] == []
        work_off(LATER)
        booking.refresh_from_db()
        went_back = sum(Refund.objects.filter(payment=attempt).values_list("amount_fen", flat=True))
        is_done = Rebooking.objects.get(booking=booking).status == "done"
        assert (booking.people, went_back) == ((3, 0) if is_done else (2, attempt.amount_fen))
    assert drift_of_visits() == []


# The line


def cancel_beside_buyers() -> tuple[str, int]:
    """What becomes of the first in line when a full slot is given up while buyers press the button."""
    slot = a_slot(SATURDAY, dt.time(6, next(numbers) % 60), seats=2)
    full = a_confirmed_booking(slot)
    party = in_line(slot)

    def give_up() -> str:
        answer = tried(cancelling.cancel, booking=full, by="visitor", now=NOW)
        line.offer_due(NOW)
        return answer

    answers = together(give_up, *[lambda: [book(slot) for _ in range(3)]] * 4)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    party.refresh_from_db()
    return party.status, sum(answer.count("done") for answer in answers[1:])


def test_control_seats_offered_after_they_were_given_back_go_to_a_buyer(monkeypatch):
    monkeypatch.setattr(line, "offer_freed", lambda slots, *, now: 0)
    slot = a_slot(seats=2)
    full = a_confirmed_booking(slot)
    party = in_line(slot)

    cancelling.cancel(booking=full, by="visitor", now=NOW)
    buyer = book(slot)  # between the commit and the sweep: the harm that the one transaction prevents
    line.offer_due(NOW)

    party.refresh_from_db()
    assert (buyer, party.status) == ("done", "waiting")


@pytest.mark.services  # on SQLite the buyer's transaction begins when the other one is over
def test_a_buyer_who_comes_between_giving_back_and_offering_finds_nothing(monkeypatch):
    slot = a_slot(seats=2)
    full = a_confirmed_booking(slot)
    party = in_line(slot)
    offer_freed = line.offer_freed

    def cancel(pause) -> str:
        monkeypatch.setattr(line, "offer_freed", lambda slots, *, now: (pause(), offer_freed(slots, now=now)))
        return tried(cancelling.cancel, booking=full, by="visitor", now=NOW)

    assert overtaken(cancel, by=lambda: book(slot)) == ["done", "sold_out"]
    party.refresh_from_db()
    assert party.status == "offered"


def test_seats_that_come_free_go_to_the_line_and_never_to_a_buyer():
    assert {cancel_beside_buyers() for _ in range(4)} == {("offered", 0)}
    assert drift_of_visits() == []


def test_an_offer_is_taken_or_goes_to_the_next_and_is_never_lost():
    for minute in range(4):
        slot = a_slot(SATURDAY, dt.time(7, minute), seats=2)
        full = a_booking(slot)
        first, second = in_line(slot), in_line(slot)
        cancelling.cancel(booking=full, by="visitor", now=NOW)
        end = WaitingParty.objects.get(pk=first.pk).offered_until
        wish = holding.Wish(slot=slot.pk, party=COUPLE, contact=visitor())

        def accept(first=first, wish=wish, end=end) -> str:
            just_in_time = end - dt.timedelta(seconds=1)
            return tried(waiting.accept, party=first, wish=wish, key=first.number, now=just_in_time)

        results = together(accept, accept, *[lambda end=end: waiting.end_lapsed(end)] * 2, lambda slot=slot: book(slot))

        first.refresh_from_db()
        second.refresh_from_db()
        assert results[-1] == "sold_out"
        assert (first.status, second.status) in {("booked", "waiting"), ("lapsed", "offered")}
    assert drift_of_visits() == []
