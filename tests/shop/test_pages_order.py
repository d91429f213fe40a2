import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from farm import outbox, payments
from farm.models import Payment, Refund, StaffTask
from farm.money import yuan
from farm.payments import cashier
from farm.payments.providers import Fact
from farm.security import sign
from shop import changes, checkout, paying
from shop.models import Order, OrderLine, Shipment, TrackingEvent
from tests.builders import DAY, NOW, a_capture, a_lot, a_paid_order, a_shop, an_attempt, an_order, work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def link(order: Order) -> str:
    return f"/o/{sign(order.number, purpose='order')}/"


def page_of(client, order: Order, part: str = "") -> str:
    answer = client.get(link(order) + part)
    assert answer.status_code == 200
    return answer.content.decode()


def a_shipped_order(events: int = 1) -> Order:
    order = a_paid_order()
    for status in ("planned", "picked", "packed", "shipped"):
        order.move(status, at=NOW)
    parcel = Shipment.objects.create(
        order=order, carrier="simulated", request_no=order.number, waybill_no="SF12345678", packed_at=NOW
    )
    for n in range(events):
        at = NOW + dt.timedelta(hours=n)
        TrackingEvent.objects.create(shipment=parcel, at=at, code="moving", place="沈阳市", text=f"stop {n}")
    return order


def test_an_unpaid_order_says_until_when_it_is_kept_and_has_one_main_action(client):
    a_shop()
    order = an_order(2)

    page = page_of(client, order)

    assert "Kept for you until 10:15" in page
    assert re.search(r">Pay ¥158\.00</button>", page)
    assert 'aria-current="step"' in page
    assert "data-final" not in page


def test_the_page_masks_whom_it_goes_to(client):
    a_shop()

    page = page_of(client, an_order())

    assert "138******78" in page
    assert "王**" in page
    assert "闾山路***" in page
    assert "13812345678" not in page
    assert "402室" not in page


@pytest.mark.parametrize("token", ["BZ123", "BZ:1:x", "%00", "中文", "a" * 3000])
@pytest.mark.parametrize("part", ["", "now/", "cancellation/", "ship-date/", "address/"])
def test_a_forged_link_leads_nowhere(client, token, part):
    assert client.get(f"/o/{token}/{part}").status_code == 404


def test_paying_leads_to_the_cashier_and_back_to_the_order(client):
    a_shop()
    order = an_order()

    answer = client.post(f"{link(order)}payment/")

    payment = Payment.objects.get()
    assert answer["Location"] == payment.pay_url
    assert (payment.payable, payment.amount_fen) == (order.payable, order.total_fen)
    assert client.get(payment.return_url).status_code == 200


def test_tapping_pay_twice_opens_one_payment(client):
    a_shop()
    order = an_order()

    for _ in range(2):
        client.post(f"{link(order)}payment/")

    assert Payment.objects.count() == 1


def test_an_order_that_cannot_be_paid_opens_no_payment(client, clock):
    a_shop()
    order = an_order()
    changes.cancel(order=order, by="customer", now=NOW)

    answer = client.post(f"{link(order)}payment/")

    assert answer["Location"] == link(order)
    assert not Payment.objects.exists()


def test_money_that_is_here_but_not_told_yet_cannot_be_paid_again(client):
    a_shop()
    order = an_order()
    a_capture(order)

    page = page_of(client, order)

    assert "Your payment is here" in page
    assert ">Pay ¥" not in page


def test_an_order_whose_money_was_of_another_amount_and_went_back_can_still_be_paid(client):
    a_shop()
    order = an_order()
    cashier.pay(an_attempt(payable=order.payable, amount_fen=order.total_fen - 1, expires_at=order.hold_until), NOW)
    work_off()

    page = page_of(client, order)

    assert "Your payment is here" not in page
    assert f">Pay ¥{yuan(order.total_fen)}<" in page


def test_a_hold_that_ran_out_offers_the_same_order_again(client, clock):
    a_shop()
    order = an_order(2)
    clock.move_to(LATER)

    page = page_of(client, order)

    assert "The time to pay has ended" in page
    assert f"/order/?box-kyoho-2500=2&amp;ship_date={DAY}" in page
    assert ">Pay ¥" not in page


def test_money_that_came_too_late_is_shown_on_its_way_back_and_then_back(client, clock):
    a_shop()
    order = an_order()
    payment = paying.start(order=order, return_url="/", now=NOW)
    clock.move_to(LATER)
    checkout.expire(order, now=LATER)
    payments.settle(Fact("practice", payment.trade_no, "ref", "paid", payment.amount_fen, LATER), now=LATER)
    outbox.deliver_due(LATER)
    outbox.deliver_due(LATER)

    page = page_of(client, order)
    Refund.objects.update(status=Refund.Status.DONE)
    Payment.objects.update(refunded_fen=F("amount_fen"))
    afterwards = page_of(client, order)

    assert "Your payment came too late" in page
    assert "It came after the hold had ended" in page
    assert "On its way back" in page
    assert re.search(r">Hold ended\s*</span>\s*<time[^>]*>[^<]*10:15<", page)
    assert "data-final" not in page
    assert ("money goes back by itself" in page, "money went back" in afterwards) == (True, True)
    assert "goes back by itself" not in afterwards


def test_money_for_an_order_cancelled_meanwhile_goes_back_because_of_that(client):
    a_shop()
    order = an_order()
    paying_at = client.post(f"{link(order)}payment/")["Location"]
    client.post(f"{link(order)}cancellation/")
    client.post(paying_at, {"choice": "pay"})
    work_off()

    page = page_of(client, order)

    assert "The order was cancelled" in page
    assert "It came after the hold had ended" not in page
    assert not StaffTask.objects.exists()


def test_a_cancelled_order_shows_its_money_going_back_until_it_is_back(client):
    order = a_shop_with_a_paid_order()
    changes.cancel(order=order, by="customer", now=NOW)
    outbox.deliver_due(NOW)

    waiting = page_of(client, order)
    work_off()
    done = page_of(client, order)

    assert "Your money is on its way back" in waiting
    assert Refund.objects.get().status == Refund.Status.DONE
    assert "Your money has gone back the way it came" in done
    assert "data-final" in done


def test_a_shipped_order_shows_the_way_of_its_parcel(client):
    a_shop()

    page = page_of(client, a_shipped_order(events=2))

    assert "On the way to you" in page
    assert "<dt>Shipped on</dt><dd>Tue 8 Sep</dd>" in page
    assert "Ships on" not in page
    assert "SF12345678" in page
    assert page.index("stop 1") < page.index("stop 0")
    assert "Changes were possible" not in page


@pytest.mark.parametrize(
    ("prefix", "code", "said"),
    [("", "moving", "<strong>Moving:</strong> "), ("", "other", ""), ("/zh-hans", "moving", "")],
    ids=["English", "no word for it", "Chinese"],
)
def test_what_a_carrier_says_in_chinese_is_named_in_english_too(client, prefix, code, said):
    a_shop()
    order = a_shipped_order()
    TrackingEvent.objects.update(code=code, text="已发往大连市")

    page = client.get(prefix + link(order)).content.decode()

    [line] = re.findall(r"</time>(.*)</li>", page)
    assert line.strip() == f'{said}<span lang="zh-Hans"><strong>沈阳市</strong> 已发往大连市</span>'


def test_boxes_out_of_two_lots_are_one_line_for_the_customer(client):
    a_shop()
    a_lot("old", boxes=1, best_before=DAY + dt.timedelta(days=9))
    order = an_order(3)

    page = page_of(client, order)

    assert OrderLine.objects.count() == 2
    assert page.count("Kyoho 2.5 kg") == 1
    assert "× 3" in page


def test_the_page_costs_the_same_with_one_and_with_three_of_everything(client):
    a_shop()
    for n in (1, 2):
        a_lot(f"small-{n}", boxes=1, best_before=DAY + dt.timedelta(days=8 + n))
    one, three = an_order(1), a_shipped_order(events=3)
    with CaptureQueriesContext(connection) as few:
        page_of(client, one)
    with CaptureQueriesContext(connection) as many:
        page_of(client, three)

    assert len(many) <= 8
    assert len(few) <= len(many)


def test_the_part_that_looks_again_changes_its_version_only_when_something_changed(client):
    a_shop()
    order = an_order()

    first, second = page_of(client, order, "now/"), page_of(client, order, "now/")
    a_capture(order)
    third = page_of(client, order, "now/")

    versions = [re.search(r'data-version="(\w+)"', part)[1] for part in (first, second, third)]
    assert versions[0] == versions[1] != versions[2]
    assert "<html" not in first
