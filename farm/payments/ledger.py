"""Re-add the money: our book with itself, and with the providers' books, in both directions."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from farm.models import LedgerEntry, Payment, Refund
from farm.money import yuan
from farm.payments import fake, providers
from farm.payments.providers import StatementLine

Booked = dict[tuple[str, str], int]
"""Fen by trade number and refund number; payments have no refund number."""


def differences() -> list[str]:
    """Everything in the money book that does not add up, one sentence each; an empty list is agreement to the fen."""
    checks = (
        _captures_not_booked(),
        _bookings_without_capture(),
        _refunds_not_booked(),
        _bookings_without_refund(),
        _wrong_refunded_sums(),
        _payables_that_do_not_add_up(),
        _unlike_the_practice_cashier(),
    )
    return [difference for check in checks for difference in check]


def check_statement(date: dt.date) -> list[str]:
    """Where our ledger and the providers' statements of one farm-local day differ, line by line."""
    found: list[str] = []
    for name in settings.PAYMENT_PROVIDERS:
        ours = LedgerEntry.objects.filter(payment__provider=name, at__gte=_midnight(date))
        ours = ours.filter(at__lt=_midnight(date + dt.timedelta(days=1)))
        found += _unlike(_booked(ours), providers.named(name).statement(date), name)
    return found


def _captures_not_booked() -> Iterator[str]:
    booked = LedgerEntry.objects.filter(
        payment=OuterRef("pk"), refund=None, amount_fen=OuterRef("amount_fen"), payable=OuterRef("payable")
    )
    for payment in Payment.objects.filter(~Exists(booked), status=Payment.Status.CAPTURED).iterator():
        yield f"{payment.trade_no}: captured ¥{yuan(payment.amount_fen)} without a ledger row"


def _bookings_without_capture() -> Iterator[str]:
    captured = Q(
        payment__status=Payment.Status.CAPTURED, payment__amount_fen=F("amount_fen"), payment__payable=F("payable")
    )
    for entry in LedgerEntry.objects.filter(~captured, refund=None).select_related("payment").iterator():
        yield f"{entry.payment.trade_no}: booked ¥{yuan(entry.amount_fen)} that was not captured"


def _refunds_not_booked() -> Iterator[str]:
    booked = LedgerEntry.objects.filter(
        refund=OuterRef("pk"), payment=OuterRef("payment"), amount_fen=-1 * OuterRef("amount_fen")
    )
    for refund in Refund.objects.filter(~Exists(booked), status=Refund.Status.DONE).iterator():
        yield f"{refund.refund_no}: refunded ¥{yuan(refund.amount_fen)} without a ledger row"


def _bookings_without_refund() -> Iterator[str]:
    done = Q(refund__status=Refund.Status.DONE, refund__payment=F("payment"), amount_fen=-1 * F("refund__amount_fen"))
    for entry in LedgerEntry.objects.filter(~done, refund__isnull=False).select_related("refund").iterator():
        number = entry.refund.refund_no if entry.refund else ""
        yield f"{number}: booked ¥{yuan(entry.amount_fen)} that was not refunded"


def _wrong_refunded_sums() -> Iterator[str]:
    promised = Sum("refunds__amount_fen", filter=~Q(refunds__status=Refund.Status.REFUSED))
    wrong = Payment.objects.annotate(promised_fen=Coalesce(promised, 0)).exclude(refunded_fen=F("promised_fen"))
    for payment in wrong.iterator():
        yield f"{payment.trade_no}: says ¥{yuan(payment.refunded_fen)} go back, its refunds say another sum"


def _payables_that_do_not_add_up() -> Iterator[str]:
    """What each payable kept by our ledger, against its payments and refunds."""
    unexplained: Counter[str] = Counter()
    unexplained.update(_sums(LedgerEntry.objects.values_list("payable")))
    captured = Payment.objects.filter(status=Payment.Status.CAPTURED)
    unexplained.subtract(_sums(captured.values_list("payable")))
    unexplained.update(_sums(Refund.objects.filter(status=Refund.Status.DONE).values_list("payment__payable")))
    for payable, fen in unexplained.items():
        if fen:
            yield f"{payable}: the ledger differs by ¥{yuan(fen)} from its payments and refunds"


def _unlike_the_practice_cashier() -> Iterator[str]:
    ours = LedgerEntry.objects.filter(payment__provider=fake.NAME)
    yield from _unlike(_booked(ours), fake.book(), fake.NAME)


def _unlike(ours: Booked, theirs: Iterable[StatementLine], provider: str) -> Iterator[str]:
    for line in theirs:
        booked_fen = ours.pop((line.trade_no, line.refund_no), None)
        if booked_fen != line.amount_fen:
            we_say = "nothing" if booked_fen is None else f"¥{yuan(booked_fen)}"
            yield f"{line.refund_no or line.trade_no}: {provider} says ¥{yuan(line.amount_fen)}, we say {we_say}"
    for (trade_no, refund_no), booked_fen in ours.items():
        yield f"{refund_no or trade_no}: we say ¥{yuan(booked_fen)}, {provider} says nothing"


def _booked(entries: QuerySet[LedgerEntry]) -> Booked:
    rows = entries.values_list("payment__trade_no", "refund__refund_no", "amount_fen")
    return {(trade_no, refund_no or ""): fen for trade_no, refund_no, fen in rows.iterator()}


def _sums(rows: QuerySet[Any, tuple[Any, ...]]) -> dict[str, int]:
    return dict(rows.annotate(fen=Sum("amount_fen")).order_by().iterator())


def _midnight(date: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time()))
