"""Paying at the practice cashier, and what the farm believes of it."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from farm import payments
from farm.models import CashierTrade, LedgerEntry, OutboxMessage, Payment, StaffTask
from farm.payments import cashier, fake, ledger
from farm.payments.providers import Fact
from tests.builders import NOW, an_attempt

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _farm_time():
    with time_machine.travel(NOW, tick=False):
        yield


def choose(payment: Payment, choice: str) -> int:
    """Press one button of the cashier's page and return the answer's status."""
    return Client().post(payment.pay_url, {"choice": choice}).status_code


def captured() -> list[tuple[str, str, int]]:
    """What was told of captured money: payable, trade number, fen."""
    told = OutboxMessage.objects.filter(topic="payment.captured").order_by("pk")
    return [(said.payload["payable"], said.payload["payment"], said.payload["amount_fen"]) for said in told]


def paid_fact(payment: Payment, **different: object) -> Fact:
    words = {"provider": "practice", "trade_no": payment.trade_no, "provider_ref": "PC1", "state": "paid"}
    return Fact(**{**words, "amount_fen": payment.amount_fen, "at": NOW, **different})


def test_paying_once_is_booked_and_told_once():
    payment = an_attempt()

    assert choose(payment, "pay") == 302

    payment.refresh_from_db()
    assert (payment.status, payment.captured_at, payment.ask_again_at) == ("captured", NOW, None)
    assert captured() == [("order:TEST", payment.trade_no, 12800)]
    assert [entry.amount_fen for entry in LedgerEntry.objects.all()] == [12800]
    assert list(ledger.differences()) == []


def test_the_buyer_comes_back_to_the_shop():
    payment = an_attempt(return_url="/o/token/?from=cashier")

    answer = Client().post(payment.pay_url, {"choice": "pay"})

    assert answer["Location"] == "/o/token/?from=cashier"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test/", "/\\evil.test", "///evil.test", "javascript:x", "o/token", ""]
)
def test_nobody_is_sent_to_another_site(elsewhere):
    with pytest.raises(payments.NotOurPath):
        an_attempt(return_url=elsewhere)

    assert not Payment.objects.exists()


def test_a_double_tap_is_one_attempt():
    first, second = an_attempt(), an_attempt()

    assert second == first
    assert second.pay_url == first.pay_url
    assert CashierTrade.objects.count() == 1


def test_another_amount_is_another_attempt():
    assert an_attempt(amount_fen=100) != an_attempt(amount_fen=101)


def test_an_attempt_whose_time_is_over_is_not_offered_again():
    old = an_attempt()

    new = an_attempt(expires_at=NOW + 60 * MINUTE, now=NOW + 16 * MINUTE)

    assert new.trade_no != old.trade_no


def test_an_attempt_that_died_before_the_provider_answered_is_finished():
    payment = an_attempt()
    Payment.objects.update(pay_url="")

    assert an_attempt().pay_url == payment.pay_url


def test_what_is_paid_cannot_be_paid_again():
    choose(an_attempt(), "pay")

    with pytest.raises(payments.AlreadyPaid):
        an_attempt()

    assert Payment.objects.count() == 1


def test_an_unused_provider_is_refused():
    with pytest.raises(payments.UnknownProvider):
        an_attempt(provider="wechat")

    assert not Payment.objects.exists()


def test_a_reload_of_the_payment_changes_nothing():
    payment = an_attempt()

    assert [choose(payment, "pay") for _ in range(3)] == [302, 302, 302]

    assert captured() == [("order:TEST", payment.trade_no, 12800)]


def test_a_refused_card_leaves_the_order_payable():
    refused = an_attempt()
    choose(refused, "fail")
    second = an_attempt()

    choose(second, "pay")

    refused.refresh_from_db()
    assert refused.status == "failed"
    assert captured() == [("order:TEST", second.trade_no, 12800)]


def test_a_failed_payment_cannot_be_paid_any_more():
    payment = an_attempt()
    choose(payment, "fail")

    assert choose(payment, "pay") == 409

    assert captured() == []


def test_going_back_without_paying_changes_nothing():
    payment = an_attempt()

    assert choose(payment, "abandon") == 302

    assert cashier.stage(payment, NOW) == "open"
    assert captured() == []


def test_paying_in_two_tabs_takes_both_and_tells_both():
    payment = an_attempt()

    choose(payment, "twice")

    first, second = Payment.objects.order_by("pk")
    assert captured() == [("order:TEST", first.trade_no, 12800), ("order:TEST", second.trade_no, 12800)]
    assert list(ledger.differences()) == []


def test_reloading_the_double_payment_takes_nothing_more():
    payment = an_attempt()

    choose(payment, "twice")
    choose(payment, "twice")

    assert len(captured()) == 2


def test_a_fact_told_five_times_is_booked_once():
    payment = an_attempt()

    for _ in range(5):
        payments.settle(paid_fact(payment), now=NOW)

    assert len(captured()) == LedgerEntry.objects.count() == 1
    assert payment.events.filter(what="captured").count() == 1


@pytest.mark.parametrize(
    "different",
    [
        {"amount_fen": 12799},
        {"amount_fen": 12801},
        {"trade_no": "PT00000000000000000000"},
        {"provider": "wechat"},
    ],
)
def test_money_that_does_not_fit_is_a_question_for_staff(different):
    payment = an_attempt()

    for _ in range(2):
        with pytest.raises(payments.Unexplained):
            payments.settle(paid_fact(payment, **different), now=NOW)

    payment.refresh_from_db()
    assert (payment.status, LedgerEntry.objects.count(), captured()) == ("pending", 0, [])
    assert StaffTask.objects.count() == 1


@pytest.mark.parametrize("state", ["failed", "closed"])
def test_a_late_failure_never_takes_a_payment_back(state):
    payment = an_attempt()
    payments.settle(paid_fact(payment), now=NOW)

    payments.settle(paid_fact(payment, state=state), now=NOW)

    payment.refresh_from_db()
    assert payment.status == "captured"


def test_closing_leaves_a_failed_attempt_failed():
    payment = an_attempt()
    choose(payment, "fail")

    payments.settle(paid_fact(payment, state="closed"), now=NOW)

    payment.refresh_from_db()
    assert payment.status == "failed"


def test_money_for_a_closed_attempt_is_taken_and_told():
    payment = an_attempt()
    payments.settle(paid_fact(payment, state="closed"), now=NOW)

    payments.settle(paid_fact(payment), now=NOW + MINUTE)

    payment.refresh_from_db()
    assert payment.status == "captured"
    assert len(captured()) == 1


def test_a_notification_may_be_faster_than_the_answer(monkeypatch):
    slow = fake.PracticeCashier.prepare

    def paid_meanwhile(self, payment, subject, now):
        url = slow(self, payment, subject, now)
        cashier.pay(payment, now)
        return url

    monkeypatch.setattr(fake.PracticeCashier, "prepare", paid_meanwhile)
    payment = an_attempt()

    payment.refresh_from_db()
    assert (payment.status, payment.pay_url) == ("captured", f"/cashier/{payment.trade_no}/")


def test_a_provider_s_address_may_be_long(monkeypatch):
    address = f"https://pay.example/?order={'x' * 3000}"
    monkeypatch.setattr(fake.PracticeCashier, "prepare", lambda *asked: address)

    payment = an_attempt()

    payment.refresh_from_db()
    assert payment.pay_url == address
