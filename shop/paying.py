"""Going to the cashier with an order: one story for the page and for the API."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from farm import payments
from farm.models import Payment
from shop import refusals
from shop.models import Order


def start(*, order: Order, provider: str = "", return_url: str, now: dt.datetime) -> Payment:
    """Open an attempt to pay the whole order until its hold ends, and return it with its `pay_url`.

    The farm's first provider serves when none is named.

    :raises NotPossibleNow: when the order is paid, gone, or its hold has ended.
    :raises Refused: what `payments.start` refuses.
    """
    if not order.awaits_payment(now):
        raise refusals.not_possible(order)
    bill = payments.Bill(
        payable=order.payable,
        amount_fen=order.total_fen,
        subject=_("Beizhen grapes, order %(number)s") % {"number": order.number},
        expires_at=order.hold_until,
    )
    return payments.start(bill, provider=provider or settings.PAYMENT_PROVIDERS[0], return_url=return_url, now=now)
