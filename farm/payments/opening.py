"""Open an attempt to be paid: our row first, then the provider, never one inside the other."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from farm import idempotency
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
    """
    providers.offered(provider)
    attempt = attempt_of(bill, provider=provider, now=now)
    attempt.return_url = _our_path(return_url)
    so_far = attempts(bill.payable)  # counted before we look: an attempt that opens after both looks takes our number
    refuse_paid(attempt)
    return _prepared(_open_twin(attempt, now) or _keep(attempt, so_far, now), bill.subject, now)


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


def refuse_paid(attempt: Payment) -> None:
    """:raises AlreadyPaid: when as much is here already and not on its way back."""
    captured = Payment.objects.filter(payable=attempt.payable, status=Payment.Status.CAPTURED)
    kept_fen = captured.aggregate(sum=Sum(F("amount_fen") - F("refunded_fen")))["sum"] or 0
    if kept_fen >= attempt.amount_fen:
        raise AlreadyPaid(_("This is paid already."), advice=_("Look at its page: it shows what happens next."))


def attempts(payable: str) -> int:
    """How often somebody has tried to pay this."""
    return Payment.objects.filter(payable=payable).count()


def tap_of(attempt: Payment, so_far: int) -> idempotency.Request:
    """Two attempts at the same moment, after the same earlier ones, are one and the same."""
    key = f"{attempt.payable} {attempt.provider} {attempt.amount_fen} {so_far}"
    return idempotency.Request(scope="attempt", key=key, fingerprint="")


def _our_path(return_url: str) -> str:
    """A path of our own site, e.g. /o/…/. Anything with a host would make the cashier an open redirect."""
    if return_url.startswith("/") and url_has_allowed_host_and_scheme(return_url, allowed_hosts=None):
        return return_url
    raise NotOurPath(
        _("The way back does not lead to this shop."), advice=_("Give a path that begins with /."), field="return_url"
    )


def _open_twin(attempt: Payment, now: dt.datetime) -> Payment | None:
    twins = Payment.objects.filter(
        payable=attempt.payable,
        provider=attempt.provider,
        amount_fen=attempt.amount_fen,
        status=Payment.Status.PENDING,
        expires_at__gt=now,
    )
    return twins.order_by("pk").first()


def _keep(attempt: Payment, so_far: int, now: dt.datetime) -> Payment:
    """Write the attempt down and commit. Of two taps at the same moment the second gets the first one's attempt."""
    tap = tap_of(attempt, so_far)
    attempt.ask_again_at = next_ask(attempt, now)
    try:
        with transaction.atomic(durable=True):
            idempotency.remember(tap, subject=attempt.trade_no, now=now)
            attempt.save(force_insert=True)
            attempt.log("started", at=now, by="customer")
    except idempotency.AlreadyDone:
        return Payment.objects.get(trade_no=idempotency.recall(tap))
    return attempt


def _prepared(payment: Payment, subject: str, now: dt.datetime) -> Payment:
    """Give the attempt its pay_url, also when an earlier tap died between its row and the provider's answer."""
    if not payment.pay_url:
        payment.pay_url = providers.named(payment.provider).prepare(payment, subject, now)
        payment.save(update_fields=["pay_url"])
    return payment
