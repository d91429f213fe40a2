"""Paid in time and heard of late: a hold that ended waits a moment for what the provider says of an open attempt.

The sweeps run as `beizhen.rounds` rings for them, and the one for holds always comes first.
"""

import datetime as dt

import pytest

from farm import outbox, payments
from farm.models import Payment
from farm.payments import fake
from shop import checkout
from shop import paying as shop_paying
from shop.models import Order, ShipDate
from tests import visits
from tests.builders import NOW, a_shop, an_order
from tours import booking as holding
from tours import changing
from tours import paying as visit_paying
from tours.models import Booking
from tours.party import Party

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
MINUTE = 60 * SECOND


def pay_in_silence(payment: Payment, at: dt.datetime) -> None:
    """The buyer pays, and the provider's message gets lost on its way."""
    fake.open_trade(payment.trade_no).update(state="paid", paid_at=at)


def sweep(begin: dt.datetime, end: dt.datetime) -> None:
    at = begin
    while at <= end:
        for expire in (checkout.expire_holds, holding.expire_holds, changing.expire_changes):
            expire(at)
        if (at - begin) % (20 * SECOND) == 10 * SECOND:
            payments.ask_about_open(at)
        outbox.deliver_due(at)
        at += 10 * SECOND


def silent(*_: object) -> None:
    """What a provider answers that cannot tell yet."""


@pytest.mark.parametrize("left", [85 * SECOND, 25 * SECOND, SECOND])
def test_money_taken_in_time_pays_the_order_though_its_notification_is_lost(left):
    a_shop()
    order = an_order()
    payment = shop_paying.start(order=order, return_url="/o/x/", now=NOW)
    sweep(NOW, order.hold_until - left)

    pay_in_silence(payment, order.hold_until - left)
    sweep(order.hold_until - left, order.hold_until + MINUTE)

    assert Order.objects.get().status == "paid"


@pytest.mark.parametrize("left", [85 * SECOND, SECOND])
def test_money_taken_in_time_makes_the_visit_sure(left):
    booking = visits.a_booking(visits.a_slot())
    payment = visit_paying.start(booking=booking, return_url="/v/x/", now=visits.NOW)
    sweep(visits.NOW, booking.hold_until - left)

    pay_in_silence(payment, booking.hold_until - left)
    sweep(booking.hold_until - left, booking.hold_until + MINUTE)

    assert Booking.objects.get().status == "confirmed"


def test_money_taken_in_time_makes_the_change_of_a_visit():
    slot = visits.a_slot()
    booking = visits.a_confirmed_booking(slot)
    change = changing.change(booking=booking, slot=slot.pk, party=Party.of({"adult": 3}), by="visitor", now=visits.NOW)
    payment = visit_paying.start(booking=booking, return_url="/v/x/", now=visits.NOW)
    sweep(visits.NOW, change.hold_until - SECOND)

    pay_in_silence(payment, change.hold_until - SECOND)
    sweep(change.hold_until - SECOND, change.hold_until + MINUTE)

    assert Booking.objects.get().people == 3


def test_boxes_are_free_at_once_where_nobody_went_to_the_cashier():
    a_shop()
    order = an_order()

    checkout.expire_holds(order.hold_until)

    assert (Order.objects.get().status, ShipDate.objects.get().taken) == ("expired", 0)


def test_boxes_are_free_as_soon_as_the_provider_closed_the_attempt():
    a_shop()
    order = an_order()
    shop_paying.start(order=order, return_url="/o/x/", now=NOW)

    payments.ask_about_open(order.hold_until)
    checkout.expire_holds(order.hold_until)

    assert (Order.objects.get().status, ShipDate.objects.get().taken) == ("expired", 0)


def test_boxes_are_free_within_a_minute_when_the_provider_cannot_tell(monkeypatch):
    a_shop()
    order = an_order()
    shop_paying.start(order=order, return_url="/o/x/", now=NOW)
    monkeypatch.setattr(fake.PracticeCashier, "close", silent)

    sweep(order.hold_until, order.hold_until + MINUTE - 10 * SECOND)
    waited = Order.objects.get().status
    sweep(order.hold_until + MINUTE, order.hold_until + MINUTE)

    assert (waited, Order.objects.get().status, ShipDate.objects.get().taken) == ("placed", "expired", 0)
