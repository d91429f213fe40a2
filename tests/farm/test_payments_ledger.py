"""The money book is re-added, and every kind of difference is found."""

import datetime as dt

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F

from farm import jobs, payments
from farm.models import CashierTrade, Job, LedgerEntry, Payment, Refund
from farm.payments import cashier, fake, ledger, providers, refunds
from tests.builders import DAY, NOW, an_attempt

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def books() -> Payment:
    """One payment of ¥128.00, of which ¥8.00 went back."""
    payment = an_attempt()
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=payment.payable, payment=payment.trade_no, amount_fen=800, why="damaged", now=NOW)
    jobs.run(Job.objects.get().key, refunds.send_back, now=NOW)
    return payment


def test_books_that_agree_say_nothing(books):
    assert ledger.differences() == []
    assert payments.check_statement(TODAY) == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: LedgerEntry.objects.filter(refund=None).delete(),
        lambda: LedgerEntry.objects.filter(refund__isnull=False).delete(),
        lambda: LedgerEntry.objects.filter(refund=None).update(amount_fen=12801),
        lambda: LedgerEntry.objects.filter(refund=None).update(payable="order:OTHER"),
        lambda: LedgerEntry.objects.filter(refund__isnull=False).update(amount_fen=-801),
        lambda: Payment.objects.update(status="pending"),
        lambda: Payment.objects.update(refunded_fen=F("refunded_fen") + 1),
        lambda: Refund.objects.update(status="due"),
        lambda: Refund.objects.update(status="refused"),
        lambda: CashierTrade.objects.update(amount_fen=12801),
        lambda: CashierTrade.objects.update(refunds={}),
        lambda: CashierTrade.objects.all().delete(),
    ],
)
def test_every_tampering_is_found(books, tamper):
    tamper()

    assert ledger.differences()


def test_a_payment_that_only_the_cashier_knows_is_found(books):
    lost = an_attempt(payable="order:LOST")
    fake.open_trade(lost.trade_no).update(state="paid", paid_at=NOW)

    assert payments.check_statement(TODAY) == [f"{lost.trade_no}: practice says ¥128.00, we say nothing"]


def test_a_payment_that_only_we_know_is_found(books):
    CashierTrade.objects.update(state="closed")

    assert len(payments.check_statement(TODAY)) == 2


def test_a_statement_is_one_farm_day():
    late = an_attempt(expires_at=NOW + dt.timedelta(days=9))
    cashier.pay(late, dt.datetime.combine(DAY, dt.time(0, 0, 1), NOW.tzinfo))

    assert providers.named("practice").statement(DAY - dt.timedelta(days=1)) == []
    assert len(providers.named("practice").statement(DAY)) == 1


def test_a_provider_nobody_wrote_is_a_mistake_of_the_settings(settings):
    settings.PAYMENT_PROVIDERS = ["pigeons"]

    with pytest.raises(ImproperlyConfigured, match="pigeons"):
        providers.named("pigeons")
