"""A refund that its provider refused, sent back by our own people: booked once, told, and no drift."""

import datetime as dt

import pytest

from farm import jobs, ledgers, payments
from farm.models import Job, LedgerEntry, OutboxMessage, PaidAnotherWay, Refund, StaffTask, StatementCheck
from farm.payments import cashier, fake, ledger, refunds
from farm.payments.providers import RefundOutcome
from tests.builders import NOW, an_attempt
from tests.staff import a_member, act, page_of, press

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def a_refund(monkeypatch, *, state: str = "refused") -> Refund:
    """One that the practice cashier answers with `state`."""
    payment = an_attempt()
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=payment.payable, payment=payment.trade_no, amount_fen=12800, why="late", now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(fake.PracticeCashier, "refund", lambda *_: RefundOutcome(state, NOW, "account closed"))
        jobs.run(Job.objects.get().key, refunds.send_back, now=NOW)
    return Refund.objects.select_related("payment").get()


def sent(refund: Refund, *, how: str = "transfer", reference: str = "ICBC 8841") -> PaidAnotherWay:
    return payments.pay_another_way(refund=refund, how=how, reference=reference, by="lin", now=NOW + DAY)


def told() -> int:
    return OutboxMessage.objects.filter(topic="payment.refunded").count()


def nothing_was_written(refund: Refund) -> bool:
    before = refund.status
    refund.refresh_from_db()
    return refund.status == before and not PaidAnotherWay.objects.exists() and LedgerEntry.objects.count() == 1


def test_money_sent_by_hand_is_booked_told_and_its_task_settled(monkeypatch):
    refund = a_refund(monkeypatch)

    paid = sent(refund)

    refund.refresh_from_db()
    assert (refund.status, refund.payment.ledger.get(refund=refund).amount_fen) == ("done", -12800)
    assert (paid.how, paid.reference, paid.by, paid.amount_fen) == ("transfer", "ICBC 8841", "lin", 12800)
    assert (told(), StaffTask.objects.get().settled_by) == (1, "lin")
    assert list(ledger.differences()) == []
    assert list(ledgers.refunds_go_back_in_time(NOW + 9 * DAY)) == []


@pytest.mark.parametrize("group", ["gate", "packing", "shop"])
def test_who_may_pay_nothing_back_cannot_say_that_it_was(client, monkeypatch, group):
    a_refund(monkeypatch)
    a_member(client, group)

    said = act(client, "settle", StaffTask.objects.get())

    assert "This task is about money." in said
    assert client.get(page_of(StaffTask.objects.get())).status_code == 200
    assert StaffTask.objects.get().settled_at is None
    assert list(ledgers.refunds_go_back_in_time(NOW + 9 * DAY)) != []


def test_who_pays_money_back_may_say_that_nothing_is_owed(client, monkeypatch):
    a_refund(monkeypatch)
    a_member(client, "money")

    act(client, "settle", StaffTask.objects.get())

    assert StaffTask.objects.get().settled_by == "money"


def test_the_providers_statement_knows_nothing_of_it_and_agrees(monkeypatch):
    sent(a_refund(monkeypatch))

    payments.check_statement(provider="practice", date=(NOW + DAY).date(), now=NOW + 2 * DAY)

    assert StatementCheck.objects.get().differences == 0


def test_a_provider_that_sends_it_all_the_same_is_a_difference(monkeypatch):
    refund = a_refund(monkeypatch)
    sent(refund)
    fake.PracticeCashier().refund(refund, NOW + DAY)

    payments.check_statement(provider="practice", date=(NOW + DAY).date(), now=NOW + 2 * DAY)

    assert StatementCheck.objects.get().differences == 1


@pytest.mark.parametrize("state", ["done", "by_hand"])
def test_what_was_not_refused_is_not_sent_by_hand(monkeypatch, state):
    refund = a_refund(monkeypatch, state=state)
    before = LedgerEntry.objects.count()

    with pytest.raises(payments.NotRefused):
        sent(refund)

    assert (PaidAnotherWay.objects.count(), LedgerEntry.objects.count()) == (0, before)


@pytest.mark.parametrize("words", [{"reference": "  "}, {"reference": "x" * 65}, {"how": "barter"}])
def test_without_way_or_reference_nothing_is_written(monkeypatch, words):
    refund = a_refund(monkeypatch)

    with pytest.raises(payments.NoReference):
        sent(refund, **words)

    assert nothing_was_written(refund)


def test_it_is_written_once(monkeypatch):
    refund = a_refund(monkeypatch)
    sent(refund)

    with pytest.raises(payments.NotRefused):
        sent(refund)

    assert (PaidAnotherWay.objects.count(), told()) == (1, 1)


def test_a_hand_in_the_book_shows(monkeypatch):
    sent(a_refund(monkeypatch))
    PaidAnotherWay.objects.update(amount_fen=1)

    assert "sent by hand" in next(ledger.differences())


def test_staff_write_it_down_on_the_refunds_page(client, monkeypatch):
    refund = a_refund(monkeypatch)
    a_member(client, "money")

    page = client.get(page_of(refund)).content.decode()
    press(client, "paid_another_way", refund, how="transfer", reference="ICBC 8841")

    assert "Paid back another way" in page
    assert PaidAnotherWay.objects.get().by == "money"
    assert "ICBC 8841" in client.get(page_of(refund)).content.decode()


def test_who_only_packs_may_not(client, monkeypatch):
    refund = a_refund(monkeypatch)
    a_member(client, "packing")

    press(client, "paid_another_way", refund, how="cash", reference="Lin")

    assert nothing_was_written(refund)
