"""The buyer's side of the practice cashier: what its page can do, and how it tells the shop like any provider."""

import datetime as dt
import logging

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farm import rows
from farm.models import CashierTrade, Payment
from farm.payments import fake
from farm.payments.callbacks import receive
from farm.payments.opening import start_another
from farm.payments.providers import NotGenuine
from farm.payments.settling import Unexplained
from farm.refusals import Refused

log = logging.getLogger(__name__)

LATE_BY = dt.timedelta(seconds=30)
State = CashierTrade.State
OVER = {
    "open": gettext_lazy("Somebody else chose for this payment at the same moment."),
    "coming": gettext_lazy("You have chosen to pay this late: the money is on its way."),
    "paid": gettext_lazy("This is paid already."),
    "failed": gettext_lazy("This payment has failed."),
    "closed": gettext_lazy("This payment was closed: its time is over."),
}


class TradeOver(Refused):
    """The trade was closed or failed, or another choice was made for it: it cannot be paid any more."""

    code = "trade_over"
    conflict = True


def stage(payment: Payment, now: dt.datetime) -> str:
    """What the page shows: open, coming (paid late, not here yet), paid, failed or closed."""
    trade = fake.trade_of(payment)
    if trade.state != State.OPEN:
        return trade.state
    if trade.pays_at:
        return "coming"
    return "open" if now < payment.expires_at else "closed"


def subject(payment: Payment) -> str:
    """What the buyer pays for, in the words the shop gave."""
    return fake.trade_of(payment).subject


def pay(payment: Payment, now: dt.datetime) -> None:
    """Pay, and tell the shop. Paying again (a reload) only tells it again.

    :raises TradeOver: when the trade can no longer be paid.
    """
    _take_money(payment, now)
    _tell(payment, now)


def fail(payment: Payment, now: dt.datetime) -> None:
    """Let the bank refuse, and tell the shop.

    :raises TradeOver: when something else became of the trade already.
    """
    if not fake.open_trade(payment.trade_no).update(state=State.FAILED):
        _refuse_unless(payment, "failed", now)
    _tell(payment, now)


def pay_late(payment: Payment, now: dt.datetime) -> None:
    """Let the money arrive after the hold has ended and tell nobody: the sweep has to find it.

    :raises TradeOver: when something else became of the trade already.
    """
    if not fake.open_trade(payment.trade_no).update(pays_at=payment.expires_at + LATE_BY):
        _refuse_unless(payment, "coming", now)


def pay_twice(payment: Payment, now: dt.datetime) -> None:
    """Pay this attempt and one more opened in a second tab; the first notification is sent twice.

    :raises TradeOver: when the trade can no longer be paid.
    """
    if not _take_money(payment, now):
        _tell(payment, now)
        return
    second = start_another(like=payment, subject=subject(payment), now=now)
    _take_money(second, now)
    for paid in (payment, second, payment):
        _tell(paid, now)


def abandon(payment: Payment, now: dt.datetime) -> None:
    """Go back without choosing: the trade stays open until its time is over."""


def _take_money(payment: Payment, now: dt.datetime) -> bool:
    """True when this call paid the trade, False when it was paid before."""
    if rows.update(fake.open_trade, {"state": State.PAID, "paid_at": now}, payment.trade_no):
        return True
    _refuse_unless(payment, "paid", now)
    return False


def _refuse_unless(payment: Payment, wished: str, now: dt.datetime) -> None:
    """A choice made again is harmless; another choice is refused."""
    found = stage(payment, now)
    if found != wished:
        raise TradeOver(str(OVER[found]), advice=_("Go back to the shop; from there you can start another payment."))


def _tell(payment: Payment, now: dt.datetime) -> None:
    """Send the shop a signed notification through the door that any provider uses; its answer is not ours to mend."""
    trade = fake.trade_of(payment)
    headers, body = fake.notification(fake.fact_of(trade, now), now)
    try:
        receive(fake.NAME, headers, body, now)
    except (NotGenuine, Unexplained) as error:
        log.warning("the shop did not accept the notification for %s: %s", payment.trade_no, error)
