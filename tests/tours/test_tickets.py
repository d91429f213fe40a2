"""One ticket for each person, and none that outlives a change."""

import pytest

from tests.visits import NOW
from tests.worlds import a_slot_with_a_booking
from tours import tickets, tokens
from tours.booking import Contact
from tours.models import Booking, CheckIn, Ticket

pytestmark = pytest.mark.django_db


def codes_of(booking):
    """What the QR codes of the party's tickets say."""
    return [tickets.token_of(ticket, booking) for ticket in booking.tickets.all()]


@pytest.mark.parametrize(
    ("party", "people"),
    [({"family": 1}, 4), ({"adult": 2, "child": 1}, 3), ({"adult": 1, "infant": 1}, 2), ({"family": 1, "adult": 1}, 5)],
)
def test_everybody_who_comes_has_a_ticket(party, people):
    booking = a_slot_with_a_booking(**party)

    assert len(set(codes_of(booking))) == people


def test_a_ticket_says_whose_it_is_and_when_and_nothing_of_the_person():
    somebody = Contact("WANG XIAOMING", "13812345678", "wang@example.com")
    booking = a_slot_with_a_booking(contact=somebody, adult=1)
    [code] = codes_of(booking)
    token = tokens.read(code)

    assert (token.number, token.issue, token.starts_at) == (booking.number, 1, booking.slot.starts_at)
    assert tickets.read(code).key == Ticket.objects.get().key
    assert not any(secret in code for secret in ("WANG", "138123", "EXAMPLE"))


def test_the_party_has_one_code_for_all():
    booking = a_slot_with_a_booking(family=1)
    claim = tickets.read(tickets.party_token(booking))

    assert (claim.booking, claim.key, claim.is_dead) == (booking, "", False)


def test_new_tickets_end_the_old_ones():
    booking = a_slot_with_a_booking(family=1)
    old = codes_of(booking)
    tickets.issue(booking, now=NOW)
    new = codes_of(booking)

    assert [tickets.read(code).is_dead for code in old] == [True] * 4
    assert [tickets.read(code).is_dead for code in new] == [False] * 4
    assert set(new).isdisjoint(old)


def test_who_is_in_stays_in_when_new_tickets_are_made():
    booking = a_slot_with_a_booking(family=1)
    first = booking.tickets.first()
    check_in = CheckIn.objects.create(nonce="n", booking=booking, people=1, at=NOW, told_at=NOW)
    Ticket.objects.filter(pk=first.pk).update(check_in=check_in)
    tickets.issue(booking, now=NOW)

    assert [ticket.issue for ticket in booking.tickets.all()] == [1, 2, 2, 2]
    assert booking.tickets.get(issue=1).check_in == check_in


def test_a_cancelled_booking_has_no_tickets_left():
    booking = a_slot_with_a_booking(family=1)
    code = tickets.party_token(booking)
    tickets.void(booking, now=NOW)

    assert tickets.read(code).is_dead
    assert not booking.tickets.exists()


def test_the_number_of_the_issue_comes_from_the_row():
    booking = a_slot_with_a_booking(family=1)
    stale = Booking.objects.get(pk=booking.pk)
    tickets.issue(booking, now=NOW)
    tickets.issue(stale, now=NOW)

    assert stale.issue == 3
    assert [ticket.issue for ticket in booking.tickets.all()] == [3] * 4


def test_a_stranger_is_told_from_a_lost_booking():
    booking = a_slot_with_a_booking(family=1)
    code = tickets.party_token(booking)
    booking.delete()

    with pytest.raises(tickets.NotOurs):
        tickets.read("https://example.com/")
    with pytest.raises(tickets.Unknown):
        tickets.read(code)


@pytest.mark.parametrize("party", [{"adult": 1}, {"family": 3}], ids=["one person", "twelve people"])
def test_tickets_cost_the_same_for_any_party(party, django_assert_num_queries):
    booking = a_slot_with_a_booking(**party)
    fresh = Booking.objects.get(pk=booking.pk)

    with django_assert_num_queries(5):
        tickets.issue(fresh, now=NOW)
    code = tickets.party_token(fresh)
    with django_assert_num_queries(1):
        tickets.read(code)
