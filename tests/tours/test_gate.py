"""The gate lets everybody in once, and says in words why not."""

import datetime as dt

import pytest
from django.db import connection

from farm import outbox
from farm.models import LedgerEntry, TillEntry
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import cancelling, changing, gate, tickets
from tours.gate import Scan, Whom
from tours.models import Booking, CheckIn
from tours.party import Party

pytestmark = pytest.mark.django_db
OPENING = dt.datetime.combine(SATURDAY, dt.time(9, 20), NOW.tzinfo)
AFTERNOON = dt.time(14, 0)


def a_scan(nonce="n1", *, at=OPENING, place="north gate"):
    return Scan(nonce=nonce, gate=place, by="gatekeeper", at=at)


def let_in(code, nonce="n1", *, at=OPENING, **whom):
    return gate.admit(code=code, whom=Whom(**whom), scan=a_scan(nonce, at=at), now=at)


def codes_of(booking):
    return [tickets.token_of(ticket, booking) for ticket in booking.tickets.all()]


@pytest.fixture
def family():
    return a_slot_with_a_booking(family=1)


def test_a_good_code_is_green_and_changes_nothing(family):
    verdict = gate.look(tickets.party_token(family), now=OPENING)

    assert (verdict.code, verdict.is_green, len(verdict.waiting), verdict.inside) == ("welcome", True, 4, 0)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    "typed", [str, str.lower, lambda number: number[2:], lambda number: f" {number[:5]}-{number[5:]} "]
)
def test_the_number_of_the_booking_may_be_typed(family, typed):
    assert gate.look(typed(family.number), now=OPENING).booking == family


def test_three_come_in_then_the_fourth_and_a_fifth_is_refused(family):
    code = tickets.party_token(family)
    three = let_in(code, "n1", people=3)
    fourth = let_in(code, "n2", people=1)

    assert (three.check_in.people, three.outside) == (3, 1)
    assert (fourth.check_in.people, fourth.outside) == (1, 0)
    with pytest.raises(gate.NotLetIn) as fifth:
        let_in(code, "n3", people=1)
    assert fifth.value.verdict.code == "already_in"
    assert CheckIn.objects.count() == 2


def test_the_whole_party_comes_in_at_once_and_has_attended(family):
    admission = let_in(tickets.party_token(family))
    family.refresh_from_db()

    assert (admission.check_in.people, admission.outside) == (4, 0)
    assert family.status == Booking.Status.ATTENDED


def test_a_ticket_lets_in_its_person_and_a_second_scan_says_when_and_where(family):
    code = codes_of(family)[1]
    let_in(code)
    verdict = gate.look(code, now=OPENING + dt.timedelta(minutes=2))

    assert (verdict.code, verdict.words) == ("already_in", "Let in before: at 09:20 at north gate.")
    assert (verdict.is_green, verdict.inside, verdict.first.by) == (False, 1, "gatekeeper")


def test_who_shows_one_ticket_can_bring_in_the_others(family):
    admission = let_in(codes_of(family)[0], people=4)

    assert (admission.check_in.people, admission.outside) == (4, 0)


def test_chosen_tickets_come_in_and_the_others_stay_outside(family):
    first, second, *_ = family.tickets.all()
    let_in(family.number, keys=(first.key, second.key))

    assert list(family.tickets.exclude(check_in=None)) == [first, second]


@pytest.mark.parametrize("whom", [{"people": 5}, {"people": 0}, {"people": -1}, {"keys": ("NOBODY",)}])
def test_nobody_comes_in_who_is_not_of_the_party(family, whom):
    with pytest.raises(gate.TooMany):
        let_in(tickets.party_token(family), **whom)

    assert not CheckIn.objects.exists()


def test_the_same_nonce_gives_the_same_answer_and_lets_nobody_in(family):
    once = let_in(tickets.party_token(family), people=2)
    again = let_in(tickets.party_token(family), people=2)

    assert (again.check_in, again.is_repeat, again.outside) == (once.check_in, True, 2)
    assert family.tickets.filter(check_in=None).count() == 2


def test_a_nonce_of_another_booking_is_refused(family):
    other = a_confirmed_booking(family.slot)
    let_in(family.number)

    with pytest.raises(gate.NonceUsed):
        let_in(other.number)
    assert other.tickets.filter(check_in=None).count() == 2


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (OPENING - dt.timedelta(days=1), "wrong_day"),
        (OPENING + dt.timedelta(days=1), "wrong_day"),
        (OPENING.replace(hour=8, minute=29), "wrong_time"),
        (OPENING.replace(hour=8, minute=30), "welcome"),
        (OPENING.replace(hour=11, minute=29), "welcome"),
        (OPENING.replace(hour=11, minute=30), "wrong_time"),
        (OPENING.replace(hour=0, minute=0), "wrong_time"),
        (OPENING.replace(hour=23, minute=59), "wrong_time"),
    ],
)
def test_the_day_and_the_hour_count(family, at, code):
    assert gate.look(tickets.party_token(family), now=at).code == code


def test_our_people_may_let_in_who_comes_at_another_hour_but_not_on_another_day(family):
    with pytest.raises(gate.NotLetIn):
        let_in(family.number, at=OPENING + dt.timedelta(days=1))
    late = let_in(family.number, at=OPENING.replace(hour=12))

    assert late.check_in.people == 4


def test_a_ticket_from_before_a_change_is_dead_and_says_so(family):
    old = [tickets.party_token(family), *codes_of(family)]
    later = a_slot(time=AFTERNOON)
    changing.change(booking=family, slot=later.pk, party=Party.of({"family": 1}), by="visitor", now=NOW)
    noon = OPENING.replace(hour=13, minute=30)

    assert {gate.look(code, now=noon).code for code in old} == {"dead"}
    assert "changed after" in gate.look(old[0], now=noon).words
    assert gate.look(family.number, now=noon).is_green


def test_a_cancelled_booking_is_told_from_an_unpaid_one(family):
    code = tickets.party_token(family)
    cancelling.cancel(booking=family, by="visitor", now=NOW)
    held = a_booking(a_slot(time=AFTERNOON))

    assert gate.look(code, now=OPENING).code == "cancelled"
    assert gate.look(held.number, now=OPENING).code == "not_paid"


@pytest.mark.parametrize(
    "text", ["", "hello", "https://example.com/", "B1.NEW.P.BV7K3M9QF2XA..1.29.AAA", "\0", "9" * 500]
)
def test_a_strange_code_is_red(family, text):
    assert gate.look(text, now=OPENING).code == "not_our_ticket"


def test_a_number_that_nobody_has_is_red(family):
    assert gate.look("BV0000000000", now=OPENING).code == "unknown_ticket"


def test_a_party_that_was_given_up_has_come_with_its_first_guest(family):
    family.move(Booking.Status.NO_SHOW, at=OPENING)
    let_in(family.number, people=1)
    family.refresh_from_db()

    assert family.status == Booking.Status.ATTENDED
    assert let_in(family.number, "n2").outside == 0


def test_the_balance_is_shown_and_taken_at_the_gate():
    slot = a_slot(experience=an_experience(may_pay_on_arrival=True))
    booking = a_booking(slot, plan="arrival")
    shown = gate.look(booking.number, now=OPENING).booking.balance_fen
    paid = gate.take_balance(booking=booking, amount_fen=17600, how="cash", by="gatekeeper", now=OPENING)

    assert (shown, paid.paid_fen, paid.balance_fen) == (17600, 17600, 0)
    assert (TillEntry.objects.count(), TillEntry.objects.get().how) == (1, "cash")
    with pytest.raises(Exception, match="Nothing is to be paid"):
        gate.take_balance(booking=booking, amount_fen=17600, how="cash", by="gatekeeper", now=OPENING)


@pytest.mark.parametrize("shown_fen", [8800, 17599, 17601, 0, -17600])
def test_another_sum_than_the_one_that_was_shown_is_not_taken(shown_fen):
    booking = a_booking(a_slot(experience=an_experience(may_pay_on_arrival=True)), plan="arrival")
    with pytest.raises(gate.OtherSum) as refused:
        gate.take_balance(booking=booking, amount_fen=shown_fen, how="cash", by="gatekeeper", now=OPENING)
    booking.refresh_from_db()

    assert refused.value.extra == {"amount_fen": 17600}
    assert (booking.paid_fen, TillEntry.objects.count(), booking.bills.exclude(why="full").count()) == (0, 0, 0)


def test_the_message_of_the_till_changes_nothing_more():
    slot = a_slot(experience=an_experience(may_pay_on_arrival=True))
    booking = a_booking(slot, plan="arrival")
    gate.take_balance(booking=booking, amount_fen=17600, how="qr", by="gatekeeper", now=OPENING)
    outbox.deliver_due(OPENING)
    booking.refresh_from_db()

    assert booking.paid_fen == sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 17600


@pytest.mark.parametrize("families", [1, 3])
def test_the_gate_asks_the_same_for_any_party(families, django_assert_num_queries):
    booking = a_slot_with_a_booking(family=families)
    code = tickets.party_token(booking)

    with django_assert_num_queries(2):
        gate.look(code, now=OPENING)
    with django_assert_num_queries(4 if connection.vendor == "postgresql" else 7):
        let_in(code)
