"""One payment, many hands: started, settled, refunded and taken at the desk in the same moment.

Each control does the same with its guard left out, and must go wrong.
"""

import datetime as dt
from threading import Barrier

import pytest
from django.db import IntegrityError
from django.db.models import F, Sum

from farm import idempotency, payments
from farm.models import LedgerEntry, OutboxMessage, Payment, PaymentEvent, Refund, TillEntry
from farm.payments import Bill, fake, ledger, opening, refunds, settling
from farm.payments.refunds import MoreThanPaid
from farm.states import WrongState
from tests.builders import NOW, an_attempt
from tests.concurrency.crowd import PATIENCE, overtaken, together

pytestmark = pytest.mark.django_db(transaction=True)
HANDS, ROUNDS = 4, 6
THE_END = NOW + dt.timedelta(minutes=15)
FEN = 12800


def a_paid_trade(payable: str) -> Payment:
    """The cashier has the money and the farm does not know it yet."""
    payment = an_attempt(payable=payable)
    fake.open_trade(payment.trade_no).update(state="paid", paid_at=NOW)
    return payment


def a_captured(payable: str) -> Payment:
    payment = a_paid_trade(payable)
    payments.ask_about(payment=payment, now=NOW)
    payment.refresh_from_db()
    return payment


def notify(payment: Payment) -> None:
    """The provider's own message, as the door hands it on."""
    payments.settle(fake.PracticeCashier().query(payment.trade_no, NOW), now=NOW)


@pytest.fixture
def all_look_first(monkeypatch):
    """All hands of a race have looked for earlier attempts before the first writes one down."""
    look, all_have_looked = opening.attempts, Barrier(HANDS, timeout=PATIENCE)

    def look_together(payable: str) -> object:
        earlier = look(payable)
        all_have_looked.wait()
        return earlier

    monkeypatch.setattr(opening, "attempts", look_together)


def start_together() -> int:
    """How many attempts come of many taps at the same moment."""
    together(*[an_attempt] * HANDS)
    return Payment.objects.count()


def test_many_taps_at_the_same_moment_open_one_attempt(all_look_first):
    assert start_together() == 1


def test_control_taps_that_do_not_remember_each_other_open_several(all_look_first, monkeypatch):
    monkeypatch.setattr(idempotency, "remember", lambda request, *, subject, now: None)

    assert start_together() == HANDS


def settle_together() -> list[object]:
    """Notification and sweep find the same money at once, whether the hold has just ended or not."""
    ended: list[object] = []
    for number in range(ROUNDS):
        payment = a_paid_trade(f"thing:{number}")
        now = (NOW + dt.timedelta(minutes=1), THE_END)[number % 2]
        acts = [
            lambda payment=payment: notify(payment),
            lambda payment=payment, now=now: payments.ask_about(payment=payment, now=now),
        ]
        ended += together(lambda now=now: payments.ask_about_open(now), *acts * 2)
    return [error for error in ended if isinstance(error, Exception)]


def test_notification_and_sweep_in_the_same_moment_capture_once():
    errors = settle_together()

    assert errors == []
    assert set(Payment.objects.values_list("status", flat=True)) == {"captured"}
    assert PaymentEvent.objects.filter(what="captured").count() == ROUNDS
    assert OutboxMessage.objects.filter(topic="payment.captured").count() == LedgerEntry.objects.count() == ROUNDS
    assert list(ledger.differences()) == []


def settle_in_between(monkeypatch) -> list[object]:
    """The notification has looked at its payment; the sweep keeps the same money first; the notification goes on."""
    payment, keep, looked = a_paid_trade("thing:late"), settling._apply, []

    def notified(pause) -> None:
        def keep_slowly(*given: object) -> None:
            if not looked:
                looked.append(given)
                pause()
            keep(*given)

        monkeypatch.setattr(settling, "_apply", keep_slowly)
        notify(payment)

    return overtaken(notified, by=lambda: payments.ask_about_open(NOW + dt.timedelta(minutes=1)))


def test_money_kept_since_a_notification_looked_is_kept_once(monkeypatch):
    told = settle_in_between(monkeypatch)

    assert [error for error in told if isinstance(error, Exception)] == []
    assert PaymentEvent.objects.filter(what="captured").count() == LedgerEntry.objects.count() == 1


def test_control_settling_by_read_and_save_captures_twice(monkeypatch):
    """Only the ledger's own constraint is left to stop it, and it does so with an error."""

    def move_carelessly(self: Payment, to: str, *, at: dt.datetime, **fields: object) -> None:
        if self.status not in self.MOVES[to]:
            raise WrongState(self, to)
        Payment.objects.filter(pk=self.pk).update(status=to)

    monkeypatch.setattr(Payment, "move", move_carelessly)

    assert isinstance(settle_in_between(monkeypatch)[0], IntegrityError)


def promised_together(promise) -> list[int]:
    """What is promised back of each payment when many refunds of six tenths of it are asked for at once."""
    sums = []
    for number in range(ROUNDS):
        payment = a_captured(f"thing:{number}")
        said = together(*[lambda pk=payment.pk: promise(pk, FEN * 6 // 10)] * HANDS)
        sums.append(sum(FEN * 6 // 10 for answer in said if not isinstance(answer, MoreThanPaid)))
    return sums


def test_refunds_promised_at_once_never_exceed_what_was_captured():
    assert max(promised_together(refunds._promise)) <= FEN


def test_control_refunds_promised_by_read_and_save_exceed_it():
    all_have_read = Barrier(HANDS, timeout=PATIENCE)

    def promise_carelessly(pk: int, fen: int) -> None:
        payment = Payment.objects.get(pk=pk)
        all_have_read.wait()
        if payment.refunded_fen + fen > payment.amount_fen:
            raise MoreThanPaid
        Payment.objects.filter(pk=pk).update(refunded_fen=payment.refunded_fen + fen)

    assert max(promised_together(promise_carelessly)) > FEN


def test_two_reasons_to_refund_at_once_send_back_no_more_than_came_in():
    for number in range(ROUNDS):
        payment = a_captured(f"thing:{number}")

        def ask(why: str, payment: Payment = payment) -> None:
            words = {"payable": payment.payable, "payment": payment.trade_no, "amount_fen": FEN * 6 // 10}
            payments.on_refund_due(**words, why=why, now=NOW)

        together(*[lambda why=why: ask(why) for why in ("late", "double", "cancelled", "late")])

    over = Payment.objects.annotate(back=Sum("refunds__amount_fen")).filter(back__gt=F("amount_fen"))
    assert (Refund.objects.count(), over.exists()) == (ROUNDS, False)
    assert list(ledger.differences()) == []


def take_together() -> int:
    """How many entries of the till come of hands that take the same money at the desk at the same moment."""
    bill = Bill(payable="thing:1", amount_fen=FEN, subject="A visit", expires_at=THE_END)
    said = together(*[lambda: payments.take_at_desk(bill, by="lin", how="cash", now=NOW)] * HANDS)
    assert [answer for answer in said if isinstance(answer, Exception)] == []
    return TillEntry.objects.count()


def test_two_hands_take_the_same_money_at_the_desk_once(all_look_first):
    assert take_together() == 1
    assert OutboxMessage.objects.filter(topic="payment.captured").count() == LedgerEntry.objects.count() == 1


def test_control_hands_that_do_not_remember_each_other_take_it_more_than_once(all_look_first, monkeypatch):
    monkeypatch.setattr(idempotency, "remember", lambda request, *, subject, now: None)

    assert take_together() == HANDS


def test_a_refund_of_the_desk_is_paid_back_by_one_hand():
    for number in range(ROUNDS):
        bill = Bill(payable=f"thing:{number}", amount_fen=FEN, subject="A visit", expires_at=THE_END)
        payment = payments.take_at_desk(bill, by="lin", how="cash", now=NOW)
        payments.on_refund_due(payable=bill.payable, payment=payment.trade_no, amount_fen=FEN, why="rained", now=NOW)
        number_of = Refund.objects.get(payment=payment).pk

        def pay_back(pk: int = number_of) -> None:
            refund = Refund.objects.select_related("payment").get(pk=pk)
            payments.pay_back(refund=refund, by="wang", how="cash", now=NOW)

        said = together(*[pay_back] * HANDS)
        assert sum(isinstance(answer, WrongState) for answer in said) == HANDS - 1, said

    assert sum(TillEntry.objects.values_list("amount_fen", flat=True)) == 0
    assert sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 0
    assert list(ledger.differences()) == []
