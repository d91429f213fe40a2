"""A booking's own page: every way in which it can stand, its tickets, its money."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm import outbox
from farm.models import Notice
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience, pay
from tests.worlds import a_slot_with_a_booking
from tours import booking as holding
from tours.links import booking_path
from tours.models import Booking

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def page_of(client, booking: Booking, more: str = "") -> str:
    answer = client.get(f"{booking_path(booking)}{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def posted(client, booking: Booking, what: str, **said: object) -> str:
    """The page to which a post leads."""
    return client.post(f"{booking_path(booking)}{what}", said, follow=True).content.decode()


def test_a_held_booking_counts_down_and_is_extended_once(client):
    booking = a_booking(a_slot())

    before = page_of(client, booking)
    after = posted(client, booking, "extension/")

    assert "Your seats are kept until 10:20" in before
    assert "Pay ¥176.00" in before
    assert "Your seats are kept until 10:40" in after
    assert ("extension/" in before, "extension/" in after) == (True, False)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (49, "Cancel until 10 Sep, 09:30 and all your money goes back."),
        (48, "Cancel until 11 Sep, 09:30 and 50 % goes back."),
        (24, "It is too close to the visit: cancelling gives nothing back."),
    ],
)
def test_before_paying_it_is_said_what_goes_back_and_until_when(client, clock, hours, words):
    slot = a_slot()
    clock.move_to(slot.starts_at - hours * HOUR)

    assert words in page_of(client, a_booking(slot, now=slot.starts_at - hours * HOUR))


def test_a_page_that_looks_again_says_so_when_there_is_no_network(client):
    assert "data-offline" in page_of(client, a_booking(a_slot()))


def test_paying_leads_to_the_cashier_and_back(client):
    booking = a_booking(a_slot())

    answer = client.post(f"{booking_path(booking)}payment/")

    assert answer["Location"].startswith("/cashier/")


def test_a_hold_that_is_over_offers_the_same_again(client, clock):
    booking = a_booking(a_slot())
    clock.shift(HOUR)

    page = page_of(client, booking)

    assert "The time to pay has ended" in page
    assert f"?slot={booking.slot_id}&amp;ticket-adult=2" in page


def test_a_sure_booking_shows_its_tickets_and_what_is_left_to_pay(client):
    slot = a_slot(experience=an_experience(deposit_percent=30))
    booking = a_confirmed_booking(slot, plan="deposit", family=1)

    page = page_of(client, booking)

    assert "See you at the farm!" in page
    assert "Pay the rest now: ¥154.00" in page
    assert page.count("data:image/png") == 5
    assert "李**" in page
    assert "李小红" not in page


def test_the_papers_are_files_that_nobody_keeps(client):
    booking = a_slot_with_a_booking()

    pdf = client.get(f"{booking_path(booking)}tickets.pdf")
    calendar = client.get(f"{booking_path(booking)}visit.ics")

    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    assert b"BEGIN:VEVENT" in calendar.content
    assert "no-store" in pdf["Cache-Control"]


def test_no_tickets_are_printed_of_a_hold(client):
    page = client.get(f"{booking_path(a_booking(a_slot()))}tickets.pdf", follow=True).content.decode()

    assert "has no tickets" in page


def test_the_tickets_are_sent_again_once_in_ten_minutes(client):
    booking = a_slot_with_a_booking()

    page = posted(client, booking, "message/")
    posted(client, booking, "message/")

    assert "Sent: it comes to your phone in a minute." in page
    assert Notice.objects.filter(key__contains=":again:", channel=Notice.Channel.SMS).count() == 1


@pytest.mark.parametrize("path", ["/v/forged/", "/v/forged/change/", "/v/forged/tickets.pdf", "/w/forged/"])
def test_a_forged_link_leads_nowhere(client, path):
    assert client.get(path).status_code == 404


def test_a_link_of_a_booking_is_none_of_a_party(client):
    path = booking_path(a_booking(a_slot()))

    assert client.get(path.replace("/v/", "/w/")).status_code == 404


def test_a_private_page_is_kept_by_nobody(client):
    answer = client.get(booking_path(a_booking(a_slot())))

    assert "no-store" in answer["Cache-Control"]
    assert 'name="robots" content="noindex"' in answer.content.decode()


@pytest.mark.parametrize(
    ("status", "words"),
    [("attended", "Thank you for your visit"), ("no-show", "We missed you"), ("expired", "The time to pay has ended")],
)
def test_a_booking_that_is_over_says_how_it_ended(client, status, words):
    booking = a_booking(a_slot())
    Booking.objects.update(status=status)

    assert words in page_of(client, booking)


def test_money_that_came_too_late_is_on_its_way_back(client, clock):
    booking = a_booking(a_slot())
    pay_late = booking.hold_until + HOUR
    clock.move_to(pay_late)
    holding.expire_holds(pay_late)
    late = Booking.objects.get()

    assert "The time to pay has ended" in page_of(client, late)
    assert "cannot be paid" not in posted(client, late, "payment/")


def test_a_page_costs_the_same_for_one_and_for_three_people(client):
    slot = a_slot()
    one, three = a_confirmed_booking(slot, adult=1), a_confirmed_booking(slot, key="k3", adult=3)
    with CaptureQueriesContext(connection) as few:
        page_of(client, one)
    with CaptureQueriesContext(connection) as many:
        page_of(client, three)

    assert len(few) == len(many) <= 8


def test_the_part_that_changes_is_sent_alone_and_says_when_it_is_final(client):
    booking = a_booking(a_slot())
    held = page_of(client, booking, "now/")
    pay(booking)
    outbox.deliver_due(NOW)
    sure = page_of(client, booking, "now/")

    assert "<html" not in held
    assert "data-final" not in held
    assert "data-final" in sure
