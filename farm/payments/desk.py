"""The desk: our own people take money at the gate, in cash or by the farm's QR code, and pay it back by hand.

An adapter like any other, whose statement is the till: a book that only the two stories in here write.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from farm import chores, idempotency
from farm.models import Payment, Refund, StaffTask, TillEntry
from farm.payments import opening, refunds
from farm.payments.opening import Bill
from farm.payments.providers import DESK, Fact, NotGenuine, RefundOutcome, StatementLine
from farm.payments.settling import settle
from farm.payments.statements import midnight
from farm.refusals import Refused


class NotAtDesk(Refused):
    """Only what came in at the desk is paid back there; a provider sends its money back itself."""

    code = "not_at_desk"
    conflict = True


class UnknownTender(Refused):
    """The till has no drawer for this kind of money."""

    code = "unknown_tender"


class Desk:
    """The adapter that the farm speaks to; nobody outside is ever called."""

    cashier_origins = ()

    def prepare(self, payment: Payment, subject: str, now: dt.datetime) -> str:
        return ""

    def query(self, trade_no: str, now: dt.datetime) -> Fact | None:
        taken = TillEntry.objects.filter(trade_no=trade_no, refund_no="").first()
        return fact_of(taken) if taken else None

    def close(self, trade_no: str, now: dt.datetime) -> Fact | None:
        return self.query(trade_no, now)

    def refund(self, refund: Refund, now: dt.datetime) -> RefundOutcome:
        return self.query_refund(refund, now)

    def query_refund(self, refund: Refund, now: dt.datetime) -> RefundOutcome:
        """Done when the till says so, until then it waits for a hand."""
        paid_back = TillEntry.objects.filter(refund_no=refund.refund_no).first()
        return RefundOutcome("done", paid_back.at) if paid_back else RefundOutcome("by_hand", now)

    def parse_notification(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Fact:
        raise NotGenuine("the desk posts nothing")

    def statement(self, date: dt.date) -> Iterator[StatementLine]:
        that_day = TillEntry.objects.filter(at__gte=midnight(date), at__lt=midnight(date + dt.timedelta(days=1)))
        for entry in that_day.order_by("pk").iterator():
            yield StatementLine(entry.trade_no, entry.refund_no, entry.amount_fen, entry.at)


def take_at_desk(bill: Bill, *, by: str, how: str, now: dt.datetime) -> Payment:
    """Write down that `by` took the whole `bill` at the desk (`how`: a TillEntry.How), and return the captured payment.

    Whoever is paid hears of it as of any other payment. Two hands at the same moment take it once.

    :raises AlreadyPaid: when the money is here already.
    :raises UnknownTender: for a `how` that the till does not know.
    """
    _refuse_unknown(how)
    attempt = opening.attempt_of(bill, provider=DESK, now=now)
    earlier = opening.attempts(bill.payable)  # one look: what another hand takes after it has our number
    opening.refuse_paid(attempt, earlier)
    tap = opening.tap_of(attempt, earlier)
    try:
        with transaction.atomic():
            idempotency.remember(tap, subject=attempt.trade_no, now=now)
            return _take(attempt, by, how, now)
    except idempotency.AlreadyDone:
        return Payment.objects.get(trade_no=idempotency.recall(tap))


@transaction.atomic
def pay_back(*, refund: Refund, by: str, how: str, now: dt.datetime) -> None:
    """Write down that `by` has paid back a refund of the desk; its staff task is settled with it.

    :raises NotAtDesk: when a provider took the money.
    :raises WrongState: when it was paid back already.
    :raises UnknownTender: for a `how` that the till does not know.
    """
    _refuse_unknown(how)
    if refund.payment.provider != DESK:
        raise NotAtDesk(
            _("This money did not come in at the desk."), advice=_("The provider that took it sends it back.")
        )
    refunds.book(refund, RefundOutcome("done", now), now, by=by)
    trade_no = refund.payment.trade_no
    TillEntry.objects.create(
        at=now, trade_no=trade_no, refund_no=refund.refund_no, amount_fen=-refund.amount_fen, how=how, by=by
    )
    for task in StaffTask.objects.filter(key=refunds.task_of(refund), settled_at=None):
        chores.settle(task=task, by=by, now=now)


def fact_of(taken: TillEntry) -> Fact:
    """What the till says of one payment."""
    return Fact(DESK, taken.trade_no, f"TILL{taken.pk:012d}", "paid", taken.amount_fen, taken.at)


def _take(attempt: Payment, by: str, how: str, now: dt.datetime) -> Payment:
    attempt.save(force_insert=True)
    attempt.log("started", at=now, by=by, how=how)
    taken = TillEntry.objects.create(at=now, trade_no=attempt.trade_no, amount_fen=attempt.amount_fen, how=how, by=by)
    return settle(fact_of(taken), now=now)


def _refuse_unknown(how: str) -> None:
    if how not in TillEntry.How.values:
        raise UnknownTender(
            _("The till does not know this kind of money."),
            advice=_("Choose one of: %(names)s.") % {"names": ", ".join(TillEntry.How.values)},
            field="how",
        )
