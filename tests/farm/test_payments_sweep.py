"""Payments that nobody told us about, and attempts whose time is over."""

import datetime as dt

import pytest

from farm import payments
from farm.models import CashierTrade, OutboxMessage, Payment, PaymentEvent, StaffTask
from farm.payments import cashier, desk, fake, ledger
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


def test_the_provider_is_asked_often_at_first_then_every_two_minutes_and_twice_at_the_end():
    payment = an_attempt(expires_at=NOW + 10 * MINUTE)
    asked = []

    while payment.ask_again_at:
        asked.append((payment.ask_again_at - NOW) / SECOND)
        payments.ask_about_open(payment.ask_again_at)
        payment.refresh_from_db()

    assert asked == [20, 45, 90, 150, 270, 390, 510, 570, 600]
    assert payment.status == "closed"


def test_money_nobody_told_us_about_is_found_within_three_minutes_whenever_it_was_paid():
    """A buyer every 23 seconds of the hold and one in its very last moment, all notifications lost."""
    last = 15 * MINUTE - dt.timedelta(microseconds=1)
    moments = [NOW + number * 23 * SECOND for number in range(39)] + [NOW + last]
    unpaid = [(an_attempt(payable=f"order:{number}"), at) for number, at in enumerate(moments)]

    for beats in range(15 * 3 + 10):  # the sweep comes every 20 seconds
        now = NOW + beats * 20 * SECOND
        for payment, at in [(payment, at) for payment, at in unpaid if at <= now]:
            pay_in_silence(payment, at=at)
            unpaid.remove((payment, at))
        payments.ask_about_open(now)

    found = PaymentEvent.objects.filter(what="captured").select_related("payment")
    assert found.count() == len(moments)
    assert max(event.at - event.payment.captured_at for event in found) <= 3 * MINUTE


@pytest.mark.parametrize("late", [31 * SECOND, 5 * MINUTE, 60 * MINUTE, 25 * 60 * MINUTE, 60 * 60 * MINUTE])
def test_money_that_comes_after_the_hold_is_found_ever_more_slowly_but_within_the_hour(late):
    payment = an_attempt()
    CashierTrade.objects.update(pays_at=payment.expires_at + late)

    while payment.ask_again_at:
        payments.ask_about_open(payment.ask_again_at)
        payment.refresh_from_db()

    assert payment.status == "captured"
    waited = payment.events.get(what="captured").at - payment.captured_at
    assert waited <= min(dt.timedelta(hours=1), max(late / 2, 30 * SECOND))


def test_an_attempt_of_which_nobody_can_say_anything_is_let_go_after_three_days(monkeypatch):
    payment, asked = an_attempt(), []
    monkeypatch.setattr(fake.PracticeCashier, "query", lambda self, trade_no, now: asked.append(now))
    monkeypatch.setattr(fake.PracticeCashier, "close", lambda self, trade_no, now: asked.append(now))

    while payment.ask_again_at:
        payments.ask_about_open(payment.ask_again_at)
        payment.refresh_from_db()

    assert payment.status == "closed"
    assert asked[-1] - payment.expires_at >= dt.timedelta(days=3)
    assert len(asked) < 100


def test_money_for_an_attempt_that_was_let_go_is_still_taken(monkeypatch):
    payment = an_attempt()
    with monkeypatch.context() as patch:
        patch.setattr(fake.PracticeCashier, "close", lambda self, trade_no, now: None)
        payments.ask_about(payment=payment, now=payment.expires_at + dt.timedelta(days=4))

    cashier.pay(payment, NOW)

    assert status(payment) == "captured"


def test_one_sweep_asks_about_two_hundred_at_most(monkeypatch):
    asked = []
    monkeypatch.setattr(fake.PracticeCashier, "query", lambda self, trade_no, now: asked.append(trade_no))
    first = an_attempt()
    same = {"provider": first.provider, "amount_fen": first.amount_fen, "started_at": NOW, "status": first.status}
    same |= {"expires_at": first.expires_at, "ask_again_at": first.ask_again_at}
    others = (Payment(payable=f"order:{number}", trade_no=f"PT{number}", **same) for number in range(202))
    Payment.objects.bulk_create(others)

    payments.ask_about_open(NOW + MINUTE)
    first = len(asked)
    payments.ask_about_open(NOW + MINUTE)

    assert (first, len(set(asked))) == (200, 203)


def test_a_lost_notification_is_found():
    payment = an_attempt()
    pay_in_silence(payment)

    assert payments.ask_about_open(NOW + MINUTE) == 1

    assert status(payment) == "captured"
    assert payment.captured_at == NOW
    assert list(ledger.differences()) == []


def test_nothing_is_asked_before_its_time():
    pay_in_silence(an_attempt())

    assert payments.ask_about_open(NOW + 19 * SECOND) == 0


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


def test_a_silent_provider_is_asked_three_times_and_no_other_waits_for_it(monkeypatch):
    """Seven attempts are due; to wait for an answer about each would keep a worker from everything else."""
    for number in range(6):
        an_attempt(payable=f"order:{number}")
    Payment.objects.filter(pk=an_attempt(payable="order:LAST").pk).update(provider="desk")
    asked = []

    def wait_in_vain(self, trade_no, now):
        asked.append("practice")
        raise TimeoutError

    monkeypatch.setattr(fake.PracticeCashier, "query", wait_in_vain)
    monkeypatch.setattr(desk.Desk, "query", lambda self, trade_no, now: asked.append("desk"))

    payments.ask_about_open(NOW + MINUTE)

    assert asked == ["practice"] * 3 + ["desk"]
    assert not Payment.objects.filter(ask_again_at__lte=NOW + MINUTE).exists()


@pytest.mark.parametrize("amount_fen", [None, 1])
def test_whoever_answers_now_and_then_is_not_silent(monkeypatch, amount_fen):
    """With nothing to say yet, or with an amount that nobody can explain."""
    for number in range(6):
        an_attempt(payable=f"order:{number}")
    asked = []

    def answer_every_third(self, trade_no, now):
        asked.append(trade_no)
        if len(asked) % 3:
            raise TimeoutError
        return amount_fen and payments.Fact("practice", trade_no, "ref", "paid", amount_fen, now)

    monkeypatch.setattr(fake.PracticeCashier, "query", answer_every_third)

    payments.ask_about_open(NOW + MINUTE)

    assert len(asked) == 6


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
