"""Settle what a provider says of an attempt, however often and by whichever way it says it."""

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farm import chores, outbox, rows
from farm.models import LedgerEntry, Payment
from farm.money import yuan
from farm.payments.providers import Fact
from farm.refusals import Refused
from farm.states import WrongState

TASK_PREFIX = "money:"
ANSWER_WITHIN = dt.timedelta(hours=24)


class Unexplained(Refused):
    """A genuine fact that does not fit what we know; nothing was booked and staff were asked."""

    code = "unexplained"


def settle(fact: Fact, *, now: dt.datetime) -> Payment:
    """Apply one fact to its attempt and return it; a repeat changes nothing.

    Money is taken even for a closed or failed attempt, because it did arrive: who is paid decides to send it back.

    :raises Unexplained: for an unknown trade number, another provider's trade or another amount.
    """
    payment = rows.first(numbered, fact.trade_no)
    if payment is None:
        raise _unexplained(fact, lambda: _("No payment of ours has this number."), now)
    if payment.provider != fact.provider:
        raise _unexplained(fact, partial(_opened_elsewhere, payment), now)
    if fact.state == "paid" and payment.amount_fen != fact.amount_fen:
        raise _unexplained(fact, partial(_asks_for_another, payment), now)
    try:
        _apply(fact, payment, now)
    except WrongState:  # a repeat, or another way was faster with the same fact
        payment.refresh_from_db()
    return payment


def numbered(trade_no: str) -> QuerySet[Payment]:
    return Payment.objects.filter(trade_no=trade_no)


def _opened_elsewhere(payment: Payment) -> str:
    return _("It was opened at %(provider)s.") % {"provider": payment.provider}


def _asks_for_another(payment: Payment) -> str:
    return _("It asks for ¥%(amount)s.") % {"amount": yuan(payment.amount_fen)}


def _unexplained(fact: Fact, doubt: chores.Saying, now: dt.datetime) -> Unexplained:
    def what() -> str:
        facts = {"provider": fact.provider, "state": fact.state, "trade": fact.trade_no[:32], "doubt": doubt()}
        amount = {"amount": yuan(fact.amount_fen)}
        return _("%(provider)s says %(state)s ¥%(amount)s for %(trade)s. %(doubt)s") % (facts | amount)

    chores.raise_task(
        key=f"{TASK_PREFIX}{fact.provider}:{fact.trade_no[:32]}:{fact.state}:{fact.amount_fen}",
        what=what,
        about=fact.trade_no[:32],
        due_at=now + ANSWER_WITHIN,
        now=now,
    )
    return Unexplained(doubt(), advice=_("Staff were asked."))


@transaction.atomic
def _apply(fact: Fact, payment: Payment, now: dt.datetime) -> None:
    if fact.state == "paid":
        _capture(payment, fact, now)
    elif payment.status == Payment.Status.PENDING:
        payment.move(fact.state, at=now, ask_again_at=None)


def _capture(payment: Payment, fact: Fact, now: dt.datetime) -> None:
    payment.move(
        Payment.Status.CAPTURED, at=now, captured_at=fact.at, provider_ref=fact.provider_ref, ask_again_at=None
    )
    rows.insert([LedgerEntry(at=fact.at, payable=payment.payable, payment=payment, amount_fen=payment.amount_fen)])
    outbox.publish(
        "payment.captured",
        at=now,
        payable=payment.payable,
        payment=payment.trade_no,
        amount_fen=payment.amount_fen,
    )
