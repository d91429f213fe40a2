"""Orders that cannot leave as promised, their day closed or their lot withdrawn: one task for staff to settle them."""

import datetime as dt

from django.utils.translation import gettext as _

from farm import chores
from farm.limited import Limited
from shop.models.orders import OrderQuerySet

SETTLE_WITHIN = dt.timedelta(hours=24)


def ask_staff(
    *, orders: OrderQuerySet, row: Limited, why: chores.Saying, now: dt.datetime, due_at: dt.datetime
) -> None:
    """Ask staff to move or cancel those of `orders` that nobody has picked yet, or nobody when there are none.

    `why` says what happened to `row`. Closed twice within a day is two tasks.
    """
    count = orders.movable().distinct().count()
    if count:
        key = f"stranded:{row.counter}:{now:%Y%m%d%H%M%S}"
        chores.raise_task(
            key=key,
            what=lambda: _("%(why)s: move or cancel %(count)s orders.") % {"why": why(), "count": count},
            about=row.counter,
            due_at=due_at,
            now=now,
        )
