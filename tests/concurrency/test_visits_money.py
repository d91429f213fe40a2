"""A booking's money and its rain: paid while its time ends, at two doors, swept twice. Controls must go wrong."""

import datetime as dt
import itertools

import pytest

from farm import outbox
from farm.models import Notice, OutboxMessage, Refund
from farm.payments import cashier
from farm.refusals import Refused
from tests.builders import work_off
from tests.concurrency.crowd import overtaken, together
from tests.drift import drift_of_visits
from tests.open_farm import until
from tests.stories import visits_sums
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tours import arrivals, closures, gate, offers, paying, receiving
from tours import booking as holding
from tours.models import Booking, Closure, ClosureOffer, Slot

pytestmark = pytest.mark.django_db(transaction=True)
SUNDAY = SATURDAY + dt.timedelta(days=1)
IN_TIME, LATER = NOW + dt.timedelta(minutes=19), NOW + dt.timedelta(minutes=21)
minutes = itertools.count()


def a_morning(seats: int = 12, **different) -> Slot:
    """A slot like no other before it."""
    return a_slot(SATURDAY, dt.time(6 + next(minutes) // 60, next(minutes) % 60), seats=seats, **different)


def tried(story, **wish) -> str:
    try:
        story(**wish)
    except Refused as refusal:
        return refusal.code
    return "done"


def at_once(*acts) -> list[object]:
    answers = together(*acts)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    return answers


# Visits that are paid on arrival


def test_a_phone_has_two_unpaid_visits_however_many_it_books_at_once():
    slots = [a_morning(experience=an_experience(may_pay_on_arrival=True)) for _ in range(6)]

    answers = at_once(*[lambda slot=slot: tried(a_booking, slot=slot, plan="arrival") for slot in slots])

    assert answers.count("done") == 2
    assert Booking.objects.count() == 2


@pytest.mark.services
def test_control_without_its_lock_a_phone_books_one_more_that_it_did_not_see(monkeypatch):
    """Between the look at how many there are and the booking comes another; SQLite has one writer."""
    monkeypatch.setattr(arrivals, "_one_at_a_time", lambda phone: None)
    first, second, third = (a_morning(experience=an_experience(may_pay_on_arrival=True)) for _ in range(3))
    a_booking(first, plan="arrival")
    look = arrivals.check

    def book_slowly(pause) -> str:
        pauses = [pause]

        def look_and_pause(*of) -> None:
            look(*of)
            if pauses:
                pauses.pop()()

        monkeypatch.setattr(arrivals, "check", look_and_pause)
        return tried(a_booking, slot=second, plan="arrival")

    answers = overtaken(book_slowly, by=lambda: tried(a_booking, slot=third, plan="arrival"))

    assert answers == ["done", "done"]
    assert Booking.objects.count() == 3


# The end of a hold


def test_control_confirming_what_was_read_before_confirms_a_booking_without_seats():
    booking = a_booking(a_morning())

    def confirm_carelessly(pause) -> None:
        seen = Booking.objects.get(pk=booking.pk)
        pause()
        if seen.status == Booking.Status.HELD:
            Booking.objects.filter(pk=booking.pk).update(status=Booking.Status.CONFIRMED)

    overtaken(confirm_carelessly, by=lambda: holding.expire_holds(LATER))

    assert visits_sums.findings(["tours.ledgers.bookings_hold_their_seats"], NOW)


def test_money_and_the_end_of_a_hold_never_both_win():
    for _ in range(4):
        slot = a_morning()
        attempts = [paying.start(booking=a_booking(slot), return_url="/v/t/", now=NOW) for _ in range(4)]
        pay = [
            lambda attempt=attempt: (cashier.pay(attempt, IN_TIME), outbox.deliver_due(LATER)) for attempt in attempts
        ]
        at_once(*pay, *[lambda: holding.expire_holds(LATER)] * 3)
        work_off(LATER)

    assert drift_of_visits() == []
    visits_sums.all_money_is_where_it_should_be()


# Two doors


def pay_the_rest_at_both_doors() -> list[int]:
    """What bookings keep whose rest is paid by link and by two hands at the desk at once."""
    slot = a_morning(experience=an_experience(deposit_percent=30))
    for _ in range(4):
        booking = a_confirmed_booking(slot, plan="deposit")
        attempt = paying.start(booking=booking, return_url="/v/t/", now=NOW)
        rest = {"booking": booking, "amount_fen": booking.balance_fen, "how": "cash", "by": "lin", "now": NOW}
        desk = lambda rest=rest: tried(gate.take_balance, **rest)  # noqa: E731
        link = lambda attempt=attempt: (cashier.pay(attempt, NOW), outbox.deliver_due(NOW))  # noqa: E731
        at_once(desk, desk, link)
        outbox.deliver_due(NOW)
    return list(Booking.objects.values_list("paid_fen", flat=True))


def test_control_bills_that_take_whatever_comes_are_paid_twice(monkeypatch):
    monkeypatch.setattr(receiving, "_why_not", lambda bill, amount_fen, taken_at: "")

    assert any(paid > 17600 for _ in range(5) for paid in pay_the_rest_at_both_doors())


def test_the_rest_paid_by_link_and_at_the_desk_is_kept_once():
    assert pay_the_rest_at_both_doors() == [17600] * 4

    work_off(NOW)
    assert drift_of_visits() == []
    sent = Refund.objects.filter(status="done", payment__provider="practice")
    assert (
        sent.count() + Refund.objects.filter(status="due", payment__provider="desk").count() == Refund.objects.count()
    )


# Rain


def rain_on(*slots: Slot) -> Closure:
    reason = closures.Reason("雨", "rain")
    return closures.close(slots=[slot.pk for slot in slots], reason=reason, by="li.na", now=NOW)


def answer_beside_undo() -> tuple[str, str]:
    """How a closure and its offer stand after an answer and an undo in the same moment."""
    slot = a_morning()
    booking = a_confirmed_booking(slot)
    closure = rain_on(slot)
    closures.carry_on(NOW)
    offer = ClosureOffer.objects.get(booking=booking)
    at_once(
        lambda: tried(offers.choose_refund, offer=offer, by="visitor", now=NOW),
        lambda: tried(closures.undo, closure=closure, by="li.na", now=NOW),
    )
    closures.carry_on(NOW)
    return Closure.objects.get(pk=closure.pk).status, ClosureOffer.objects.get(pk=offer.pk).status


@pytest.mark.services  # SQLite lets one transaction begin at a time, with or without the lock
def test_control_an_answer_that_does_not_hold_the_closure_is_given_to_an_undone_one(monkeypatch):
    monkeypatch.setattr(offers, "_still", lambda closure: Closure.objects.get(pk=closure.pk))

    assert any(answer_beside_undo() == ("undone", "refunded") for _ in range(40))


def test_a_closure_is_answered_or_undone_but_never_both():
    assert {answer_beside_undo() for _ in range(4)} <= {("open", "refunded"), ("undone", "undone")}
    assert drift_of_visits() == []


def test_sweeps_and_answers_at_once_ask_everybody_once_and_pay_back_once():
    slot, _sunday = a_morning(), a_slot(SUNDAY, seats=100)
    bookings = [a_confirmed_booking(slot) for _ in range(4)]
    closure = rain_on(slot)

    waiting = ClosureOffer.objects.filter(status="waiting").exclude(booking=bookings[0])  # who never answers

    def answer() -> list[str]:
        until(waiting.exists, every=0.001)  # before somebody is asked, nobody can answer
        return [tried(offers.choose_refund, offer=offer, by="visitor", now=NOW) for offer in waiting.order_by("-pk")]

    at_once(*[lambda: closures.carry_on(NOW)] * 4, answer, answer)
    unanswered = 1 + waiting.count()  # who has answered is not asked again by a message
    work_off(NOW)
    asked = OutboxMessage.objects.filter(topic="booking.rained_out").count()
    told = Notice.objects.filter(key__contains=":rain:", channel="sms").count()
    assert (asked, told) == (4, unanswered)
    assert drift_of_visits() == []

    at_once(*[lambda: closures.carry_on(closure.answer_until)] * 4)
    work_off(closure.answer_until)
    closure.refresh_from_db()
    assert (closure.status, Refund.objects.count()) == ("settled", len(bookings))
    assert drift_of_visits() == []


def test_two_closures_of_one_slot_are_one():
    slot = a_morning()
    a_confirmed_booking(slot)

    answers = at_once(*[lambda: tried(rain_on_it, slot=slot)] * 4)

    assert sorted(map(str, answers)) == ["done"] + ["nothing_to_close"] * 3


def rain_on_it(slot: Slot) -> None:
    rain_on(slot)


def test_an_unpaid_hold_beside_the_rain_is_refused_or_ended():
    for _ in range(4):
        slot = a_morning()
        answers = at_once(
            *[lambda slot=slot: tried(a_booking, slot=slot)] * 5, lambda slot=slot: tried(rain_on_it, slot=slot)
        )
        closures.carry_on(NOW)

        slot.refresh_from_db()
        assert set(answers[:5]) <= {"done", "slot_not_open"}
        assert (slot.taken, slot.is_closed) == (0, True)
    assert drift_of_visits() == []
