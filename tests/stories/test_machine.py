"""Any order of events a farm can live through: after every step nothing is oversold, lost or paid twice.

The sums are added up here, from rows, and share no code with what they check.
"""

import datetime as dt
import os
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from farm import outbox, payments, rows
from farm.models import CashierTrade, LedgerEntry, Movement, Payment
from farm.payments import cashier
from farm.refusals import Refused
from shop import calendar_days, changes, checkout, ledgers, line, lot_care, planning, tracking, waiting
from shop.addresses import Address
from shop.checkout import Gift
from shop.models import Lot, Order, ShipDate, WaitingOrder
from shop.pricing import Want
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_ship_date, an_attempt, an_order, work_off
from tests.stories.told import Story, any_of

DAYS = [DAY, DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2)]
FAR = Address("李雷", "13912345678", "广东省", "深圳市", "南山区", "科技路1号")
PAID = {"paid", "planned", "picked", "packed", "shipped", "delivered"}
picks = st.integers(min_value=0, max_value=10**6)
phones = st.sampled_from(["13911112222", "13933334444", "13955556666"])


def refused(story, **wish) -> str:
    """Try a story; a refusal is an answer too."""
    try:
        story(**wish)
    except Refused as refusal:
        return refusal.code
    return ""


class Farm(Story):
    """Three ship dates with little room, two lots with little fruit, and everybody acting at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW

    @initialize()
    def open_the_shop(self) -> None:
        a_box()
        a_box("gift", packing_units=2, net_grams=5000)
        a_lot("tired", boxes=6, best_before=DAYS[1] + dt.timedelta(days=1))
        a_lot("fresh", boxes=14)
        for day in DAYS:
            a_ship_date(day, limit=8)

    @rule(boxes=st.integers(1, 4), day=st.sampled_from(DAYS), sku=st.sampled_from(["kyoho-2500", "gift"]))
    def place(self, boxes, day, sku):
        refused(an_order, boxes=boxes, date=day, sku=sku, now=self.now)

    @precondition(lambda self: rows.exists(Order.objects.unpaid))
    @rule(number=picks)
    def go_to_the_cashier(self, number):
        order = self.pick(Order.objects.unpaid(), number)
        if order.awaits_payment(self.now):
            refused(
                an_attempt,
                payable=order.payable,
                amount_fen=order.total_fen,
                expires_at=order.hold_until,
                now=self.now,
            )

    @any_of(Payment)
    @rule(
        number=picks,
        choice=st.sampled_from([cashier.pay, cashier.pay, cashier.fail, cashier.pay_late, cashier.pay_twice]),
    )
    def press_a_button_at_the_cashier(self, number, choice):
        payment = self.pick(Payment.objects.all(), number)
        refused(lambda: choice(payment, self.now))

    @any_of(Order)
    @rule(number=picks)
    def cancel(self, number):
        refused(changes.cancel, order=self.pick(Order.objects.all(), number), by="customer", now=self.now)

    @any_of(Order)
    @rule(number=picks, day=st.sampled_from(DAYS))
    def change_the_date(self, number, day):
        order = self.pick(Order.objects.all(), number)
        refused(changes.change_ship_date, order=order, to=day, by="customer", now=self.now)

    @any_of(Order)
    @rule(number=picks, address=st.sampled_from([HOME, FAR]))
    def change_the_address(self, number, address):
        order = self.pick(Order.objects.all(), number)
        refused(changes.change_address, order=order, address=address, by="customer", now=self.now)

    @any_of(Order)
    @rule(number=picks, day=st.sampled_from(DAYS))
    def staff_move(self, number, day):
        order = self.pick(Order.objects.all(), number)
        refused(changes.move_by_staff, order=order, to=day, by="li.na", now=self.now)

    @any_of(Order)
    @rule(number=picks)
    def staff_cancel(self, number):
        refused(changes.cancel_by_staff, order=self.pick(Order.objects.all(), number), by="li.na", now=self.now)

    @rule(boxes=st.integers(1, 4), day=st.sampled_from(DAYS), sku=st.sampled_from(["kyoho-2500", "gift"]), phone=phones)
    def stand_in_line(self, boxes, day, sku, phone):
        wants = [Want(sku, boxes)]
        refused(waiting.join, wants=wants, date=day, phone=phone, language="en", now=self.now)

    @any_of(WaitingOrder)
    @rule(number=picks, address=st.sampled_from([HOME, FAR]))
    def order_what_is_offered(self, number, address):
        place = self.pick(WaitingOrder.objects.all(), number)
        refused(waiting.accept, waiting=place, address=address, gift=Gift(), now=self.now)

    @any_of(WaitingOrder)
    @rule(number=picks)
    def leave_the_line(self, number):
        refused(waiting.leave, waiting=self.pick(WaitingOrder.objects.all(), number), by="customer", now=self.now)

    @rule(sweep=st.sampled_from([line.offer_due, waiting.end_lapsed]))
    def the_line_is_swept(self, sweep):
        sweep(self.now)

    @rule(number=picks, story=st.sampled_from([lot_care.withdraw, lot_care.put_back]))
    def a_lot_is_withdrawn_or_put_back(self, number, story):
        refused(story, lot=self.pick(Lot.objects.all(), number), by="li.na", now=self.now)

    @rule(day=st.sampled_from(DAYS))
    def a_day_is_closed_or_opened_again(self, day):
        ship_date = ShipDate.objects.get(date=day)
        if ship_date.is_closed:
            refused(calendar_days.reopen, ship_date=ship_date, by="li.na", now=self.now)
        else:
            refused(
                calendar_days.close, ship_date=ship_date, reason_zh="雪", reason_en="snow", by="li.na", now=self.now
            )

    @rule(minutes=st.sampled_from([1, 5, 14, 16, 60, 600]))
    def time_passes(self, minutes):
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def holds_end(self):
        checkout.expire_holds(self.now)

    @rule()
    def messages_are_told(self):
        outbox.deliver_due(self.now)

    @rule()
    def providers_are_asked(self):
        payments.ask_about_open(self.now)

    @rule()
    def workers_work(self):
        work_off(self.now)

    @rule(day=st.sampled_from(DAYS))
    def a_day_is_planned(self, day):
        planning.plan_day(ship_date=ShipDate.objects.get(date=day), now=self.now)

    @rule(day=st.sampled_from(DAYS))
    def a_day_is_planned_and_shipped(self, day):
        planning.plan_day(ship_date=ShipDate.objects.get(date=day), now=self.now)
        work_off(self.now)

    @rule()
    def carriers_are_asked(self):
        tracking.ask_carriers(self.now)

    @invariant()
    def nothing_is_lost(self):
        if self.has_written():
            self.nothing_is_oversold_and_nothing_leaks()
            self.every_counter_is_the_sum_of_its_movements()
            self.a_wave_holds_what_was_planned_for_its_day_and_nothing_else()
            assert list(ledgers.orders_follow_their_events(self.now)) == []
            self.no_order_is_paid_without_its_money()
            self.the_farm_and_the_cashier_agree_on_what_was_refunded()

    def nothing_is_oversold_and_nothing_leaks(self):
        units, grams = defaultdict(int), defaultdict(int)
        for order in Order.objects.exclude(status__in=["cancelled", "expired"]).prefetch_related("lines__box"):
            units[order.ship_date_id] += order.packing_units
            for part in order.lines.all():
                grams[part.lot_id] += part.quantity * part.box.net_grams
        offered = list(WaitingOrder.objects.filter(status="offered"))
        for place in offered:
            units[place.ship_date_id] += place.packing_units
        for day in ShipDate.objects.all():
            assert day.taken == units[day.pk] <= day.limit
        lots = list(Lot.objects.all())
        assert all(lot.taken <= lot.limit for lot in lots)
        assert sum(lot.taken - grams[lot.pk] for lot in lots) == sum(place.net_grams for place in offered)
        assert any(place.net_grams for place in offered) or all(lot.taken == grams[lot.pk] for lot in lots)

    def every_counter_is_the_sum_of_its_movements(self):
        sums = defaultdict(int)
        for counter, amount in Movement.objects.values_list("counter", "amount"):
            sums[counter] += amount
        for row in [*ShipDate.objects.all(), *Lot.objects.all()]:
            assert row.taken == sums[row.counter]

    def a_wave_holds_what_was_planned_for_its_day_and_nothing_else(self):
        for order in Order.objects.select_related("wave"):
            assert (order.wave is None) == (order.status in {"placed", "paid", "cancelled", "expired"})
            assert order.wave is None or order.wave.ship_date_id == order.ship_date_id

    def no_order_is_paid_without_its_money(self):
        entries, had_fen = LedgerEntry.objects.select_related("payment"), kept()
        captured = {entry.payment.trade_no for entry in entries.filter(refund=None)}
        for order in Order.objects.filter(status__in=PAID):
            assert order.paid_by in captured
            assert had_fen[order.payable] >= order.total_fen

    def the_farm_and_the_cashier_agree_on_what_was_refunded(self):
        for trade in CashierTrade.objects.all():
            assert sum(refund["fen"] for refund in trade.refunds.values()) <= (trade.amount_fen if trade.paid_at else 0)

    def teardown(self) -> None:
        try:
            if ShipDate.objects.exists():
                self.everything_comes_to_rest()
        finally:
            self.undo()

    def everything_comes_to_rest(self) -> None:
        for _ in range(4):
            self.now += dt.timedelta(hours=1)
            checkout.expire_holds(self.now)
            waiting.end_lapsed(self.now)
            payments.ask_about_open(self.now)
            work_off(self.now)
        assert not WaitingOrder.objects.filter(status="offered", offered_until__lte=self.now).exists()
        assert not Order.objects.unpaid().exists()
        had_fen = kept()
        for order in Order.objects.all():
            assert had_fen[order.payable] == (order.total_fen if order.status in PAID else 0), order


def kept() -> dict[str, int]:
    """What the farm's money book has of each thing that was paid."""
    sums: dict[str, int] = defaultdict(int)
    for payable, amount_fen in LedgerEntry.objects.values_list("payable", "amount_fen"):
        sums[payable] += amount_fen
    return sums


@pytest.mark.slow(seconds=30)
@pytest.mark.django_db
def test_whatever_happens_no_box_and_no_fen_is_lost():
    thorough = settings(
        max_examples=int(os.environ.get("MACHINE_EXAMPLES", "8")),
        stateful_step_count=int(os.environ.get("MACHINE_STEPS", "25")),
        deadline=None,
        phases=list(Phase) if "MACHINE_SHRINK" in os.environ else [Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Farm, settings=thorough)
