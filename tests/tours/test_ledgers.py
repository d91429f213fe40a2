import datetime as dt

import pytest

from beizhen import verify
from farm.models import Movement, Refund
from farm.payments import fake
from farm.payments.providers import RefundOutcome
from tests.builders import work_off
from tests.drift import drift
from tests.standing import told_once
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import booking as holding
from tours import cancelling, changing, waiting
from tours.booking import Contact
from tours.models import Bill, BookedUnit, Booking, Slot, Ticket, TicketType
from tours.party import Party

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)


def a_busy_week():
    """Bookings of every kind: held, paid, with a deposit, changed, waiting for a difference, cancelled, expired."""
    slot, sunday = a_slot(experience=an_experience(deposit_percent=30)), a_slot(SUNDAY)
    a_booking(slot)
    booking = a_confirmed_booking(slot, family=1, infant=1)
    a_confirmed_booking(slot, plan="deposit")
    cancelling.cancel(booking=a_confirmed_booking(slot), by="visitor", now=NOW + dt.timedelta(days=3))
    changing.change(booking=booking, slot=sunday.pk, party=Party.of({"family": 1, "adult": 1}), by="visitor", now=NOW)
    holding.expire_holds(NOW + dt.timedelta(minutes=21))
    full = a_slot(SUNDAY, time=dt.time(14, 0), seats=2)
    first = a_booking(full)
    contact = Contact("王芳", "13911112222")
    waiting.join(slot=full.pk, party=Party.of({"adult": 2}), contact=contact, language="en", now=NOW)
    cancelling.cancel(booking=first, by="visitor", now=NOW)
    work_off(NOW)
    return booking


busy_week = told_once(a_busy_week)


@pytest.mark.usefixtures("busy_week")
class TestABusyWeek:
    def test_a_busy_week_adds_up(self):
        TicketType.objects.update(people=3)  # what is booked keeps the seats that it was booked for

        assert drift() == []

    @pytest.mark.parametrize(
        ("tamper", "words"),
        [
            (lambda booking: Slot.objects.filter(taken__gt=0).update(taken=0), "movements add up to"),
            (lambda booking: Movement.objects.filter(holder=booking.holder).delete(), "should hold"),
            (lambda booking: Booking.objects.filter(pk=booking.pk).update(total_fen=1), "its units say"),
            (lambda booking: BookedUnit.objects.filter(booking=booking).update(price_fen=0), "its units say"),
            (lambda booking: BookedUnit.objects.filter(booking=booking).update(people=3), "its units say"),
            (lambda booking: Ticket.objects.filter(booking=booking).first().delete(), "tickets for"),
            (lambda booking: Booking.objects.filter(pk=booking.pk).update(status="attended"), "its history ends with"),
            (lambda booking: Booking.objects.filter(pk=booking.pk).update(paid_fen=0), "its bills keep"),
            (lambda booking: Bill.objects.filter(booking=booking).update(kept_fen=0), "keeps"),
            (lambda booking: Booking.objects.filter(pk=booking.pk).update(fee_fen=100), "fee ¥1.00"),
        ],
    )
    def test_a_hand_in_the_books_is_found(self, busy_week, tamper, words):
        tamper(busy_week)

        assert any(words in sentence for sentence in drift())


def test_a_hold_that_no_sweep_ended_is_late():
    a_booking(a_slot())

    report = verify.run(now=NOW + dt.timedelta(minutes=30))

    assert any("its hold ended" in sentence for finding in report.late for sentence in finding.sentences)


def test_a_refund_that_a_provider_refuses_is_no_drift_while_a_person_is_asked(monkeypatch):
    booking, no = a_slot_with_a_booking(), RefundOutcome("refused", NOW, "account closed")
    monkeypatch.setattr(fake.PracticeCashier, "refund", lambda self, refund, now: no)

    cancelling.cancel(booking=booking, by="visitor", now=NOW)
    work_off(NOW)

    assert Refund.objects.get().status == "refused"
    assert drift() == []
