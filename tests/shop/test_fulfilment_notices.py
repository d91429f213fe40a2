"""What customers are told, once each, with the link that opens their order."""

import datetime as dt
import re

import pytest

from farm import payments
from farm.models import Notice, Refund
from farm.money import yuan
from farm.payments import cashier
from farm.security import unsign
from shop import changes, checkout, notices, paying, planning, tracking
from shop.models import Order
from tests.builders import NOW, a_paid_order, a_shop, an_order, work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def told() -> list[str]:
    return [key.partition(":")[2] for key in Notice.objects.order_by("pk").values_list("key", flat=True)]


def refunded() -> list[str]:
    return list(Refund.objects.order_by("pk").values_list("refund_no", flat=True))


def test_a_customer_hears_of_each_step_once(settings, time_machine):
    settings.DEMO_CLOCK = True
    day = a_shop()
    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)
    work_off()

    time_machine.move_to(NOW + MINUTE, tick=False)
    tracking.ask_carriers(NOW + MINUTE)
    work_off(NOW + MINUTE)

    assert told() == ["placed", "paid", "shipped", "delivered"]
    assert set(Notice.objects.values_list("channel", "to", "about")) == {("sms", order.phone, order.payable)}
    assert not Notice.objects.filter(sent_at=None).exists()


def test_the_link_opens_this_order_and_no_other():
    a_shop()
    order = an_order()
    work_off()

    [token] = re.findall(r"/o/([^/]+)/$", Notice.objects.get().text)

    assert unsign(token, purpose="order") == order.number
    assert unsign(token, purpose="ticket") is None


def test_a_placed_order_is_told_until_when_it_waits():
    a_shop()
    an_order()

    work_off()

    assert told() == ["placed"]
    assert "10:15" in Notice.objects.get().text


def test_a_hold_that_has_ended_is_not_announced_any_more():
    a_shop()
    order = an_order()

    notices.on_placed(number=order.number, now=order.hold_until)

    assert told() == []


def test_a_cancelled_order_says_whether_money_comes_back():
    a_shop()
    for order in (an_order(), a_paid_order()):
        changes.cancel(order=order, by="customer", now=NOW)
    work_off()

    unpaid, paid = [Notice.objects.get(key=f"{order.number}:cancelled").text for order in Order.objects.order_by("pk")]

    assert "货款" not in unpaid
    assert "货款正在退回" in paid


def test_each_refund_is_told_once_though_two_have_one_reason():
    a_shop()
    order = an_order()
    first = paying.start(order=order, return_url="/o/x/", now=NOW)
    second = payments.start_another(like=first, subject="in another tab", now=NOW)
    too_late = order.hold_until + MINUTE
    checkout.expire_holds(too_late)

    for payment in (first, second):
        cashier.pay(payment, too_late)
        work_off(too_late)
    notices.on_refunded(payable=order.payable, amount_fen=1, why="late", refund_no=refunded()[0], now=too_late)

    assert told() == [f"refunded:{number}" for number in refunded()]
    assert f"¥{yuan(order.total_fen)}" in Notice.objects.last().text


def test_a_booking_that_is_refunded_is_not_the_shops_to_tell():
    a_shop()
    order = an_order()

    notices.on_refunded(payable=f"booking:{order.number}", amount_fen=1, why="late", now=NOW)
    notices.on_refunded(payable=order.number, amount_fen=1, why="late", now=NOW)

    assert told() == []


def test_the_words_are_in_the_orders_language_not_the_workers(settings):
    settings.LANGUAGE_CODE = "zh-hans"
    order = a_shop_with_a_paid_order()
    Order.objects.update(language="en")

    notices.on_paid(number=order.number, now=NOW)

    assert "is paid and ships on Thu 10 Sep" in Notice.objects.get(key=f"{order.number}:paid").text


def test_nothing_a_customer_wrote_is_sent_to_a_phone():
    a_shop()
    order = an_order()
    Order.objects.update(name="http://evil.example")

    notices.on_placed(number=order.number, now=NOW)

    assert "evil" not in Notice.objects.get().text
