"""What staff do to a lot: withdraw it from sale, put it back, correct how much of it there is."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from farm import chores, outbox
from farm.refusals import Refused
from shop.models import Lot, Order

SETTLE_WITHIN = dt.timedelta(hours=24)


class NothingToChange(Refused):
    code = "nothing_to_change"
    conflict = True


class LimitTooLow(Refused):
    """More grams are promised already than the new limit allows."""

    code = "limit_too_low"
    conflict = True


@transaction.atomic
def withdraw(*, lot: Lot, by: str, now: dt.datetime) -> Lot:
    """Sell no more of the lot, e.g. after an inspection. Orders that wait for its grapes become one task for staff.

    :raises NothingToChange: when it is withdrawn already.
    """
    _turn(lot, withdrawn=True)
    waiting = (Order.Status.PLACED, Order.Status.PAID, Order.Status.PLANNED)
    promised = Order.objects.filter(lines__lot=lot, status__in=waiting).distinct().count()
    if promised:
        chores.raise_task(
            key=f"withdrawn:{lot.pk}:{now:%Y%m%d%H%M%S}",
            what=_("Lot %(lot)s is withdrawn: %(count)s orders wait for it.") % {"lot": lot.code, "count": promised},
            about=lot.counter,
            due_at=now + SETTLE_WITHIN,
            now=now,
        )
    outbox.whisper("lot.changed", at=now, lot=lot.code, what="withdrawn", by=by)
    return lot


@transaction.atomic
def put_back(*, lot: Lot, by: str, now: dt.datetime) -> Lot:
    """Sell the lot again.

    :raises NothingToChange: when it is on sale already.
    """
    _turn(lot, withdrawn=False)
    outbox.whisper("lot.changed", at=now, lot=lot.code, what="on sale again", by=by)
    return lot


@transaction.atomic
def set_limit(*, lot: Lot, limit: int, by: str, now: dt.datetime) -> Lot:
    """Correct how many grams the lot holds, e.g. after weighing; never fewer than are promised of it.

    :raises LimitTooLow: when more are promised; nothing is changed.
    """
    if limit < 0 or not Lot.objects.filter(pk=lot.pk, taken__lte=limit).update(limit=limit):
        lot.refresh_from_db(fields=["taken", "limit"])
        raise LimitTooLow(
            _("%(taken)s g of lot %(lot)s are promised already.") % {"taken": lot.taken, "lot": lot.code},
            advice=_("Withdraw the lot so that it sells no more, then move or cancel orders."),
            field="limit",
        )
    lot.refresh_from_db(fields=["taken", "limit"])
    outbox.whisper("lot.changed", at=now, lot=lot.code, what=f"limit {limit}", by=by)
    return lot


def _turn(lot: Lot, *, withdrawn: bool) -> None:
    if not Lot.objects.filter(pk=lot.pk, is_withdrawn=not withdrawn).update(is_withdrawn=withdrawn):
        raise NothingToChange(
            _("Lot %(lot)s was changed already.") % {"lot": lot.code}, advice=_("Reload the list of lots.")
        )
    lot.refresh_from_db()
