"""How much one phone may hold without paying: nobody takes a whole day by ordering again and again.

Nearly everybody orders once. So a process asks the database only about phones that it has seen lately, and a rush pays
nothing for it: each process lets a phone's first order through, all others see what is unpaid.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from farm.refusals import Refused
from shop.models import Order

MOST_PHONES = 20_000
_seen: OrderedDict[str, dt.datetime] = OrderedDict()
"""When each phone ordered last in this process, the oldest first."""
_reading = Lock()


class TooMuchUnpaid(Refused):
    """More boxes than one phone may hold wait for its payment."""

    code = "too_much_unpaid"
    conflict = True


def guard(phone: str, *, now: dt.datetime) -> Callable[[Order], None]:
    """What a new order of this phone has to pass: nothing, if the phone has ordered nothing here lately."""
    if settings.UNPAID_UNITS_PER_PHONE and _was_seen_lately(phone, now):
        return _refuse_too_much
    return _let_pass


def _refuse_too_much(order: Order) -> None:
    """Within the order's transaction, after it has taken of its ship date: whoever took there before has committed.

    A single order of any size is never too much.

    :raises TooMuchUnpaid: when other orders of its phone are unpaid, and they hold too much together.
    """
    unpaid = Order.objects.unpaid().filter(buyer_phone=order.buyer_phone, hold_until__gt=order.placed_at)
    others = unpaid.exclude(pk=order.pk).aggregate(units=Sum("packing_units"))["units"]
    if others and others + order.packing_units > settings.UNPAID_UNITS_PER_PHONE:
        raise TooMuchUnpaid(
            _("Boxes that were ordered with this phone number wait for their payment."),
            advice=_("Pay that order or cancel it, then order these."),
        )


def _let_pass(order: Order) -> None:
    """Nearly always."""


def forget_all() -> None:
    """As in a process that has just begun."""
    _seen.clear()


def _was_seen_lately(phone: str, now: dt.datetime) -> bool:
    with _reading:
        last = _seen.pop(phone, None)
        _seen[phone] = now
        if len(_seen) > MOST_PHONES:
            _seen.popitem(last=False)
    return last is not None and now - last < dt.timedelta(minutes=2 * settings.HOLD_MINUTES)
