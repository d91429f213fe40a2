"""Payments that nobody told us about, and attempts whose time is over."""

import datetime as dt

import pytest

from farm import payments
from farm.models import CashierTrade, OutboxMessage, Payment, StaffTask
from farm.payments import cashier, fake, ledger
from tests.builders import NOW, an_attempt

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)


def pay_in_silence(payment: Payment, at: dt.datetime = NOW) -> None:
    """The buyer pays, and the provider's message gets lost on its way."""
    fake.open_trade(payment.trade_no).update(state="paid", paid_at=at)


def status(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def test_the_provider_is_asked_after_1_3_10_minutes_and_at_the_end():
    payment = an_attempt(expires_at=NOW + 15 * MINUTE)
    asked = []

    while payment.ask_again_at:
        asked.append((payment.ask_again_at - NOW) / MINUTE)
        payments.ask_about_open(payment.ask_again_at)
        payment.refresh_from_db()

    assert asked == [1, 3, 10, 15]
    assert payment.status == "closed"


def test_a_lost_notification_is_found():
    payment = an_attempt()
    pay_in_silence(payment)

    assert payments.ask_about_open(NOW + MINUTE) == 1

    assert status(payment) == "captured"
    assert payment.captured_at == NOW
    assert ledger.differences() == []


def test_nothing_is_asked_before_its_time():
    an_attempt()

    assert payments.ask_about_open(NOW + 59 * SECOND) == 0


def test_the_cashier_refuses_a_trade_that_the_shop_closed(client):
    payment = an_attempt()
    payments.ask_about_open(payment.expires_at)

    answer = client.post(payment.pay_url, {"choice": "pay"})

    assert answer.status_code == 409
    assert b"was closed" in answer.content
    assert status(payment) == "closed"
    assert CashierTrade.objects.get().state == "closed"


def test_money_paid_in_the_last_second_wins_over_closing():
    payment = an_attempt()
    pay_in_silence(payment, at=payment.expires_at - SECOND)

    payments.ask_about_open(payment.expires_at)

    assert status(payment) == "captured"


def test_late_money_is_found_after_the_hold_has_ended():
    payment = an_attempt()
    cashier.pay_late(payment, NOW)

    payments.ask_about_open(payment.expires_at)
    assert status(payment) == "pending"
    payments.ask_about_open(payment.expires_at + 40 * SECOND)

    assert status(payment) == "captured"
    assert payment.captured_at == payment.expires_at + 30 * SECOND
    assert OutboxMessage.objects.filter(topic="payment.captured").count() == 1


def test_paying_late_twice_is_paying_late_once():
    payment = an_attempt()
    cashier.pay_late(payment, NOW)

    cashier.pay_late(payment, NOW)
    with pytest.raises(cashier.TradeOver):
        cashier.pay(payment, NOW)

    assert CashierTrade.objects.get().pays_at == payment.expires_at + 30 * SECOND


def test_an_attempt_the_provider_never_heard_of_is_closed_for_good():
    payment = an_attempt()
    CashierTrade.objects.all().delete()

    payments.ask_about_open(payment.expires_at)
    fake.PracticeCashier().prepare(payment, "grapes", NOW)

    assert status(payment) == "closed"
    assert CashierTrade.objects.get().state == "closed"


def test_a_wrong_amount_is_asked_about_once_and_left_to_staff():
    payment = an_attempt()
    pay_in_silence(payment)
    CashierTrade.objects.update(amount_fen=1)

    payments.ask_about_open(NOW + MINUTE)

    assert status(payment) == "pending"
    assert payment.ask_again_at is None
    assert StaffTask.objects.count() == 1


def test_a_provider_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    broken, fine = an_attempt(), an_attempt(payable="order:OTHER")
    cashier.pay_late(fine, NOW)
    query = fake.PracticeCashier.close

    def cut(self, trade_no, now):
        if trade_no == broken.trade_no:
            raise TimeoutError
        return query(self, trade_no, now)

    monkeypatch.setattr(fake.PracticeCashier, "close", cut)

    payments.ask_about_open(fine.expires_at + MINUTE)

    assert status(broken) == "pending"
    assert broken.ask_again_at > fine.expires_at + MINUTE
    assert status(fine) == "captured"


def test_two_workers_do_not_ask_twice(monkeypatch):
    payment = an_attempt()
    asked = []

    def query(self, trade_no, now):
        asked.append(trade_no)
        if len(asked) == 1:
            payments.ask_about_open(now)

    monkeypatch.setattr(fake.PracticeCashier, "query", query)

    payments.ask_about_open(NOW + MINUTE)

    assert asked == [payment.trade_no]
