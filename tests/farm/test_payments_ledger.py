"""The money book is re-added, and every kind of difference is found."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from farm import jobs, payments
from farm.models import CashierTrade, Job, LedgerEntry, Payment, Refund
from farm.payments import cashier, ledger, providers, refunds
from tests.builders import NOW, an_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Payment:
    """One payment of ¥128.00, of which ¥8.00 went back."""
    payment = an_attempt()
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=payment.payable, payment=payment.trade_no, amount_fen=800, why="damaged", now=NOW)
    jobs.run(Job.objects.get().key, refunds.send_back, now=NOW)
    return payment


def test_books_that_agree_say_nothing(books):
    assert list(ledger.differences()) == []


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

    assert list(ledger.differences())


def test_what_differs_is_told_in_a_sentence(books):
    Payment.objects.update(payable="order:OTHER")

    assert "order:TEST: the ledger differs by ¥120.00 from its payments and refunds" in list(ledger.differences())


def test_the_book_is_compared_in_batches_however_long_it_is(books, monkeypatch):
    monkeypatch.setattr(ledger, "PER_LOOK", 2)
    for number in range(5):
        cashier.pay(an_attempt(payable=f"order:{number}"), NOW)
    CashierTrade.objects.filter(trade_no=Payment.objects.get(payable="order:3").trade_no).update(state="open")

    assert len(list(ledger.differences())) == 1


def test_the_number_of_statements_does_not_grow_with_the_book(books):
    with CaptureQueriesContext(connection) as one:
        list(ledger.differences())
    for number in range(20):
        cashier.pay(an_attempt(payable=f"order:{number}"), NOW)
    with CaptureQueriesContext(connection) as many:
        list(ledger.differences())

    assert len(many) == len(one)


def test_a_provider_nobody_wrote_is_a_mistake_of_the_settings(settings):
    settings.PAYMENT_PROVIDERS = ["pigeons"]

    with pytest.raises(ImproperlyConfigured, match="pigeons"):
        providers.named("pigeons")
