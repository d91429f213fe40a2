"""What money does to an order: it pays it, or goes back by itself with the reason in the order's history."""

import datetime as dt
from dataclasses import replace

import pytest

from farm import outbox, payments
from farm.models import Customer, OutboxMessage, Payment, Refund, StaffTask
from farm.payments import fake
from farm.payments.providers import Fact, RefundOutcome
from shop import changes, checkout, fulfilment, planning
from shop.models import Order, ShipDate
from tests.builders import HOME, NOW, a_capture, a_paid_order, a_shop, an_attempt, an_order, work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def an_attempt_for(order: Order, *, fen: int = 0) -> Payment:
    return an_attempt(payable=order.payable, amount_fen=fen or order.total_fen, expires_at=order.hold_until)


def take_money(payment: Payment, *, at: dt.datetime = NOW) -> None:
    fact = Fact("practice", payment.trade_no, f"ref-{payment.trade_no}", "paid", payment.amount_fen, at)
    payments.settle(fact, now=at)


def tell(now: dt.datetime = NOW) -> None:
    while outbox.deliver_due(now):
        pass
    assert not OutboxMessage.objects.exclude(error="").exists()


def history(order: Order) -> list[str]:
    return list(order.events.order_by("pk").values_list("what", flat=True))


def refunds() -> list[tuple[str, int]]:
    return list(Refund.objects.order_by("pk").values_list("why", "amount_fen"))


def test_the_whole_amount_pays_the_order():
    a_shop()
    order = an_order()
    payment = a_capture(order)

    tell()

    order.refresh_from_db()
    assert (order.status, order.paid_at, order.paid_by) == ("paid", NOW, payment.trade_no)
    assert order.events.get(what="paid").details == {"payment": payment.trade_no, "amount_fen": order.total_fen}
    assert OutboxMessage.objects.filter(topic="order.paid", payload={"number": order.number}).count() == 1


def test_the_same_payment_told_twice_pays_once():
    a_shop()
    order = an_order()
    payment = a_capture(order)
    fact = {"payable": order.payable, "payment": payment.trade_no, "amount_fen": order.total_fen}

    for _ in range(3):
        fulfilment.on_payment(**fact, now=NOW)
    tell()

    assert history(order) == ["placed", "paid"]
    assert OutboxMessage.objects.filter(topic="order.paid").count() == 1
    assert refunds() == []


def test_money_after_the_hold_goes_back_and_frees_the_boxes_although_no_sweep_ran():
    a_shop()
    order = an_order()
    payment = an_attempt_for(order)
    take_money(payment, at=order.hold_until)

    tell(order.hold_until)

    order.refresh_from_db()
    assert order.status == "expired"
    assert history(order) == ["placed", "expired", "late money"]
    assert ShipDate.objects.get().taken == 0
    assert refunds() == [("late", order.total_fen)]


def test_money_in_time_pays_although_the_message_lay_waiting_beyond_the_hold():
    a_shop()
    order = an_order()
    take_money(an_attempt_for(order), at=order.hold_until - MINUTE)

    tell(order.hold_until + 30 * MINUTE)

    order.refresh_from_db()
    assert order.status == "paid"
    assert ShipDate.objects.get().taken == 1


def test_a_provider_whose_clock_is_fast_makes_no_money_late():
    a_shop()
    order = an_order()
    payment = an_attempt_for(order)
    take_money(payment, at=order.hold_until + MINUTE)

    tell(now=order.hold_until - MINUTE)  # nothing is due yet at this hour
    fulfilment.on_payment(
        payable=order.payable, payment=payment.trade_no, amount_fen=order.total_fen, now=order.hold_until - MINUTE
    )

    order.refresh_from_db()
    assert order.status == "paid"


def test_late_money_told_twice_goes_back_once():
    a_shop()
    order = an_order()
    payment = an_attempt_for(order)
    checkout.expire_holds(order.hold_until)
    take_money(payment, at=order.hold_until + MINUTE)
    fact = {"payable": order.payable, "payment": payment.trade_no, "amount_fen": order.total_fen}

    for _ in range(3):
        fulfilment.on_payment(**fact, now=order.hold_until + MINUTE)
    tell(order.hold_until + MINUTE)

    assert history(order) == ["placed", "expired", "late money"]
    assert refunds() == [("late", order.total_fen)]


def test_money_for_a_cancelled_order_goes_back():
    a_shop()
    order = an_order()
    payment = an_attempt_for(order)
    changes.cancel(order=order, by="customer", now=NOW)
    take_money(payment)

    tell()

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.paid_by == ""
    assert refunds() == [("cancelled", order.total_fen)]


def test_a_second_payment_goes_back_and_the_first_stays():
    a_shop()
    order = an_order()
    first = an_attempt_for(order)
    second = payments.start_another(like=first, subject="grapes", now=NOW)
    take_money(first)
    take_money(second)

    tell()

    order.refresh_from_db()
    assert (order.status, order.paid_by) == ("paid", first.trade_no)
    assert history(order) == ["placed", "paid", "paid twice"]
    assert Refund.objects.get().payment == second
    assert refunds() == [("double", order.total_fen)]


def test_money_of_another_amount_goes_back_and_staff_are_told():
    a_shop()
    order = an_order()
    take_money(an_attempt_for(order, fen=order.total_fen - 1))

    tell()

    order.refresh_from_db()
    assert (order.status, order.paid_at) == ("placed", None)
    assert refunds() == [("wrong amount", order.total_fen - 1)]
    assert StaffTask.objects.get().about == order.payable


def test_money_for_an_order_nobody_placed_goes_back_and_staff_are_told():
    take_money(an_attempt(payable="order:BZ0000000000"))

    tell()

    assert refunds() == [("unknown", 12800)]
    assert StaffTask.objects.get().about == "order:BZ0000000000"


def test_money_for_a_booking_is_none_of_the_shops_business():
    a_shop()
    order = an_order()

    fulfilment.on_payment(payable=f"booking:{order.number}", payment="PT1", amount_fen=order.total_fen, now=NOW)
    fulfilment.on_refunded(payable=f"booking:{order.number}", amount_fen=1, why="late", now=NOW)

    order.refresh_from_db()
    assert order.status == "placed"
    assert history(order) == ["placed"]
    assert not OutboxMessage.objects.exclude(topic="order.placed").exists()


def test_other_money_for_a_planned_order_goes_back():
    day = a_shop()
    order = an_order()
    first = an_attempt_for(order)
    second = payments.start_another(like=first, subject="the same in another tab", now=NOW)
    take_money(first)
    tell()
    planning.plan_day(ship_date=day, now=NOW)

    take_money(second)
    tell()

    order.refresh_from_db()
    assert (order.status, order.paid_by) == ("planned", first.trade_no)
    assert history(order) == ["placed", "paid", "planned", "paid twice"]
    assert refunds() == [("double", order.total_fen)]


def test_a_refund_is_written_into_the_history():
    a_shop()
    order = an_order()

    fulfilment.on_refunded(payable=order.payable, amount_fen=6800, why="late", now=NOW)

    assert order.events.get(what="refunded").details == {"amount_fen": 6800, "why": "late"}


def test_who_pays_is_remembered_by_phone_with_the_newest_name():
    a_shop_with_a_paid_order()
    tell()
    Customer.objects.update(name="old name", language="en")

    a_paid_order(now=NOW + MINUTE)
    tell(NOW + MINUTE)

    customer = Customer.objects.get()
    assert (customer.phone, customer.name, customer.language) == ("13812345678", "王小明", "zh-hans")
    assert (customer.first_seen_at, customer.last_seen_at) == (NOW, NOW + MINUTE)


class TestWrongMoneyThatCannotGoBack:
    """The provider refuses to send back what was paid for an older total: the order is as unpaid as before."""

    @pytest.fixture
    def order(self, monkeypatch) -> Order:
        no = RefundOutcome("refused", NOW, "account closed")
        monkeypatch.setattr(fake.PracticeCashier, "refund", lambda self, refund, now: no)
        a_shop()
        order = an_order()
        take_money(an_attempt_for(order, fen=order.total_fen - 1))
        work_off()
        order.refresh_from_db()
        assert (order.status, Refund.objects.get().status) == ("placed", "refused")
        return order

    def test_its_hold_ends(self, order):
        checkout.expire_holds(order.hold_until)

        assert Order.objects.get().status == "expired"
        assert ShipDate.objects.get().taken == 0

    def test_the_right_amount_pays_it(self, order):
        paid = an_attempt_for(order)
        take_money(paid)
        tell()

        assert Order.objects.get().paid_by == paid.trade_no

    def test_its_address_can_be_changed(self, order):
        changes.change_address(order=order, address=replace(HOME, street="解放路1号"), by="customer", now=NOW)

        assert Order.objects.get().street == "解放路1号"
