"""A day that is closed while some of its visits have begun: the morning was held, and ends as any visit does."""

import datetime as dt

import pytest
import time_machine

from farm.models import Customer
from tests.visits import VISITOR, a_confirmed_booking, a_slot, an_experience, pay
from tours import aftermath, closures, erasure, gate, offers, offline, reopening, reports
from tours.gate import Scan, Whom
from tours.links import booking_path
from tours.models import ClosureOffer

pytestmark = pytest.mark.django_db
RAIN = closures.Reason("大雨", "heavy rain")


def a_day_of_two():
    return a_slot(), a_slot(time=dt.time(15))


def closed_at_noon(morning, afternoon):
    """Their day closes when the morning's visit has begun half an hour ago."""
    noon = morning.starts_at + dt.timedelta(minutes=30)
    closures.close(slots=[afternoon.pk], reason=RAIN, by="li", day=morning.day, now=noon)
    closures.carry_on(noon)
    return noon


def test_its_morning_is_marked_and_its_visitors_can_be_forgotten():
    morning, afternoon = a_day_of_two()
    absent, came = a_confirmed_booking(morning), a_confirmed_booking(morning)
    scan = Scan("nonce 1", "South gate", "wang", morning.starts_at)
    gate.admit(code=came.number, whom=Whom(people=1), scan=scan, now=scan.at)
    closed_at_noon(morning, afternoon)

    aftermath.mark_who_came(morning.ends_at + aftermath.GRACE)

    absent.refresh_from_db()
    came.refresh_from_db()
    assert (absent.status, came.status) == ("no-show", "attended")
    assert list(erasure.obstacles(Customer(phone=VISITOR.phone))) == []


def test_who_was_asked_and_stayed_at_home_is_no_no_show():
    morning, afternoon = a_day_of_two()
    booking = a_confirmed_booking(afternoon)
    closed_at_noon(morning, afternoon)

    aftermath.mark_who_came(afternoon.ends_at + aftermath.GRACE)

    booking.refresh_from_db()
    assert booking.status == "confirmed"


@pytest.mark.parametrize("way", ["day", "time"])
def test_its_morning_is_marked_though_the_day_opens_again(way):
    morning, afternoon = a_day_of_two()
    booking, gone = a_confirmed_booking(morning), a_confirmed_booking(afternoon)
    noon = closed_at_noon(morning, afternoon)
    offers.choose_refund(offer=ClosureOffer.objects.get(booking=gone), by="visitor", now=noon)

    if way == "day":
        reopening.open_day(day=morning.day, now=noon)
    else:
        reopening.open_again(slot=afternoon, now=noon)
    aftermath.mark_who_came(morning.ends_at + aftermath.GRACE)

    booking.refresh_from_db()
    assert booking.status == "no-show"


def test_its_mornings_visitors_have_their_page_and_pay_the_rest(client):
    an_experience(deposit_percent=30)
    morning, afternoon = a_day_of_two()
    booking = a_confirmed_booking(morning, plan="deposit")
    noon = closed_at_noon(morning, afternoon)

    with time_machine.travel(noon, tick=False):
        page = client.get(booking_path(booking)).content.decode()
        pay(booking, now=noon)

    assert "See you at the farm!" in page
    assert booking.balance_fen == 0


def test_whoever_comes_late_to_its_morning_is_welcome():
    morning, afternoon = a_day_of_two()
    late, gone = a_confirmed_booking(morning), a_confirmed_booking(afternoon)
    noon = closed_at_noon(morning, afternoon)

    closed = {one["number"]: one["closed"] for one in offline.bundle(noon)["bookings"]}

    assert (gate.look(late.number, now=noon).code, closed[late.number]) == ("welcome", "")
    assert (gate.look(gone.number, now=afternoon.starts_at).code, closed[gone.number] != "") == ("closed", True)


def test_whom_a_gate_without_network_let_in_to_its_morning_needs_no_look():
    morning, afternoon = a_day_of_two()
    booking = a_confirmed_booking(morning)
    scan = Scan("nonce 1", "South gate", "wang", morning.starts_at - dt.timedelta(minutes=20))
    noon = closed_at_noon(morning, afternoon)

    told = offline.upload([offline.QueuedScan(scan, booking.number, Whom(people=2))], now=noon)

    assert told == [offline.Told("nonce 1", 2)]


def test_the_seats_of_its_morning_count_in_the_report():
    morning, afternoon = a_day_of_two()
    a_confirmed_booking(morning, adult=2)
    closed_at_noon(morning, afternoon)

    day = reports.of_days(morning.date, morning.date).total

    assert (day.seats, day.capacity, day.occupancy_percent) == (2, 20, 10)
