"""What staff do to a ship date: add it, close it, open it again, change how many boxes it takes."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from farm import limited, outbox
from farm.models import ClosedDay
from shop import line, rush, staff_refusals, stranded
from shop.models import Order, PickWave, ShipDate


@transaction.atomic
def add(*, ship_date: ShipDate, by: str, now: dt.datetime) -> ShipDate:
    """Write down a new ship date. On a day on which the farm is closed it is born closed, with that day's reason.

    :raises CutOffRefused: when its cut-off is over, or beyond the date.
    """
    refuse_cut_off(ship_date, ship_date.cut_off_at, now=now)
    closed_day = ClosedDay.objects.filter(date=ship_date.date).first()
    if closed_day:
        ship_date.is_closed = True
        ship_date.closed_reason_zh, ship_date.closed_reason_en = closed_day.reason_zh, closed_day.reason_en
    ship_date.save()
    _tell(ship_date, "added", by, now)
    return ship_date


def on_day_closed(*, date: str, by: str, now: dt.datetime) -> None:
    """The whole farm is closed on a day: its ship date sells no more either, for the same reason.

    The row is the truth: of a day that was lifted meanwhile nothing is closed, and days gone by stay as they were.
    """
    closed_day = ClosedDay.objects.filter(date=date, date__gte=timezone.localdate(now)).first()
    ship_date = ShipDate.objects.filter(date=date, is_closed=False).first()
    if closed_day and ship_date:
        reasons = {"reason_zh": closed_day.reason_zh, "reason_en": closed_day.reason_en}
        close(ship_date=ship_date, **reasons, by=by, now=now)


@transaction.atomic
def close(*, ship_date: ShipDate, reason_zh: str, reason_en: str, by: str, now: dt.datetime) -> ShipDate:
    """Sell no more for this date. What is promised on it becomes one task for staff, due within 24 hours.

    :raises NothingToChange: when it is closed already.
    """
    _change(ship_date, is_closed=(False, True), closed_reason_zh=reason_zh, closed_reason_en=reason_en)
    stranded.ask_staff(
        orders=Order.objects.filter(ship_date=ship_date),
        row=ship_date,
        why=lambda: _("%(date)s is closed") % {"date": ship_date.date},
        now=now,
        due_at=min(now + stranded.SETTLE_WITHIN, max(now, ship_date.cut_off_at)),
    )
    _tell(ship_date, "closed", by, now)
    return ship_date


@transaction.atomic
def reopen(*, ship_date: ShipDate, by: str, now: dt.datetime) -> ShipDate:
    """Sell for this date again.

    :raises NothingToChange: when it is open already.
    :raises FarmClosed: when the whole farm is closed on that day.
    """
    if ClosedDay.objects.filter(date=ship_date.date).exists():
        raise staff_refusals.farm_closed(ship_date.date)
    _change(ship_date, is_closed=(True, False), closed_reason_zh="", closed_reason_en="")
    stranded.take_back(row=ship_date, by=by, now=now)
    rush.room_comes_back([ship_date.pk])
    line.offer_freed([ship_date.pk], now=now)
    _tell(ship_date, "reopened", by, now)
    return ship_date


@transaction.atomic
def set_limit(*, ship_date: ShipDate, limit: int, by: str, now: dt.datetime) -> ShipDate:
    """Let the date take `limit` packing units; never fewer than are promised on it.

    :raises LimitTooLow: when more are promised; nothing is changed.
    """
    if not limited.set_limit(ship_date, limit):
        raise staff_refusals.date_limit_too_low(ship_date)
    rush.room_comes_back([ship_date.pk])
    line.offer_freed([ship_date.pk], now=now)
    _tell(ship_date, f"limit {limit}", by, now)
    return ship_date


@transaction.atomic
def set_cut_off(*, ship_date: ShipDate, cut_off_at: dt.datetime, by: str, now: dt.datetime) -> ShipDate:
    """Take orders and changes for the date until `cut_off_at`. What customers were told is never cut short.

    :raises CutOffRefused: when it is over, beyond the date, earlier than promised, or when the date is being packed.
    """
    refuse_cut_off(ship_date, cut_off_at, now=now)
    free = ShipDate.objects.filter(pk=ship_date.pk).exclude(Exists(PickWave.objects.filter(ship_date=OuterRef("pk"))))
    if not free.filter(Q(taken=0) | Q(cut_off_at__lte=cut_off_at)).update(cut_off_at=cut_off_at):
        is_packed = PickWave.objects.filter(ship_date=ship_date).exists()
        raise staff_refusals.cut_off_over(ship_date) if is_packed else staff_refusals.cut_off_promised(ship_date)
    ship_date.refresh_from_db()
    rush.room_comes_back([ship_date.pk])
    line.offer_freed([ship_date.pk], now=now)
    _tell(ship_date, f"cut-off {timezone.localtime(cut_off_at):%Y-%m-%d %H:%M}", by, now)
    return ship_date


def refuse_cut_off(ship_date: ShipDate, cut_off_at: dt.datetime, *, now: dt.datetime) -> None:
    """See that orders for the date can be taken until `cut_off_at`.

    :raises CutOffRefused: when that is over, or beyond the date.
    """
    if not now < cut_off_at <= _end_of(ship_date.date):
        raise staff_refusals.cut_off_out_of_bounds(ship_date)


def _end_of(date: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date + dt.timedelta(days=1), dt.time()))


def _change(ship_date: ShipDate, *, is_closed: tuple[bool, bool], **words: str) -> None:
    """Turn the date from one state into the other, once: of two people at the same moment one wins."""
    before, after = is_closed
    if not ShipDate.objects.filter(pk=ship_date.pk, is_closed=before).update(is_closed=after, **words):
        raise staff_refusals.date_changed(ship_date)
    ship_date.refresh_from_db()


def _tell(ship_date: ShipDate, what: str, by: str, now: dt.datetime) -> None:
    outbox.whisper("ship_date.changed", at=now, date=str(ship_date.date), what=what, by=by)
