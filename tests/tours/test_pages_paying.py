"""What a booking's page says of a payment that failed or is not here yet."""

import pytest
import time_machine

from farm.models import StaffTask
from tests.builders import work_off
from tests.visits import NOW, a_booking, a_confirmed_booking, a_slot, an_experience
from tours.links import booking_path
from tours.models import Booking

pytestmark = pytest.mark.django_db
FAILED = "did not go through, and nothing was charged"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def posted(client, booking: Booking, what: str, **said: object) -> str:
    """The page to which a post leads."""
    return client.post(f"{booking_path(booking)}{what}", said, follow=True).content.decode()


def back_from_the_bank(client, booking: Booking) -> str:
    """The booking's page after the bank refused its payment."""
    cashier = client.post(f"{booking_path(booking)}payment/")["Location"]
    return client.post(cashier, {"choice": "fail"}, follow=True).content.decode()


def a_change_that_waits(client, booking: Booking) -> str:
    return posted(client, booking, "change/", slot=booking.slot_id, **{"ticket-adult": 3})


def test_a_booking_whose_payment_failed_says_that_nothing_was_charged(client):
    booking = a_booking(a_slot())

    page = back_from_the_bank(client, booking)

    assert FAILED in page
    assert "Pay ¥176.00" in page


def test_so_does_a_change_and_nothing_is_said_of_it_once_it_is_dropped(client):
    booking = a_confirmed_booking(a_slot())
    a_change_that_waits(client, booking)

    waits = back_from_the_bank(client, booking)
    dropped = posted(client, booking, "change/dropped/")
    asked_again = a_change_that_waits(client, booking)

    assert FAILED in waits
    assert FAILED not in dropped + asked_again


def test_so_does_what_is_left_to_pay(client):
    slot = a_slot(experience=an_experience(deposit_percent=30))
    booking = a_confirmed_booking(slot, plan="deposit")

    page = back_from_the_bank(client, booking)

    assert FAILED in page
    assert "Pay the rest now" in page


@pytest.mark.parametrize("is_sure", [False, True])
def test_money_for_a_visit_cancelled_meanwhile_goes_back_because_of_that(client, is_sure):
    slot = a_slot(experience=an_experience(deposit_percent=30))
    booking = a_confirmed_booking(slot, plan="deposit") if is_sure else a_booking(slot)
    cashier = client.post(f"{booking_path(booking)}payment/")["Location"]
    posted(client, booking, "cancellation/")
    client.post(cashier, {"choice": "pay"})
    work_off()

    page = client.get(booking_path(booking)).content.decode()

    assert "The booking was cancelled" in page
    assert "It came after the hold had ended" not in page
    assert not StaffTask.objects.exists()


def test_who_comes_back_without_paying_is_told_what_to_do(client):
    booking = a_booking(a_slot())
    client.post(f"{booking_path(booking)}payment/")

    page = client.get(booking_path(booking)).content.decode()

    assert "Not paid? Press the button: it is the same payment" in page
