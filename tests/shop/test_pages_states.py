"""What an order's page says to do next when somebody comes back, buys again, or can still change something."""

import datetime as dt
import html

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm.payments import cashier
from shop import damage, paying
from shop.damage import Hurt
from shop.links import order_path
from shop.models import Box, Order
from tests.builders import NOW, a_delivered_order, a_paid_order, a_shop, an_order
from tests.worlds import a_shop_with_a_delivered_order, a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def page_of(client, order: Order) -> str:
    return html.unescape(client.get(order_path(order)).content.decode())


def an_attempt(order):
    return paying.start(order=order, return_url=order_path(order), now=NOW)


def test_who_comes_back_from_the_cashier_without_paying_is_told_what_to_do(client):
    a_shop()
    order = an_order()
    an_attempt(order)

    page = page_of(client, order)

    assert "Not paid? Press the button: it is the same payment" in page
    assert "Pay ¥" in page


def test_who_leaves_the_cashier_and_presses_pay_again_gets_the_same_payment(client):
    a_shop()
    order = an_order()

    first, second = (client.post(f"{order_path(order)}payment/")["Location"] for _ in range(2))

    assert first == second


def test_a_payment_that_failed_says_that_nothing_was_charged(client):
    a_shop()
    order = an_order()
    cashier.fail(an_attempt(order), NOW)

    assert "did not go through, and nothing was charged" in page_of(client, order)


def test_while_money_is_being_written_down_nothing_else_can_be_pressed(client):
    a_shop()
    order = an_order()
    cashier.pay(an_attempt(order), NOW)

    page = page_of(client, order)

    assert "Your payment is here" in page
    assert not any(words in page for words in ("Pay ¥", "Change it", "again</a>"))


def test_how_long_it_can_be_changed_counts_down(client):
    order = a_shop_with_a_paid_order()

    page = page_of(client, order)

    cut_off = int(order.ship_date.cut_off_at.timestamp())
    assert f'data-until="{cut_off}" data-from="{int(NOW.timestamp())}"' in page
    assert "Possible until 9 Sep, 20:00." in page


def test_who_pays_after_the_cut_off_is_told_first_that_nothing_can_be_changed_any_more(client, clock):
    final = "It ships on Thu 10 Sep and can no longer be changed or cancelled."
    cut_off_at = a_shop().cut_off_at
    order = an_order(now=cut_off_at - dt.timedelta(minutes=5))
    clock.move_to(cut_off_at - dt.timedelta(minutes=1))
    before = page_of(client, order)
    clock.move_to(cut_off_at)

    page = page_of(client, order)

    assert final not in before
    assert page.index(final) < page.index("Pay ¥")


@pytest.mark.parametrize("state", ["paid", "delivered", "expired"])
def test_the_same_boxes_are_one_press_away_as_far_as_they_are_sold(client, clock, state):
    a_shop()
    order = {"paid": a_paid_order, "delivered": a_delivered_order, "expired": an_order}[state](2)
    if state == "expired":
        clock.shift(16 * 60)

    sold = page_of(client, order)
    Box.objects.update(is_offered=False)
    gone = page_of(client, order)

    assert "/order/?box-kyoho-2500=2" in sold
    assert "/order/?box-" not in gone


def test_an_order_that_ended_offers_its_day_only_while_that_takes_orders(client, clock):
    a_shop()
    order = an_order()
    clock.shift(16 * 60)
    before = page_of(client, order)
    clock.move_to(order.ship_date.cut_off_at)

    assert "ship_date=2026-09-10" in before
    assert "ship_date=2026-09-10" not in page_of(client, order)


def test_a_delivered_order_costs_eight_queries_with_one_and_with_three_reports(client):
    order = a_shop_with_a_delivered_order(2)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(client, order)
        return len(queries)

    def a_report() -> None:
        hurt = [Hurt("kyoho-2500", 1, 10)]
        mine = damage.report(order=order, hurt=hurt, words="", photos=(), now=NOW)
        damage.refuse(report=mine, words="no", by="li.na", now=NOW + dt.timedelta(minutes=1))

    a_report()
    one = cost()
    a_report()
    a_report()

    assert cost() == one <= 8
