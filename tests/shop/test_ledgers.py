"""Orders that do not hold, cost, keep or tell what they should are seen."""

import datetime as dt

import pytest
from django.db.models import F

from farm import ledgers as ground
from farm import outbox, payments
from farm.models import Movement, OutboxMessage, Payment, Refund, StaffTask
from farm.payments import fake
from farm.payments.providers import RefundOutcome
from shop import changes
from shop import ledgers as shop_ledgers
from shop.models import Box, Lot, Order, OrderEvent, Shipment
from tests.builders import NOW, shipped, work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return a_shop_with_a_paid_order(2)


@pytest.fixture
def provider_refuses(monkeypatch):
    """No refund is ever sent: a person is asked each time."""
    no = RefundOutcome("refused", NOW, "account closed")
    monkeypatch.setattr(fake.PracticeCashier, "refund", lambda self, refund, now: no)


@pytest.mark.parametrize("change", [{"amount": F("amount") + 1}, {"counter": "shop.shipdate:0"}])
def test_an_order_that_holds_something_else_of_its_day_is_seen(order, change):
    Movement.objects.filter(counter__startswith="shop.shipdate").update(**change)

    assert len(list(shop_ledgers.orders_hold_their_ship_date(NOW))) == 1


def test_a_dead_order_that_still_holds_is_seen(order):
    Order.objects.update(status="cancelled")

    assert len(list(shop_ledgers.orders_hold_their_ship_date(NOW))) == 1
    assert len(list(shop_ledgers.orders_hold_their_lots(NOW))) == 1


def test_an_order_that_holds_another_lot_is_seen(order):
    Movement.objects.filter(counter__startswith="shop.lot").update(counter="shop.lot:0")

    lot = Lot.objects.get()
    assert list(shop_ledgers.orders_hold_their_lots(NOW)) == [
        f"order {order.number}: holds 0 g of lot {lot.code}, needs 5000 g"
    ]


def test_grams_held_for_no_line_are_seen(order):
    order.lines.all().delete()

    assert len(list(shop_ledgers.orders_hold_their_lots(NOW))) == 1


def test_what_a_ghost_holds_is_seen(order):
    Movement.objects.update(holder="order:GHOST")

    assert len(list(shop_ledgers.movements_belong_to_orders(NOW))) == 2


@pytest.mark.parametrize("column", ["total_fen", "boxes_fen", "freight_fen", "packing_units", "net_grams"])
def test_an_order_with_a_wrong_sum_is_seen(order, column):
    Order.objects.update(**{column: F(column) + 1})

    assert len(list(shop_ledgers.orders_cost_what_their_lines_say(NOW))) == 1


def test_a_box_that_changed_its_weight_is_seen(order):
    Box.objects.update(net_grams=9999)

    assert len(list(shop_ledgers.orders_cost_what_their_lines_say(NOW))) == 1


def test_a_status_set_by_hand_is_seen(order):
    Order.objects.update(status="packed")

    assert list(shop_ledgers.orders_follow_their_events(NOW)) == [
        f"order {order.number} (Packed): its history ends with “paid”"
    ]


def test_a_step_that_was_skipped_is_seen(order):
    Order.objects.update(status="shipped")
    OrderEvent.objects.create(order=order, at=NOW, what="shipped")

    assert list(shop_ledgers.orders_follow_their_events(NOW)) == [
        f"order {order.number}: went from “paid” to “shipped”"
    ]


def test_an_order_without_a_beginning_is_seen(order):
    OrderEvent.objects.filter(what="placed").delete()

    assert list(shop_ledgers.orders_follow_their_events(NOW)) == [
        f"order {order.number}: went from “nothing” to “paid”"
    ]


def test_an_order_without_a_history_is_seen(order):
    OrderEvent.objects.all().delete()

    assert list(shop_ledgers.orders_follow_their_events(NOW)) == [
        f"order {order.number} (Paid): its history ends with “nothing”"
    ]


@pytest.mark.parametrize("change", [{"amount_fen": 1}, {"payable": "order:OTHER"}, {"trade_no": "PTOTHER"}])
def test_a_paid_order_without_its_money_is_seen(order, change):
    Payment.objects.update(**change)

    assert len(list(shop_ledgers.paid_orders_keep_their_price(NOW))) == 1


def test_an_order_that_keeps_two_payments_is_seen(order):
    Payment.objects.filter(pk=Payment.objects.get().pk).update(trade_no="PTFIRST")
    Payment.objects.create(
        trade_no=order.paid_by, payable=order.payable, provider="practice", amount_fen=order.total_fen,
        status="captured", started_at=NOW, expires_at=NOW,
    )  # fmt: skip

    assert len(list(shop_ledgers.paid_orders_keep_their_price(NOW))) == 1


def test_a_cancelled_order_that_keeps_its_money_is_seen(order):
    changes.cancel(order=order, by="customer", now=NOW)
    OutboxMessage.objects.all().delete()

    assert len(list(shop_ledgers.other_orders_keep_no_money(NOW))) == 1


def test_money_on_its_way_back_is_no_drift_however_late_it_is(order):
    changes.cancel(order=order, by="customer", now=NOW)
    assert list(shop_ledgers.other_orders_keep_no_money(NOW)) == []

    outbox.deliver_due(NOW)

    next_week = NOW + dt.timedelta(days=7)
    assert list(shop_ledgers.other_orders_keep_no_money(next_week)) == []
    assert len(list(ground.refunds_go_back_in_time(next_week))) == 1


def test_a_smaller_refund_than_the_money_is_drift(order):
    changes.cancel(order=order, by="customer", now=NOW)
    outbox.deliver_due(NOW)

    Refund.objects.update(amount_fen=F("amount_fen") - 1)

    assert len(list(shop_ledgers.other_orders_keep_no_money(NOW))) == 1


def test_a_refused_refund_is_drift_only_when_nobody_is_asked(order, provider_refuses):
    changes.cancel(order=order, by="customer", now=NOW)
    work_off(NOW)
    asked = list(shop_ledgers.other_orders_keep_no_money(NOW))

    StaffTask.objects.update(settled_at=NOW)

    assert (asked, len(list(shop_ledgers.other_orders_keep_no_money(NOW)))) == ([], 1)


def test_a_second_payment_whose_way_back_is_refused_does_not_count_for_the_order(order, provider_refuses):
    second = Payment.objects.create(
        trade_no="PTSECOND", payable=order.payable, provider="practice", amount_fen=order.total_fen,
        status="captured", started_at=NOW, expires_at=NOW,
    )  # fmt: skip
    payments.on_refund_due(
        payable=order.payable, payment=second.trade_no, amount_fen=order.total_fen, why="double", now=NOW
    )
    work_off(NOW)

    assert Refund.objects.get().status == "refused"
    assert list(shop_ledgers.paid_orders_keep_their_price(NOW)) == []


def test_a_shipped_order_without_a_waybill_is_seen(order, settings):
    settings.PACKING_BENCH = "staff"
    shipped(order)
    assert list(shop_ledgers.shipped_orders_have_a_waybill(NOW)) == []

    Shipment.objects.update(waybill_no="")

    assert list(shop_ledgers.shipped_orders_have_a_waybill(NOW)) == [f"order {order.number} (Shipped): no waybill"]
