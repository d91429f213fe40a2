"""One ticket for each person, and none that outlives a change."""

import pytest

from tests.tours.gate_day import AT_THE_GATE, START, a_party, codes_of
from tours import tickets, tokens
from tours.models import Booking, CheckIn, Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kinds", "people"),
    [(("family",), 4), (("adult", "adult", "child"), 3), (("adult", "infant"), 2), (("family", "adult"), 5)],
)
def test_everybody_who_comes_has_a_ticket(kinds, people):
    booking = a_party(*kinds)

    assert len(set(codes_of(booking))) == people


def test_a_ticket_says_whose_it_is_and_when_and_nothing_of_the_person():
    booking = a_party("adult", name="WANG XIAOMING", phone="13812345678", email="wang@example.com")
    [code] = codes_of(booking)
    token = tokens.read(code)

    assert (token.number, token.issue, token.starts_at) == (booking.number, 1, START)
    assert tickets.read(code).key == Ticket.objects.get().key
    assert not any(secret in code for secret in ("WANG", "138123", "EXAMPLE"))


def test_the_party_has_one_code_for_all():
    booking = a_party()
    claim = tickets.read(tickets.party_token(booking))

    assert (claim.booking, claim.key, claim.is_dead) == (booking, "", False)


def test_new_tickets_end_the_old_ones():
    booking = a_party()
    old = codes_of(booking)
    tickets.issue(booking, now=AT_THE_GATE)
    new = codes_of(booking)

    assert [tickets.read(code).is_dead for code in old] == [True] * 4
    assert [tickets.read(code).is_dead for code in new] == [False] * 4
    assert set(new).isdisjoint(old)


def test_who_is_in_stays_in_when_new_tickets_are_made():
    booking = a_party()
    first = booking.tickets.first()
    check_in = CheckIn.objects.create(nonce="n", booking=booking, people=1, at=START, told_at=START)
    Ticket.objects.filter(pk=first.pk).update(check_in=check_in)
    tickets.issue(booking, now=AT_THE_GATE)

    assert [ticket.issue for ticket in booking.tickets.all()] == [1, 2, 2, 2]
    assert booking.tickets.get(issue=1).check_in == check_in


def test_a_cancelled_booking_has_no_tickets_left():
    booking = a_party()
    code = tickets.party_token(booking)
    tickets.void(booking, now=AT_THE_GATE)

    assert tickets.read(code).is_dead
    assert not booking.tickets.exists()


def test_the_number_of_the_issue_comes_from_the_row():
    booking = a_party()
    stale = Booking.objects.get(pk=booking.pk)
    tickets.issue(booking, now=AT_THE_GATE)
    tickets.issue(stale, now=AT_THE_GATE)

    assert stale.issue == 3
    assert [ticket.issue for ticket in booking.tickets.all()] == [3] * 4


def test_a_stranger_is_told_from_a_lost_booking():
    booking = a_party()
    code = tickets.party_token(booking)
    booking.tickets.all().delete()
    booking.delete()

    with pytest.raises(tickets.NotOurs):
        tickets.read("https://example.com/")
    with pytest.raises(tickets.Unknown):
        tickets.read(code)


@pytest.mark.parametrize("kinds", [("adult",), ("family",) * 12], ids=["one person", "48 people"])
def test_tickets_cost_the_same_for_any_party(kinds, django_assert_num_queries):
    booking = a_party(*kinds)
    fresh = Booking.objects.get(pk=booking.pk)

    with django_assert_num_queries(5):
        tickets.issue(fresh, now=AT_THE_GATE)
    with django_assert_num_queries(1):
        tickets.read(tickets.party_token(booking))
