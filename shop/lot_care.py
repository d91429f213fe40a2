"""What staff do to a lot: withdraw it from sale, put it back, correct how much of it there is and how long it keeps."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from farm import limited, outbox
from shop import staff_refusals, stranded
from shop.harvest import never_fresh
from shop.models import Lot, Order


@transaction.atomic
def withdraw(*, lot: Lot, by: str, now: dt.datetime) -> Lot:
    """Sell no more of the lot, e.g. after an inspection. Orders that wait for its grapes become one task for staff.

    :raises NothingToChange: when it is withdrawn already.
    """
    _turn(lot, withdrawn=True)
    _ask_staff(lot, by, now)
    outbox.whisper("lot.changed", at=now, lot=lot.code, what="withdrawn", by=by)
    return lot


@transaction.atomic
def put_back(*, lot: Lot, by: str, now: dt.datetime) -> Lot:
    """Sell the lot again. What staff were asked when it was withdrawn is asked no more.

    :raises NothingToChange: when it is on sale already.
    """
    _turn(lot, withdrawn=False)
    _ask_staff(lot, by, now)
    outbox.whisper("lot.changed", at=now, lot=lot.code, what="on sale again", by=by)
    return lot


@transaction.atomic
def set_limit(*, lot: Lot, limit: int, by: str, now: dt.datetime) -> Lot:
    """Correct how many grams the lot holds, e.g. after weighing; never fewer than are promised of it.

    :raises LimitTooLow: when more are promised; nothing is changed.
    """
    if not limited.set_limit(lot, limit):
        raise staff_refusals.lot_limit_too_low(lot)
    outbox.whisper("lot.changed", at=now, lot=lot.code, what=f"limit {limit}", by=by)
    return lot


@transaction.atomic
def set_best_before(*, lot: Lot, best_before: dt.date, by: str, now: dt.datetime) -> Lot:
    """Correct how long the lot keeps. Orders that it can no longer reach in time become one task for staff.

    :raises NeverFresh: when it would be over before it was picked.
    :raises NothingToChange: when it says so already.
    """
    if best_before <= lot.harvested_on:
        raise never_fresh()
    if not Lot.objects.filter(pk=lot.pk).exclude(best_before=best_before).update(best_before=best_before):
        raise staff_refusals.lot_changed(lot)
    lot.refresh_from_db()
    _ask_staff(lot, by, now)
    outbox.whisper("lot.changed", at=now, lot=lot.code, what=f"best before {best_before}", by=by)
    return lot


def _turn(lot: Lot, *, withdrawn: bool) -> None:
    if not Lot.objects.filter(pk=lot.pk, is_withdrawn=not withdrawn).update(is_withdrawn=withdrawn):
        raise staff_refusals.lot_changed(lot)
    lot.refresh_from_db()


def _ask_staff(lot: Lot, by: str, now: dt.datetime) -> None:
    """Ask about the orders that the lot, as it is now, cannot serve; what was asked about it before is closed."""
    due_at = stranded.due_at(row=lot, now=now)
    stranded.take_back(row=lot, by=by, now=now)
    orders = Order.objects.spoilt_by(lot.pk)
    stranded.ask_staff(orders=orders, row=lot, why=lambda: _why(lot), now=now, due_at=due_at)


def _why(lot: Lot) -> str:
    if lot.is_withdrawn:
        return _("Lot %(lot)s is withdrawn") % {"lot": lot.code}
    return _("Lot %(lot)s keeps only until %(date)s") % {"lot": lot.code, "date": lot.best_before}
