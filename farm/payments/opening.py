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


class AlreadyPaid(Refused):
    """The money for this is here; another attempt could only take it twice."""

    code = "already_paid"
    conflict = True


class NotOurPath(Refused):
    """The buyer would be sent back to somebody else's site."""

    code = "bad_return_url"


@dataclass(frozen=True)
class Bill:
    """What is to be paid: so many fen for `payable` (`order:BZ…`) until `expires_at`, in words for the buyer."""

    payable: str
    amount_fen: int
    subject: str
    expires_at: dt.datetime


def start(bill: Bill, *, provider: str, return_url: str, now: dt.datetime) -> Payment:
    """Open an attempt to pay `bill` and return it with its `pay_url`.

    While an attempt for the same money is open that one is returned, so a double tap is one attempt. Not atomic:
    the row is committed before the provider hears of it, because its notification may be faster than its answer.

    :raises UnknownProvider, NotOurPath: for a provider or a return path that the farm does not serve.
    :raises AlreadyPaid: when the money is here, though what it pays for may not have heard of it yet.
    """
    providers.named(provider)
    attempt = Payment(
        payable=bill.payable,
        amount_fen=bill.amount_fen,
        provider=provider,
        return_url=_our_path(return_url),
        started_at=now,
        expires_at=bill.expires_at,
    )
    _refuse_paid(attempt)
    so_far = _attempts(bill.payable)  # counted before the look for a twin: one that opens after both takes our number
    return _prepared(_open_twin(attempt, now) or _keep(attempt, so_far, now), bill.subject, now)


def start_another(*, like: Payment, subject: str, now: dt.datetime) -> Payment:
    """Open one more attempt beside `like`, as a buyer does who has the shop open in two tabs."""
    attempt = Payment(
        payable=like.payable,
        amount_fen=like.amount_fen,
        provider=like.provider,
        return_url=like.return_url,
        started_at=now,
        expires_at=like.expires_at,
    )
    return _prepared(_keep(attempt, _attempts(like.payable), now), subject, now)


def _our_path(return_url: str) -> str:
    """A path of our own site, e.g. /o/…/. Anything with a host would make the cashier an open redirect."""
    if return_url.startswith("/") and url_has_allowed_host_and_scheme(return_url, allowed_hosts=None):
        return return_url
    raise NotOurPath(
        _("The way back does not lead to this shop."), advice=_("Give a path that begins with /."), field="return_url"
    )


def _refuse_paid(attempt: Payment) -> None:
    captured = Payment.objects.filter(payable=attempt.payable, status=Payment.Status.CAPTURED)
    kept_fen = captured.aggregate(sum=Sum(F("amount_fen") - F("refunded_fen")))["sum"] or 0
    if kept_fen >= attempt.amount_fen:
        raise AlreadyPaid(_("This is paid already."), advice=_("Look at its page: it shows what happens next."))


def _open_twin(attempt: Payment, now: dt.datetime) -> Payment | None:
    twins = Payment.objects.filter(
        payable=attempt.payable,
        provider=attempt.provider,
        amount_fen=attempt.amount_fen,
        status=Payment.Status.PENDING,
        expires_at__gt=now,
    )
    return twins.order_by("pk").first()


def _attempts(payable: str) -> int:
    return Payment.objects.filter(payable=payable).count()


def _keep(attempt: Payment, so_far: int, now: dt.datetime) -> Payment:
    """Write the attempt down and commit. Of two taps at the same moment the second gets the first one's attempt."""
    key = f"{attempt.payable} {attempt.provider} {attempt.amount_fen} {so_far}"
    tap = idempotency.Request(scope="attempt", key=key, fingerprint="")
    attempt.trade_no = new_reference(TRADE_PREFIX) + new_reference("")
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
