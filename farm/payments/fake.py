"""The practice cashier: a real adapter with a book of its own, at which nobody's money moves."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.datastructures import CaseInsensitiveMapping

from farm import rows
from farm.models import CashierTrade, Payment, Refund
from farm.payments.providers import Fact, NotGenuine, RefundOutcome, StatementLine

NAME = "practice"
TIMESTAMP = "Practice-Timestamp"
SIGNATURE = "Practice-Signature"
FRESH_SECONDS = 300
STATES = ("paid", "failed", "closed")
TRADE_NO = re.compile(r"[0-9A-Za-z_-]{6,32}")
LARGEST_FEN = 10**11


class PracticeCashier:
    """The adapter that the farm speaks to."""

    cashier_origins = ()

    def prepare(self, payment: Payment, subject: str, now: dt.datetime) -> str:
        trade = CashierTrade(
            trade_no=payment.trade_no, subject=subject[:120], amount_fen=payment.amount_fen, opened_at=now
        )
        rows.insert_new([trade])
        return reverse("cashier:page", args=[payment.trade_no])

    def query(self, trade_no: str, now: dt.datetime) -> Fact | None:
        trade = _trade_at(trade_no, now)
        return None if trade is None or trade.state == CashierTrade.State.OPEN else fact_of(trade, now)

    def close(self, trade_no: str, now: dt.datetime) -> Fact | None:
        """Close an open trade, also one we never heard of. A buyer who is in the middle of paying keeps it open."""
        closed = CashierTrade.State.CLOSED
        if _trade_at(trade_no, now) is None:
            rows.insert_new([CashierTrade(trade_no=trade_no, amount_fen=0, opened_at=now, state=closed)])
        rows.update(open_trade, {"state": closed}, trade_no)
        return self.query(trade_no, now)

    @transaction.atomic
    def refund(self, refund: Refund, now: dt.datetime) -> RefundOutcome:
        trade = CashierTrade.objects.select_for_update().filter(trade_no=refund.payment.trade_no).first()
        if trade is None or trade.state != CashierTrade.State.PAID:
            return RefundOutcome("refused", now, "nothing was paid")
        known = trade.refunds.get(refund.refund_no)
        if known is None:
            return _send_back(trade, refund, now)
        if known["fen"] != refund.amount_fen:
            return RefundOutcome("refused", now, "this number was used for another amount")
        return RefundOutcome("done", dt.datetime.fromisoformat(known["at"]))

    def query_refund(self, refund: Refund, now: dt.datetime) -> RefundOutcome:
        trade = rows.first(_named, refund.payment.trade_no)
        known = trade.refunds.get(refund.refund_no) if trade else None
        if known is None:
            return RefundOutcome("unknown", now, "never heard of it")
        return RefundOutcome("done", dt.datetime.fromisoformat(known["at"]))

    def parse_notification(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Fact:
        sent = CaseInsensitiveMapping(headers)
        stamp = sent.get(TIMESTAMP, "")
        if not re.fullmatch(r"[0-9]{1,12}", stamp):
            raise NotGenuine("no timestamp")
        if not constant_time_compare(signature(stamp, body), sent.get(SIGNATURE, "")):
            raise NotGenuine("wrong signature")
        if not 0 <= int(now.timestamp()) - int(stamp) <= FRESH_SECONDS:
            raise NotGenuine("not from just now")
        return _fact_in(body)

    def statement(self, date: dt.date) -> Iterator[StatementLine]:
        """Payments of the day, and refunds of the day whenever their payment was made."""
        that_day = Q(paid_at__date=date) | ~Q(refunds={})
        for trade in paid_trades().filter(that_day).iterator():
            yield from (line for line in lines_of(trade) if timezone.localdate(line.at) == date)


def trade_of(payment: Payment) -> CashierTrade:
    """The cashier's own record of an attempt that was prepared."""
    return rows.one(_named, payment.trade_no)


def _named(trade_no: str) -> QuerySet[CashierTrade]:
    return CashierTrade.objects.filter(trade_no=trade_no)


def open_trade(trade_no: str) -> QuerySet[CashierTrade]:
    """The trade while its buyer has not chosen anything; an UPDATE on it decides who chooses first."""
    return CashierTrade.objects.filter(trade_no=trade_no, state=CashierTrade.State.OPEN, pays_at__isnull=True)


def fact_of(trade: CashierTrade, now: dt.datetime) -> Fact:
    """What the cashier says of a trade that is no longer open."""
    state = {"paid": "paid", "failed": "failed"}.get(trade.state, "closed")
    return Fact(
        provider=NAME,
        trade_no=trade.trade_no,
        provider_ref=f"PC{trade.pk:012d}",
        state=state,  # type: ignore[arg-type]  # one of the three words by the line above
        amount_fen=trade.amount_fen,
        at=trade.paid_at or now,
    )


def notification(fact: Fact, now: dt.datetime) -> tuple[dict[str, str], bytes]:
    """The headers and body that the cashier posts to the farm for `fact`, signed at `now`."""
    words = {
        "trade_no": fact.trade_no,
        "provider_ref": fact.provider_ref,
        "state": fact.state,
        "amount_fen": fact.amount_fen,
        "at": fact.at.isoformat(),
    }
    body = json.dumps(words).encode()
    stamp = str(int(now.timestamp()))
    return {TIMESTAMP: stamp, SIGNATURE: signature(stamp, body)}, body


def signature(stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over timestamp and body with a key derived from SECRET_KEY."""
    return salted_hmac("beizhen.practice-cashier", stamp.encode() + b"\n" + body, algorithm="sha256").hexdigest()


def paid_trades() -> QuerySet[CashierTrade]:
    """Every trade whose money the cashier has, in the order they were opened."""
    return CashierTrade.objects.filter(state=CashierTrade.State.PAID).order_by("pk")


def lines_of(trade: CashierTrade) -> Iterator[StatementLine]:
    """What the cashier booked for one paid trade: its payment and its refunds."""
    if trade.paid_at:
        yield StatementLine(trade.trade_no, "", trade.amount_fen, trade.paid_at)
    for refund_no, sent in trade.refunds.items():
        yield StatementLine(trade.trade_no, refund_no, -sent["fen"], dt.datetime.fromisoformat(sent["at"]))


def _trade_at(trade_no: str, now: dt.datetime) -> CashierTrade | None:
    """The trade as it is by now: money that was paid late may have arrived."""
    trade: CashierTrade | None = rows.first(_named, trade_no)
    if trade and trade.state == CashierTrade.State.OPEN and trade.pays_at and trade.pays_at <= now:
        rows.update(_coming, {"state": CashierTrade.State.PAID, "paid_at": trade.pays_at}, trade_no)
        trade = rows.one(_named, trade_no)
    return trade


def _coming(trade_no: str) -> QuerySet[CashierTrade]:
    return CashierTrade.objects.filter(trade_no=trade_no, state=CashierTrade.State.OPEN, pays_at__isnull=False)


def _send_back(trade: CashierTrade, refund: Refund, now: dt.datetime) -> RefundOutcome:
    if sum(sent["fen"] for sent in trade.refunds.values()) + refund.amount_fen > trade.amount_fen:
        return RefundOutcome("refused", now, "more than was paid")
    trade.refunds[refund.refund_no] = {"fen": refund.amount_fen, "at": now.isoformat()}
    trade.save(update_fields=["refunds"])
    return RefundOutcome("done", now)


def _fact_in(body: bytes) -> Fact:
    try:
        said = json.loads(body)
        at = dt.datetime.fromisoformat(said["at"])
        trade_no, ref, state, amount_fen = said["trade_no"], said["provider_ref"], said["state"], said["amount_fen"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotGenuine("not a notification of the cashier") from error
    if timezone.is_naive(at) or not _is_well_formed(trade_no, ref, state, amount_fen):
        raise NotGenuine("not a notification of the cashier")
    return Fact(NAME, trade_no, ref, state, amount_fen, at)


def _is_well_formed(trade_no: Any, ref: Any, state: Any, amount_fen: Any) -> bool:
    numbers = all(isinstance(number, str) and TRADE_NO.fullmatch(number) for number in (trade_no, ref))
    return numbers and state in STATES and type(amount_fen) is int and 0 <= amount_fen <= LARGEST_FEN
