"""Ask providers about attempts that they have not told us about, and close those whose time is over."""

import contextlib
import datetime as dt
import logging
from collections import Counter

from django.db.models import QuerySet

from farm import rows
from farm.models import Payment
from farm.payments import providers
from farm.payments.settling import Unexplained, settle
from farm.states import WrongState

log = logging.getLogger(__name__)

ASK_AFTER = [dt.timedelta(seconds=seconds) for seconds in (20, 45, 90, 150)]
ASK_EVERY = dt.timedelta(minutes=2)  # with the sweep's own 20 s, money is found within three minutes of being paid
LAST_LOOK = dt.timedelta(seconds=30)
LAST_WORD = dt.timedelta(minutes=1)
"""So long after its end a hold may wait for what the provider says of an open attempt, and no longer."""
SOONEST_AGAIN = dt.timedelta(seconds=30)
GRACE = dt.timedelta(minutes=10)
LATEST_AGAIN = dt.timedelta(hours=1)
GIVE_UP_AFTER = dt.timedelta(days=3)  # by then the statement of each of its days was compared
AT_ONCE = 200
SILENT_AFTER = 3
"""So many attempts in a row without an answer, and the provider is silent: each may have cost its whole patience."""


def ask_about_open(now: dt.datetime) -> int:
    """Ask about every attempt whose time to ask has come, and return how many were settled.

    Those of a silent provider are put off unasked, as if it had not answered once more.
    """
    silences = Counter[str]()
    return sum(_ask(payment, now, silences) for payment in rows.read(_due, now))


def _due(now: dt.datetime) -> QuerySet[Payment]:
    return Payment.objects.filter(ask_again_at__lte=now).order_by("ask_again_at", "pk")[:AT_ONCE]


def ask_about(*, payment: Payment, now: dt.datetime) -> bool:
    """Ask the provider about one attempt now, whatever the plan (staff); True when it had something to say.

    :raises ProviderAway: when it does not answer.
    :raises Unexplained: when that does not fit what we know.
    """
    provider = providers.named(payment.provider)
    ask = provider.close if now >= payment.expires_at else provider.query
    with providers.answering(payment):
        fact = ask(payment.trade_no, now)
    if fact is not None:
        settle(fact, now=now)
    elif payment.status == Payment.Status.PENDING and now >= payment.expires_at + GIVE_UP_AFTER:
        _stop_asking(payment, now)
    return fact is not None


def next_ask(payment: Payment, now: dt.datetime) -> dt.datetime:
    """When to ask next: soon after the start, then every two minutes and twice at the end; after it ever more rarely.

    Most buyers pay within two minutes, so that is when a lost message is worth looking for most.
    """
    over_for = now - payment.expires_at
    if over_for < dt.timedelta():
        planned = (moment for wait in ASK_AFTER if (moment := payment.started_at + wait) > now)
        ends = [moment for moment in (payment.expires_at - LAST_LOOK, payment.expires_at) if moment > now]
        return min(next(planned, now + ASK_EVERY), *ends)
    longest = ASK_EVERY if over_for < GRACE else LATEST_AGAIN
    return now + min(max(over_for / 2, SOONEST_AGAIN), longest)


def _ask(payment: Payment, now: dt.datetime, silences: Counter[str]) -> bool:
    """Ask about one attempt, if no other worker does. The next time is set first, so a crash only delays.

    `silences` counts how often in a row each provider gave no answer.
    """
    seen, then = payment.ask_again_at, next_ask(payment, now)
    if seen is None or not rows.update(_as_read, {"ask_again_at": then}, payment.pk, seen):
        return False
    if silences[payment.provider] >= SILENT_AFTER:
        return False
    settled = False
    try:
        settled = ask_about(payment=payment, now=now)
    except providers.ProviderAway:  # told in the log; the other attempts still get their turn
        silences[payment.provider] += 1
        return False
    except Unexplained:  # staff were asked; asking the provider again would only say the same
        Payment.objects.filter(pk=payment.pk).update(ask_again_at=None)
    except Exception:  # nor does anything else keep them from it
        log.exception("could not ask about %s", payment)
    silences[payment.provider] = 0
    return settled


def _as_read(pk: int, ask_again_at: dt.datetime) -> QuerySet[Payment]:
    return Payment.objects.filter(pk=pk, ask_again_at=ask_again_at)


def _stop_asking(payment: Payment, now: dt.datetime) -> None:
    """Nobody can say what became of it and nobody ever paid: let it go. Money that comes after all is still taken."""
    with contextlib.suppress(WrongState):  # a notification was faster
        payment.move(Payment.Status.CLOSED, at=now, details={"reason": "the provider never said"}, ask_again_at=None)
