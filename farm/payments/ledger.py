"""Re-add the money: our book with itself, and with the books that stand beside it in our own database.

The database adds up and only what differs comes out, one sentence each, so a million payments need no more memory than
a hundred.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import gettext_noop as _

from farm import naming
from farm.language import said
from farm.models import CashierTrade, LedgerEntry, PaidAnotherWay, Payment, Refund, TillEntry
from farm.money import yuan
from farm.payments import fake, providers
from farm.payments.statements import Booked, unlike
from farm.questions import compiled_once, many_rows_compiled_once

PER_LOOK = 500
BY_PAYABLE = """
    SELECT payable, SUM(fen) FROM (
        SELECT payable, amount_fen AS fen FROM farm_ledgerentry
        UNION ALL SELECT payable, -amount_fen FROM farm_payment WHERE status = 'captured'
        UNION ALL SELECT farm_payment.payable, farm_refund.amount_fen FROM farm_refund
            JOIN farm_payment ON farm_payment.id = farm_refund.payment_id WHERE farm_refund.status = 'done'
    ) AS moved GROUP BY payable HAVING SUM(fen) <> 0 ORDER BY payable
"""


def differences() -> Iterator[str]:
    """Everything in the money book that does not add up, one sentence each; nothing is agreement to the fen."""
    yield from _captures_not_booked()
    yield from _bookings_without_capture()
    yield from _refunds_not_booked()
    yield from _bookings_without_refund()
    yield from _wrong_refunded_sums()
    yield from _payables_that_do_not_add_up()
    yield from _unlike_the_practice_cashier()
    yield from _unlike_the_till()
    yield from _unlike_what_was_sent_by_hand()


def _captures_not_booked() -> Iterator[str]:
    for payment in _captured_without_row():
        yield said(
            _("%(trade_no)s: captured ¥%(amount)s without a ledger row"),
            trade_no=payment.trade_no,
            amount=yuan(payment.amount_fen),
        )


def _bookings_without_capture() -> Iterator[str]:
    for entry in _rows_without_capture():
        yield said(
            _("%(trade_no)s: booked ¥%(amount)s that was not captured"),
            trade_no=entry.payment.trade_no,
            amount=yuan(entry.amount_fen),
        )


def _refunds_not_booked() -> Iterator[str]:
    for refund in _refunded_without_row():
        yield said(
            _("%(refund_no)s: refunded ¥%(amount)s without a ledger row"),
            refund_no=refund.refund_no,
            amount=yuan(refund.amount_fen),
        )


def _bookings_without_refund() -> Iterator[str]:
    for entry in _rows_without_refund():
        yield said(
            _("%(refund_no)s: booked ¥%(amount)s that was not refunded"),
            refund_no=entry.refund.refund_no,
            amount=yuan(entry.amount_fen),
        )


def _wrong_refunded_sums() -> Iterator[str]:
    for payment in _payments_with_other_refunds():
        yield said(
            _("%(trade_no)s: says ¥%(refunded)s go back, its refunds say another sum"),
            trade_no=payment.trade_no,
            refunded=yuan(payment.refunded_fen),
        )


def _payables_that_do_not_add_up() -> Iterator[str]:
    """What each payable kept by our ledger, against its payments and refunds."""
    with connection.cursor() as cursor:
        cursor.execute(BY_PAYABLE)
        while some := cursor.fetchmany(PER_LOOK):
            for payable, fen in some:
                yield said(
                    _("%(payable)s: the ledger differs by ¥%(fen)s from its payments and refunds"),
                    payable=payable,
                    fen=yuan(int(fen)),
                )


def _unlike_the_practice_cashier() -> Iterator[str]:
    """Each trade of the practice cashier with what we booked of it, and what we booked of no trade."""
    trades = _paid_trades()
    while some := list(islice(trades, PER_LOOK)):
        lines = (line for trade in some for line in fake.lines_of(trade))
        for difference in unlike(_booked_of(some), lines):
            yield lazy(difference.told_by, str)(fake.NAME)
    yield from _unheard_of(_booked_of_no_trade(), naming.PROVIDER[fake.NAME])


def _booked_of(trades: Sequence[CashierTrade]) -> Booked:
    return {(trade_no, no or ""): fen for trade_no, no, fen in _booked_between(trades[0].pk, trades[-1].pk)}


def _unlike_the_till() -> Iterator[str]:
    """The till against our book and our book against the till, each line by its numbers and its amount."""
    for entry in _unbooked_of_the_till():
        yield said(
            _("%(trade_no)s: the till says ¥%(amount)s, we say something else"),
            trade_no=entry.refund_no or entry.trade_no,
            amount=yuan(entry.amount_fen),
        )
    yield from _unheard_of(_booked_without_the_till(), _lazy("the till"))


def _unlike_what_was_sent_by_hand() -> Iterator[str]:
    """What our people sent for a provider that refused is one row of the money book each, to the fen."""
    for paid in _sent_by_hand_unbooked():
        yield said(
            _("%(refund_no)s: ¥%(amount)s sent by hand, the ledger says something else"),
            refund_no=paid.refund.refund_no,
            amount=yuan(paid.amount_fen),
        )


def _unheard_of(entries: Iterator[LedgerEntry], whose: Any) -> Iterator[str]:
    for entry in entries:
        number = entry.refund.refund_no if entry.refund else entry.payment.trade_no
        yield said(
            _("%(number)s: we say ¥%(amount)s, %(whose)s says nothing"),
            number=number,
            amount=yuan(entry.amount_fen),
            whose=whose,
        )


@compiled_once
def _captured_without_row() -> QuerySet[Payment]:
    row = LedgerEntry.objects.filter(
        payment=OuterRef("pk"), refund=None, amount_fen=OuterRef("amount_fen"), payable=OuterRef("payable")
    )
    return Payment.objects.filter(~Exists(row), status=Payment.Status.CAPTURED)


@compiled_once
def _rows_without_capture() -> QuerySet[LedgerEntry]:
    captured = Q(
        payment__status=Payment.Status.CAPTURED, payment__amount_fen=F("amount_fen"), payment__payable=F("payable")
    )
    return LedgerEntry.objects.filter(~captured, refund=None).select_related("payment")


@compiled_once
def _refunded_without_row() -> QuerySet[Refund]:
    row = LedgerEntry.objects.filter(
        refund=OuterRef("pk"), payment=OuterRef("payment"), amount_fen=-1 * OuterRef("amount_fen")
    )
    return Refund.objects.filter(~Exists(row), status=Refund.Status.DONE)


@compiled_once
def _rows_without_refund() -> QuerySet[LedgerEntry]:
    done = Q(refund__status=Refund.Status.DONE, refund__payment=F("payment"), amount_fen=-1 * F("refund__amount_fen"))
    return LedgerEntry.objects.filter(~done, refund__isnull=False).select_related("refund")


@compiled_once
def _payments_with_other_refunds() -> QuerySet[Payment]:
    going_back = Refund.objects.filter(payment=OuterRef("pk")).exclude(status=Refund.Status.REFUSED).order_by()
    sums = going_back.values("payment").annotate(fen=Sum("amount_fen")).values("fen")
    return Payment.objects.alias(promised_fen=Coalesce(Subquery(sums), 0)).exclude(refunded_fen=F("promised_fen"))


@many_rows_compiled_once
def _paid_trades() -> QuerySet[CashierTrade]:
    return fake.paid_trades()


@many_rows_compiled_once
def _booked_between(first: int, last: int) -> QuerySet[Any]:
    """What our ledger says of the paid trades from one to another: both numbers and the fen."""
    these = CashierTrade.objects.filter(pk__range=(first, last), state=CashierTrade.State.PAID)
    entries = _of_the_practice_cashier().filter(payment__trade_no__in=these.values("trade_no"))
    return entries.values_list("payment__trade_no", "refund__refund_no", "amount_fen")


@compiled_once
def _booked_of_no_trade() -> QuerySet[LedgerEntry]:
    theirs = CashierTrade.objects.filter(trade_no=OuterRef("payment__trade_no"), state=CashierTrade.State.PAID)
    return _of_the_practice_cashier().filter(~Exists(theirs)).select_related("payment", "refund")


def _of_the_practice_cashier() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(payment__provider=fake.NAME, refund__another_way=None)


@compiled_once
def _unbooked_of_the_till() -> QuerySet[TillEntry]:
    ours = LedgerEntry.objects.filter(payment__provider=providers.DESK)
    same = ours.filter(payment__trade_no=OuterRef("trade_no"), amount_fen=OuterRef("amount_fen"))
    taken, paid_back = same.filter(refund=None), same.filter(refund__refund_no=OuterRef("refund_no"))
    return TillEntry.objects.exclude(Q(Exists(taken), refund_no="") | Q(Exists(paid_back)))


@compiled_once
def _booked_without_the_till() -> QuerySet[LedgerEntry]:
    lines = TillEntry.objects.filter(
        trade_no=OuterRef("payment__trade_no"),
        refund_no=Coalesce(OuterRef("refund__refund_no"), Value("")),
        amount_fen=OuterRef("amount_fen"),
    )
    ours = LedgerEntry.objects.filter(~Exists(lines), payment__provider=providers.DESK)
    return ours.select_related("payment", "refund")


@compiled_once
def _sent_by_hand_unbooked() -> QuerySet[PaidAnotherWay]:
    row = LedgerEntry.objects.filter(refund=OuterRef("refund"), amount_fen=-1 * OuterRef("amount_fen"))
    strange = PaidAnotherWay.objects.exclude(Exists(row), refund__status=Refund.Status.DONE)
    return strange.select_related("refund")
