"""Money goes back once, under one number, and never more than came in."""

import datetime as dt

import pytest

from farm import jobs, payments, tasks
from farm.models import CashierTrade, Job, LedgerEntry, OutboxMessage, Payment, Refund, StaffTask
from farm.payments import cashier, fake, ledger, refunds
from farm.payments.providers import RefundOutcome
from farm.states import WrongState
from tests.builders import NOW, an_attempt

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def a_payment(**different: object) -> Payment:
    payment = an_attempt(**different)
    cashier.pay(payment, NOW)
    payment.refresh_from_db()
    return payment


def ask_back(payment: Payment, *, fen: int = 12800, why: str = "cancelled") -> None:
    payments.on_refund_due(payable=payment.payable, payment=payment.trade_no, amount_fen=fen, why=why, now=NOW)


def send(now: dt.datetime = NOW) -> list[bool]:
    return [jobs.run(job.key, refunds.send_back, now=now) for job in Job.objects.order_by("pk")]


def told() -> list[dict[str, object]]:
    return list(OutboxMessage.objects.filter(topic="payment.refunded").values_list("payload", flat=True))


def refunded_fen(payment: Payment) -> int:
    payment.refresh_from_db()
    return payment.refunded_fen


def test_a_refund_is_sent_booked_and_told():
    payment = a_payment()
    ask_back(payment)

    assert send() == [True]

    refund = Refund.objects.get()
    words = {"amount_fen": 12800, "why": "cancelled", "refund_no": refund.refund_no}
    assert refund.status == "done"
    assert [entry.amount_fen for entry in LedgerEntry.objects.order_by("pk")] == [12800, -12800]
    assert told() == [{"payable": "order:TEST", **words}]
    assert list(ledger.differences()) == []


def test_asked_twice_for_one_reason_is_sent_once():
    payment = a_payment()

    ask_back(payment, fen=800)
    ask_back(payment, fen=800)
    send()
    send(NOW + MINUTE)

    assert refunded_fen(payment) == 800
    assert not StaffTask.objects.exists()
    assert Refund.objects.count() == Job.objects.count() == len(told()) == 1
    assert CashierTrade.objects.get().refunds.keys() == {Refund.objects.get().refund_no}


def test_the_worker_s_task_sends_it():
    ask_back(a_payment())

    tasks.refund(key=Job.objects.get().key)

    assert len(told()) == 1


def test_parts_may_go_back_for_different_reasons():
    payment = a_payment()

    ask_back(payment, fen=800, why="damaged")
    ask_back(payment, fen=12000, why="cancelled")
    send()

    assert refunded_fen(payment) == 12800
    assert sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 0
    assert list(ledger.differences()) == []


@pytest.mark.parametrize("fen", [12001, 12800, 0, -1, 2 * 10**9])
def test_never_more_than_was_paid_goes_back(fen):
    payment = a_payment()
    ask_back(payment, fen=800, why="damaged")

    ask_back(payment, fen=fen, why="cancelled")
    ask_back(payment, fen=fen, why="cancelled")

    assert refunded_fen(payment) == 800
    assert Refund.objects.count() == Job.objects.count() == 1
    assert StaffTask.objects.count() == 1


def test_nothing_goes_back_of_what_was_not_paid():
    payment = an_attempt()

    ask_back(payment)

    assert refunded_fen(payment) == 0
    assert not Refund.objects.exists()
    assert not Job.objects.exists()


def test_a_payment_of_another_order_is_never_touched():
    payment = a_payment()

    with pytest.raises(Payment.DoesNotExist):
        payments.on_refund_due(payable="order:OTHER", payment=payment.trade_no, amount_fen=1, why="late", now=NOW)

    assert refunded_fen(payment) == 0


def test_a_refund_whose_answer_was_lost_is_retried_under_its_number(monkeypatch):
    payment = a_payment()
    ask_back(payment)
    real, numbers = fake.PracticeCashier.refund, []

    def answer_lost_once(self, refund, now):
        numbers.append(refund.refund_no)
        outcome = real(self, refund, now)
        if len(numbers) == 1:
            raise TimeoutError
        return outcome

    monkeypatch.setattr(fake.PracticeCashier, "refund", answer_lost_once)

    assert send() == [False]
    assert (told(), Refund.objects.get().status) == ([], "due")
    assert send(NOW + MINUTE) == [True]

    assert len(set(numbers)) == 1
    assert CashierTrade.objects.get().refunds == {numbers[0]: {"fen": 12800, "at": NOW.isoformat()}}
    assert list(ledger.differences()) == []


def test_an_unknown_outcome_is_looked_up_and_then_tried_again(monkeypatch):
    ask_back(a_payment())
    monkeypatch.setattr(fake.PracticeCashier, "refund", lambda self, refund, now: RefundOutcome("unknown", now))

    assert send() == [False]

    assert Job.objects.get().state == "waiting"
    assert (told(), Refund.objects.get().status) == ([], "due")


def a_refused_refund(monkeypatch) -> Refund:
    """The provider says no for good."""
    ask_back(a_payment())
    no = RefundOutcome("refused", NOW, "account closed")
    with monkeypatch.context() as patch:
        patch.setattr(fake.PracticeCashier, "refund", lambda self, refund, now: no)
        send()
    return Refund.objects.get()


def test_a_refused_refund_is_a_task_for_staff(monkeypatch):
    refund = a_refused_refund(monkeypatch)

    assert refund.status == "refused"
    assert refunded_fen(refund.payment) == 0
    assert LedgerEntry.objects.count() == 1
    assert told() == []
    assert "account closed" in StaffTask.objects.get().what
    assert list(ledger.differences()) == []


def test_a_refused_refund_that_was_sent_after_all_is_booked_when_staff_ask(monkeypatch):
    refund = a_refused_refund(monkeypatch)
    fake.PracticeCashier().refund(refund, NOW)

    payments.ask_about_refund(refund=refund, now=NOW)

    assert refunded_fen(refund.payment) == 12800
    assert len(told()) == 1
    assert list(ledger.differences()) == []


def test_asking_about_a_finished_refund_books_nothing_more():
    ask_back(a_payment())
    send()

    with pytest.raises(WrongState):
        payments.ask_about_refund(refund=Refund.objects.get(), now=NOW)

    assert len(told()) == 1
    assert list(ledger.differences()) == []


def test_a_refund_that_staff_booked_first_is_not_booked_by_its_job():
    ask_back(a_payment())
    refund = Refund.objects.get()
    fake.PracticeCashier().refund(refund, NOW)
    payments.ask_about_refund(refund=refund, now=NOW)

    assert send() == [True]

    assert len(told()) == 1
    assert list(ledger.differences()) == []


def test_a_parked_refund_goes_on_when_staff_ask():
    ask_back(a_payment())
    Job.objects.update(state="parked")

    payments.ask_about_refund(refund=Refund.objects.get(), now=NOW)

    assert send() == [True]
    assert len(told()) == 1


def test_the_cashier_keeps_to_its_own_rules():
    payment = a_payment()
    ask_back(payment)
    refund = Refund.objects.get()
    practice = fake.PracticeCashier()

    first = practice.refund(refund, NOW)
    again = practice.refund(refund, NOW + MINUTE)
    refund.amount_fen = 1
    other_amount = practice.refund(refund, NOW)
    refund.refund_no = "RF-OTHER"
    too_much = practice.refund(refund, NOW)

    assert first == again == RefundOutcome("done", NOW)
    assert (other_amount.state, too_much.state) == ("refused", "refused")
