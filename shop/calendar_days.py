"""What staff do to a ship date: close it, open it again, change how many boxes it takes."""

import datetime as dt

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from farm import chores, outbox
from farm.refusals import Refused
from shop import rush
from shop.models import Order, ShipDate

SETTLE_WITHIN = dt.timedelta(hours=24)


class NothingToChange(Refused):
    code = "nothing_to_change"
    conflict = True


class LimitTooLow(Refused):
    """More boxes are promised already than the new limit allows."""

    code = "limit_too_low"
    conflict = True


@transaction.atomic
def close(*, ship_date: ShipDate, reason_zh: str, reason_en: str, by: str, now: dt.datetime) -> ShipDate:
    """Sell no more for this date. What is promised on it becomes one task for staff, due within 24 hours.

    :raises NothingToChange: when it is closed already.
    """
    _change(ship_date, is_closed=(False, True), closed_reason_zh=reason_zh, closed_reason_en=reason_en)
    promised = _promised_orders(ship_date)
    if promised:
        chores.raise_task(
            key=f"closed:{ship_date.date}:{now:%Y%m%d%H%M%S}",
            what=_("%(date)s is closed: move or cancel its %(count)s orders.")
            % {"date": ship_date.date, "count": promised},
            about=ship_date.counter,
            due_at=min(now + SETTLE_WITHIN, max(now, ship_date.cut_off_at)),
            now=now,
        )
    _tell(ship_date, "closed", by, now)
    return ship_date


@transaction.atomic
def reopen(*, ship_date: ShipDate, by: str, now: dt.datetime) -> ShipDate:
    """Sell for this date again.

    :raises NothingToChange: when it is open already.
    """
    _change(ship_date, is_closed=(True, False), closed_reason_zh="", closed_reason_en="")
    rush.room_comes_back([ship_date.pk])
    _tell(ship_date, "reopened", by, now)
    return ship_date


@transaction.atomic
def set_limit(*, ship_date: ShipDate, limit: int, by: str, now: dt.datetime) -> ShipDate:
    """Let the date take `limit` packing units; never fewer than are promised on it.

    :raises LimitTooLow: when more are promised; nothing is changed.
    """
    if limit < 0 or not ShipDate.objects.filter(pk=ship_date.pk, taken__lte=limit).update(limit=limit):
        ship_date.refresh_from_db(fields=["taken", "limit"])
        raise LimitTooLow(
            _("%(taken)s packing units are promised on %(date)s already.")
            % {"taken": ship_date.taken, "date": ship_date.date},
            advice=_("Set the limit to %(taken)s or more, or move orders to another date first.")
            % {"taken": ship_date.taken},
            field="limit",
        )
    ship_date.refresh_from_db(fields=["taken", "limit"])
    rush.room_comes_back([ship_date.pk])
    _tell(ship_date, f"limit {limit}", by, now)
    return ship_date


def _change(ship_date: ShipDate, *, is_closed: tuple[bool, bool], **words: str) -> None:
    """Turn the date from one state into the other, once: of two people at the same moment one wins."""
    before, after = is_closed
    if not ShipDate.objects.filter(pk=ship_date.pk, is_closed=before).update(is_closed=after, **words):
        raise NothingToChange(
            _("%(date)s was changed already.") % {"date": ship_date.date}, advice=_("Reload the list of ship dates.")
        )
    ship_date.refresh_from_db()


def _promised_orders(ship_date: ShipDate) -> int:
    """Orders that still wait to be shipped on this date."""
    waiting = (Order.Status.PLACED, Order.Status.PAID, Order.Status.PLANNED, Order.Status.PICKED, Order.Status.PACKED)
    return int(Order.objects.filter(ship_date=ship_date, status__in=waiting).aggregate(count=Count("pk"))["count"])


def _tell(ship_date: ShipDate, what: str, by: str, now: dt.datetime) -> None:
    outbox.whisper("ship_date.changed", at=now, date=str(ship_date.date), what=what, by=by)
