"""Settle what a provider says of an attempt, however often and by whichever way it says it."""

import datetime as dt

from django.db import transaction

from farm import outbox
from farm.models import LedgerEntry, Payment
from farm.money import yuan
from farm.payments.providers import Fact
from farm.payments.questions import ask_staff
from farm.states import WrongState


class Unexplained(Exception):
    """A genuine fact that does not fit what we know; nothing was booked and staff were asked."""


def settle(fact: Fact, *, now: dt.datetime) -> Payment:
    """Apply one fact to its attempt and return it; a repeat changes nothing.

    Money is taken even for a closed or failed attempt, because it did arrive: who is paid decides to send it back.

    :raises Unexplained: for an unknown trade number, another provider's trade or another amount.
    """
    payment = Payment.objects.filter(trade_no=fact.trade_no).first()
    if doubt := _doubt(payment, fact):
        _ask_about(fact, doubt, now)
        raise Unexplained(doubt)
    assert payment is not None  # noqa: S101  # _doubt spoke for None; this tells the type checker
    try:
        if fact.state == "paid":
            _capture(payment, fact, now)
        elif payment.status == Payment.Status.PENDING:
            payment.move(fact.state, at=now, ask_again_at=None)
    except WrongState:  # a repeat, or another way was faster with the same fact
        payment.refresh_from_db()
    return payment


def _doubt(payment: Payment | None, fact: Fact) -> str:
    if payment is None:
        return "unknown trade number"
    if payment.provider != fact.provider:
        return f"it was opened at {payment.provider}"
    if fact.state == "paid" and payment.amount_fen != fact.amount_fen:
        return f"it asks for ¥{yuan(payment.amount_fen)}"
    return ""


def _ask_about(fact: Fact, doubt: str, now: dt.datetime) -> None:
    ask_staff(
        question=f"{fact.provider} says {fact.state} ¥{yuan(fact.amount_fen)} for {fact.trade_no}: {doubt}",
        key=f"{fact.provider} {fact.trade_no} {fact.state} {fact.amount_fen}",
        about=fact.trade_no,
        now=now,
    )


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
