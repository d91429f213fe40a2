"""Ask providers about attempts that they have not told us about, and close those whose time is over."""

import datetime as dt
import logging

from farm.models import Payment
from farm.payments import providers
from farm.payments.settling import Unexplained, settle

log = logging.getLogger(__name__)

ASK_AFTER = [dt.timedelta(minutes=minutes) for minutes in (1, 3, 10, 30)]
SOONEST_AGAIN = dt.timedelta(seconds=30)
LATEST_AGAIN = dt.timedelta(days=1)
AT_ONCE = 200


def ask_about_open(now: dt.datetime) -> int:
    """Ask about every attempt whose time to ask has come, and return how many were settled."""
    due = Payment.objects.filter(ask_again_at__lte=now).order_by("ask_again_at", "pk")[:AT_ONCE]
    return sum(_ask(payment, now) for payment in due)


def ask_about(*, payment: Payment, now: dt.datetime) -> bool:
    """Ask the provider about one attempt now, whatever the plan (staff); True when it had something to say.

    :raises Unexplained: when that does not fit what we know.
    """
    provider = providers.named(payment.provider)
    ask = provider.close if now >= payment.expires_at else provider.query
    fact = ask(payment.trade_no, now)
    if fact is None:
        return False
    settle(fact, now=now)
    return True


def next_ask(payment: Payment, now: dt.datetime) -> dt.datetime:
    """When to ask next: 1, 3, 10 and 30 minutes after the start and at the end; after the end ever more rarely."""
    moments = [payment.started_at + wait for wait in ASK_AFTER] + [payment.expires_at]
    ahead = [moment for moment in moments if now < moment <= payment.expires_at]
    return min(ahead) if ahead else now + min(max((now - payment.expires_at) / 2, SOONEST_AGAIN), LATEST_AGAIN)


def _ask(payment: Payment, now: dt.datetime) -> bool:
    """Ask about one attempt, if no other worker does. The next time is set first, so a crash only delays."""
    mine = Payment.objects.filter(pk=payment.pk, ask_again_at=payment.ask_again_at)
    if not mine.update(ask_again_at=next_ask(payment, now)):
        return False
    try:
        return ask_about(payment=payment, now=now)
    except Unexplained:  # staff were asked; asking the provider again would only say the same
        Payment.objects.filter(pk=payment.pk).update(ask_again_at=None)
    except Exception:  # a provider may fail in any way: the other attempts still get their turn
        log.exception("could not ask about %s", payment)
    return False
