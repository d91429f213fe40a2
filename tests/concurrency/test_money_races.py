"""Money and states when two sides act in the same moment; the controls leave the compare-and-set out."""

import datetime as dt
from threading import Barrier

import pytest

from farm import jobs, outbox
from farm.models import ClosedDay, Job, LedgerEntry, OutboxMessage
from farm.refusals import Refused
from shop import changes, checkout
from shop.models import Order, OrderEvent, ShipDate
from tests.builders import DAY, NOW, a_capture, a_shop, an_order, work_off
from tests.concurrency.crowd import PATIENCE, crowd, overtaken, together

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8
HOLD_END = NOW + dt.timedelta(minutes=15)


def test_control_two_sides_that_read_and_save_both_win():
    a_shop()
    order = an_order()

    def win(status: str, pause=lambda: None) -> str:
        seen = Order.objects.get(pk=order.pk)
        pause()
        if seen.status != Order.Status.PLACED:
            return "lost"
        Order.objects.filter(pk=seen.pk).update(status=status)
        return "won"

    assert overtaken(lambda pause: win("paid", pause), by=lambda: win("expired")) == ["won", "won"]


@pytest.mark.parametrize("round_", range(6))
def test_money_in_the_last_second_of_a_hold_is_kept_or_goes_back(round_):
    day = a_shop()
    order = an_order(boxes=2)
    a_capture(order, now=NOW)

    together(lambda: outbox.deliver_due(NOW), lambda: checkout.expire_holds(HOLD_END))
    work_off(HOLD_END)

    order.refresh_from_db()
    day.refresh_from_db()
    kept = sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert (order.status, day.taken, kept) in [("paid", 2, order.total_fen), ("expired", 0, 0)]


@pytest.mark.parametrize("round_", range(6))
def test_a_cancellation_and_a_payment_in_the_same_moment_leave_no_money_behind(round_):
    day = a_shop()
    order = an_order()
    a_capture(order, now=NOW)

    def cancel() -> None:
        changes.cancel(order=order, by="customer", now=NOW)

    together(lambda: outbox.deliver_due(NOW), cancel)
    work_off()

    order.refresh_from_db()
    day.refresh_from_db()
    kept = sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert (order.status, day.taken, kept) == ("cancelled", 0, 0)


def test_one_message_told_by_four_workers_is_heard_once():
    a_shop()
    order = an_order()
    a_capture(order, now=NOW)

    together(*[lambda: outbox.deliver_due(NOW)] * 4)

    assert OrderEvent.objects.filter(order=order, what="paid").count() == 1


def test_control_a_job_that_is_not_claimed_is_done_by_all():
    jobs.ask("tests.close", "close:1", now=NOW)
    have_read = Barrier(HANDS, timeout=PATIENCE)

    def close_carelessly() -> str:
        job = Job.objects.get()
        have_read.wait()
        if job.state != Job.State.WAITING:
            return "left"
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
        return "done"

    assert crowd(close_carelessly, hands=HANDS) == {"done": HANDS}


def test_one_job_rung_for_eight_workers_is_done_once():
    for number in range(10):
        jobs.ask("tests.close", f"close:{number}", now=NOW, day=number)

    def close(*, day: int, now: dt.datetime) -> jobs.Recording:
        return lambda: ClosedDay.objects.create(date=DAY + dt.timedelta(days=day))

    def work() -> None:
        for number in range(10):
            jobs.run(f"close:{number}", close, now=NOW)

    crowd(work)

    assert ClosedDay.objects.count() == 10


def test_a_refund_asked_for_by_many_messages_is_paid_once():
    a_shop()
    order = an_order()
    payment = a_capture(order)
    work_off()
    for _ in range(10):
        outbox.publish(
            "refund.due",
            at=NOW,
            payable=order.payable,
            payment=payment.trade_no,
            amount_fen=order.total_fen,
            why="cancelled",
        )

    together(*[lambda: work_off()] * 4)
    work_off()

    assert sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 0
    assert OutboxMessage.objects.filter(topic="payment.refunded").count() == 1


def test_a_sold_out_day_stays_sold_out_while_hands_cancel_and_buy():
    day = a_shop()
    ShipDate.objects.update(limit=5)
    for _ in range(5):
        an_order()

    def swap() -> str:
        try:
            order = Order.objects.unpaid().first()
            if order:
                changes.cancel(order=order, by="customer", now=NOW)
            an_order()
        except Refused as refusal:
            return refusal.code
        return "swapped"

    crowd(swap, times=5)

    day.refresh_from_db()
    assert day.taken == Order.objects.unpaid().count() <= 5
