"""Two phones at one gate. Each first test takes the guard away and shows that the race is real."""

import datetime as dt
import itertools
from threading import Barrier

import pytest
from django.db import OperationalError, transaction

from farm import rows
from farm.refusals import Refused
from tests.concurrency.crowd import PATIENCE, crowd, somebody_waits, together
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import aftermath, cancelling, changing, closures, gate, tickets
from tours.gate import Scan, Whom
from tours.models import Booking, CheckIn, Ticket
from tours.party import Party

pytestmark = pytest.mark.django_db(transaction=True)
OPENING = dt.datetime.combine(SATURDAY, dt.time(9, 20), NOW.tzinfo)
nonces = itertools.count()


@pytest.fixture
def school():
    """Forty children who all show the same code."""
    slot = a_slot(seats=60, experience=an_experience(max_party=60))
    return a_confirmed_booking(slot, child=40)


def scan(code, *, nonce="", people=1):
    try:
        nonce = nonce or f"nonce {next(nonces)}"
        gate.admit(
            code=code,
            whom=Whom(people=people),
            scan=Scan(nonce=nonce, gate="g", by="somebody", at=OPENING),
            now=OPENING,
        )
    except Refused as refusal:
        return refusal.code
    return "in"


def test_control_reading_before_writing_lets_people_in_twice(school):
    have_read = Barrier(8, timeout=PATIENCE)

    def let_in_carelessly():
        outside = Ticket.objects.filter(booking=school, check_in=None).first()
        if outside is None:
            return "nobody outside"
        have_read.wait()
        check_in = CheckIn.objects.create(
            nonce=f"nonce {next(nonces)}", booking=school, people=1, gate="g", by="s", at=OPENING, told_at=OPENING
        )
        Ticket.objects.filter(pk=outside.pk).update(check_in=check_in)
        return "in"

    assert crowd(let_in_carelessly) == {"in": 8}  # all by one ticket


def test_eight_phones_let_in_forty_people_exactly_once(school):
    code = tickets.party_token(school)

    answers = crowd(lambda: scan(code), times=6)
    school.refresh_from_db()

    assert answers == {"in": 40, "not_let_in": 8}
    assert CheckIn.objects.count() == 40
    assert school.status == Booking.Status.ATTENDED


def test_the_whole_party_comes_in_once_however_many_scan_it(school):
    answers = crowd(lambda: scan(school.number, people=40), times=3)

    assert answers == {"in": 1, "not_let_in": 23}
    assert CheckIn.objects.get().people == 40


def test_one_scan_sent_by_eight_hands_counts_once(school):
    answers = crowd(lambda: scan(school.number, nonce="the same", people=3), times=2)

    assert answers == {"in": 16}
    assert (CheckIn.objects.get().people, school.tickets.filter(check_in=None).count()) == (3, 37)


def test_the_last_two_of_a_party_come_in_by_two_phones_and_it_has_attended():
    slot = a_slot(seats=60, experience=an_experience(max_party=60))
    couples = [a_confirmed_booking(slot) for _ in range(8)]
    for couple in couples:
        codes = [tickets.token_of(ticket, couple) for ticket in couple.tickets.all()]
        together(*[lambda code=code: scan(code) for code in codes])

    assert set(Booking.objects.values_list("status", flat=True)) == {Booking.Status.ATTENDED}


def test_a_scan_and_a_change_of_one_party_come_after_each_other():
    slot, later = a_slot(seats=60), a_slot(time=dt.time(14, 0), seats=60)
    for _ in range(8):
        booking = a_confirmed_booking(slot)
        code = tickets.party_token(booking)

        def change(booking=booking):
            changing.change(booking=booking, slot=later.pk, party=Party.of({"adult": 2}), by="visitor", now=NOW)
            return "changed"

        scanned, changed = together(lambda code=code: scan(code, people=2), change)
        booking.refresh_from_db()

        assert (scanned == "in") != (changed == "changed")
        assert booking.tickets.filter(check_in=None).count() == (0 if scanned == "in" else 2)


@pytest.mark.services  # on SQLite the scan's transaction begins when the other one is over
@pytest.mark.parametrize("in_order", [False, True])
def test_a_scan_that_meets_a_cancellation_waits_for_it_before_it_takes_anything(in_order, monkeypatch):
    """The control marks the tickets before it moves the booking, and both wait for each other."""
    booking = a_slot_with_a_booking()
    if not in_order:
        change_at_once = rows.change_at_once
        monkeypatch.setattr(rows, "change_at_once", lambda changes: change_at_once([*changes[1:], changes[0]]))
    code = tickets.party_token(booking)
    start = Barrier(2, timeout=PATIENCE)

    def cancel_slowly():
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=booking.pk)
            start.wait()
            somebody_waits()
            cancel(booking)

    def scan_meanwhile():
        start.wait()
        return scan(code, people=2)

    answers = together(cancel_slowly, scan_meanwhile)

    assert any(isinstance(answer, OperationalError) for answer in answers) != in_order
    assert not in_order or answers == [None, "not_let_in"]


def cancel(booking):
    cancelling.cancel_for_the_farm(booking=booking, by="li.na", reason="", now=OPENING)


def close(booking):
    closures.close(slots=[booking.slot_id], reason=closures.Reason("雨", "rain"), by="li.na", now=OPENING)
    closures.carry_on(OPENING)


def judge(booking):
    aftermath.mark_who_came(booking.slot.ends_at + aftermath.GRACE)


@pytest.mark.parametrize(
    ("act", "otherwise"),
    [(cancel, Booking.Status.CANCELLED), (close, Booking.Status.CONFIRMED), (judge, Booking.Status.ATTENDED)],
)
def test_a_party_that_comes_in_at_once_meets_all_that_moves_its_booking(act, otherwise):
    """Neither waits for the other for ever, and who is in has attended; a no-show who comes has come."""
    for minute in range(6):
        booking = a_confirmed_booking(a_slot(time=dt.time(9, 25 + minute)))
        code = tickets.party_token(booking)

        *scanned, moved = together(*[lambda code=code: scan(code, people=2)] * 2, lambda b=booking: act(b))
        booking.refresh_from_db()

        assert set(scanned) <= {"in", "not_let_in"}
        assert moved is None or isinstance(moved, Refused)
        assert booking.status == (Booking.Status.ATTENDED if "in" in scanned else otherwise)
        assert (CheckIn.objects.filter(booking=booking).count(), scanned.count("in")) in [(0, 0), (1, 1)]
