"""Open an attempt to be paid: our row first, then the provider, never one inside the other."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from farm import idempotency, rows
from farm.models import Payment
from farm.payments import providers
from farm.payments.sweep import next_ask
from farm.refusals import Refused
from farm.security import new_reference

TRADE_PREFIX = "PT"
LONGEST_PAYABLE = 60


class AlreadyPaid(Refused):
    """The money for this is here; another attempt could only take it twice."""

    code = "already_paid"
    conflict = True


class NotOurPath(Refused):
    """The buyer would be sent back to somebody else's site."""

    code = "bad_return_url"


@dataclass(frozen=True)
class Bill:
    """What is to be paid: so many fen for `payable` until `expires_at`, in words for the buyer.

    A thing that is paid in several steps has one payable for each: `booking:BV…/2`.
    """

    payable: str
    amount_fen: int
    subject: str
    expires_at: dt.datetime

    def __post_init__(self) -> None:
        if not 0 < len(self.payable) <= LONGEST_PAYABLE:  # SQLite would keep it, PostgreSQL not
            raise ValueError(f"a payable has at most {LONGEST_PAYABLE} characters: {self.payable!r}")


def start(bill: Bill, *, provider: str, return_url: str, now: dt.datetime) -> Payment:
    """Open an attempt to pay `bill` and return it with its `pay_url`.

    While an attempt for the same money is open that one is returned, so a double tap is one attempt. Not atomic:
    the row is committed before the provider hears of it, because its notification may be faster than its answer.

    :raises UnknownProvider, NotOurPath: for a provider or a return path that the farm does not serve.
    :raises AlreadyPaid: when the money is here, though what it pays for may not have heard of it yet.
    :raises ProviderAway: when it cannot be prepared now; the attempt stays open, and starting again goes on with it.
    """
    providers.offered(provider)
    attempt = attempt_of(bill, provider=provider, now=now)
    attempt.return_url = _our_path(return_url)
    earlier = attempts(bill.payable)  # one look: an attempt that opens after it takes our number
    refuse_paid(attempt, earlier)
    return _prepared(_open_twin(attempt, earlier, now) or _keep(attempt, earlier, now), bill.subject, now)


def start_another(*, like: Payment, subject: str, now: dt.datetime) -> Payment:
    """Open one more attempt beside `like`, as a buyer does who has the shop open in two tabs."""
    bill = Bill(like.payable, like.amount_fen, subject, like.expires_at)
    attempt = attempt_of(bill, provider=like.provider, now=now)
    attempt.return_url = like.return_url
    return _prepared(_keep(attempt, attempts(like.payable), now), subject, now)


def attempt_of(bill: Bill, *, provider: str, now: dt.datetime) -> Payment:
    """A new attempt to be paid `bill`, with a number of its own, not yet written down."""
    return Payment(
        trade_no=new_reference(TRADE_PREFIX) + new_reference(""),
        payable=bill.payable,
        amount_fen=bill.amount_fen,
        provider=provider,
        started_at=now,
        expires_at=bill.expires_at,
    )


def refuse_paid(attempt: Payment, earlier: Sequence[Any]) -> None:
    """:raises AlreadyPaid: when `earlier` attempts brought as much, and none of it was to go back."""
    if sum(payment.amount_fen for payment in earlier if payment.is_in_hand) >= attempt.amount_fen:
        raise AlreadyPaid(_("This is paid already."), advice=_("Look at its page: it shows what happens next."))


def attempts(payable: str) -> Sequence[Any]:
    """All attempts to pay this so far, oldest first, each with whether its money is in hand."""
    return rows.read(_to_pay, payable)


def _to_pay(payable: str) -> QuerySet[Any]:
    in_hand = Exists(Payment.objects.in_hand().filter(pk=OuterRef("pk")))
    return Payment.objects.filter(payable=payable).annotate(is_in_hand=in_hand).order_by("pk")


def tap_of(attempt: Payment, earlier: Sequence[Payment]) -> idempotency.Request:
    """Two attempts at the same moment, after the same earlier ones, are one and the same."""
    key = f"{attempt.payable} {attempt.provider} {attempt.amount_fen} {len(earlier)}"
    return idempotency.Request(scope="attempt", key=key, fingerprint="")


def _our_path(return_url: str) -> str:
    """A path of our own site, e.g. /o/…/. Anything with a host would make the cashier an open redirect."""
    if return_url.startswith("/") and url_has_allowed_host_and_scheme(return_url, allowed_hosts=None):
        return return_url
    raise NotOurPath(
        _("The way back does not lead to this shop."), advice=_("Give a path that begins with /."), field="return_url"
    )


def _open_twin(attempt: Payment, earlier: Sequence[Payment], now: dt.datetime) -> Payment | None:
    still_open = [one for one in earlier if one.status == Payment.Status.PENDING and one.expires_at > now]
    same = (attempt.provider, attempt.amount_fen)
    return next((one for one in still_open if (one.provider, one.amount_fen) == same), None)


def _keep(attempt: Payment, earlier: Sequence[Payment], now: dt.datetime) -> Payment:
    """Write the attempt down and commit. Of two taps at the same moment the second gets the first one's attempt."""
    tap = tap_of(attempt, earlier)
    attempt.ask_again_at = next_ask(attempt, now)
    try:
        with transaction.atomic(durable=True):
            idempotency.remember(tap, subject=attempt.trade_no, now=now)
            rows.insert_one(attempt)
            attempt.log("started", at=now, by="customer")
    except idempotency.AlreadyDone:
        return Payment.objects.get(trade_no=idempotency.recall(tap))
    return attempt


def _one(pk: int) -> QuerySet[Payment]:
    return Payment.objects.filter(pk=pk)


def _prepared(payment: Payment, subject: str, now: dt.datetime) -> Payment:
    """Give the attempt its pay_url, also when an earlier tap died between its row and the provider's answer."""
    if not payment.pay_url:
        provider = providers.named(payment.provider)
        with providers.answering(payment):
            payment.pay_url = provider.prepare(payment, subject, now)
        rows.update(_one, {"pay_url": payment.pay_url}, payment.pk)
    return payment
