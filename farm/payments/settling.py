"""Settle what a provider says of an attempt, however often and by whichever way it says it."""

import datetime as dt

from django.db import transaction

from farm import chores, outbox
from farm.models import LedgerEntry, Payment
from farm.money import yuan
from farm.payments.providers import Fact
from farm.refusals import Refused
from farm.states import WrongState

ANSWER_WITHIN = dt.timedelta(hours=24)


class Unexplained(Refused):
    """A genuine fact that does not fit what we know; nothing was booked and staff were asked."""

    code = "unexplained"


def settle(fact: Fact, *, now: dt.datetime) -> Payment:
    """Apply one fact to its attempt and return it; a repeat changes nothing.

    Money is taken even for a closed or failed attempt, because it did arrive: who is paid decides to send it back.

    :raises Unexplained: for an unknown trade number, another provider's trade or another amount.
    """
    payment = Payment.objects.filter(trade_no=fact.trade_no).first()
    if payment is None:
        raise _unexplained(fact, "No payment of ours has this number.", now)
    if payment.provider != fact.provider:
        raise _unexplained(fact, f"It was opened at {payment.provider}.", now)
    if fact.state == "paid" and payment.amount_fen != fact.amount_fen:
        raise _unexplained(fact, f"It asks for ¥{yuan(payment.amount_fen)}.", now)
    try:
        _apply(fact, payment, now)
    except WrongState:  # a repeat, or another way was faster with the same fact
        payment.refresh_from_db()
    return payment


def _unexplained(fact: Fact, doubt: str, now: dt.datetime) -> Unexplained:
    chores.raise_task(
        key=f"money:{fact.provider}:{fact.trade_no[:32]}:{fact.state}:{fact.amount_fen}",
        what=f"{fact.provider} says {fact.state} ¥{yuan(fact.amount_fen)} for {fact.trade_no[:32]}. {doubt}",
        about=fact.trade_no[:32],
        due_at=now + ANSWER_WITHIN,
        now=now,
    )
    return Unexplained(doubt, advice="Staff were asked.")


@transaction.atomic
def _apply(fact: Fact, payment: Payment, now: dt.datetime) -> None:
    if fact.state == "paid":
        _capture(payment, fact, now)
    elif payment.status == Payment.Status.PENDING:
        payment.move(fact.state, at=now, ask_again_at=None)


@transaction.atomic
def _capture(payment: Payment, fact: Fact, now: dt.datetime) -> None:
    payment.move(
        Payment.Status.CAPTURED, at=now, captured_at=fact.at, provider_ref=fact.provider_ref, ask_again_at=None
    )
    LedgerEntry.objects.create(at=fact.at, payable=payment.payable, payment=payment, amount_fen=payment.amount_fen)
    outbox.publish(
        "payment.captured",
        at=now,
        payable=payment.payable,
        payment=payment.trade_no,
        amount_fen=payment.amount_fen,
    )
