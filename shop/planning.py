"""Plan the day: all paid orders of a ship date become one wave, picked together."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime

from farm import bell, rows
from farm.models import Job
from farm.shapes import Given, Shape
from shop import stranded
from shop.fulfilment import bench_is_automatic
from shop.models import Order, OrderEvent, PickWave, ShipDate
from shop.models.orders import OrderQuerySet

PICK_JOB = "shop.tasks.pick"
PLANNING_TIME = dt.timedelta(hours=4, minutes=30)
DEMO_PAUSE = dt.timedelta(seconds=8)
"""So long a trial's buyer can still cancel."""


def plan_due_days(now: dt.datetime) -> int:
    """Plan every ship date whose cut-off and planning time (04:30 of its day) are past; return how many orders.

    Days that were missed while no worker ran are planned too. A day closed after it sold waits for staff, and so does
    an order of a lot that is withdrawn or over before it arrives: what a day leaves out is one task.
    """
    waves = [plan_day(ship_date=ship_date, now=now) for ship_date in _due(_to_plan(), now)]
    for ship_date in _due(_left_out(), now):
        stranded.ask_about_left_out(_left_out().filter(ship_date=ship_date), ship_date, now)
    return Order.objects.filter(wave__in=[wave for wave in waves if wave]).count()


def plan_day(*, ship_date: ShipDate, now: dt.datetime) -> PickWave | None:
    """Put all paid orders of the date into a new wave and return it, or None when there are none.

    Runs as often as one likes: later orders become later waves. Orders of a closed date, and of a lot withdrawn or over
    before they arrive, wait for staff, whoever plans.
    """
    return _plan(_of_date, [ship_date.pk], ship_date, now)


def demo_clock(now: dt.datetime) -> int:
    """Plan orders paid a few seconds ago as if their day had come; return how many waves."""
    until = now - DEMO_PAUSE
    dates = ShipDate.objects.filter(Exists(_to_plan().filter(paid_at__lte=until, ship_date=OuterRef("pk"))))
    return sum(_plan(_of_date_ripe, [date.pk, until], date, now) is not None for date in dates)


def _due(orders: OrderQuerySet, now: dt.datetime) -> QuerySet[ShipDate]:
    """Ship dates past their cut-off and planning time that have any of `orders`."""
    today = (localtime(now) - PLANNING_TIME).date()
    theirs = Exists(orders.filter(ship_date=OuterRef("pk")))
    return ShipDate.objects.filter(theirs, date__lte=today, cut_off_at__lte=now).order_by("date")


def _left_out() -> OrderQuerySet:
    return Order.objects.filter(status=Order.Status.PAID).stranded()


def _to_plan() -> OrderQuerySet:
    return Order.objects.filter(status=Order.Status.PAID).of_sound_lots().of_working_days()


def _of_date(ship_date: int) -> OrderQuerySet:
    return _to_plan().filter(ship_date=ship_date)


def _of_date_ripe(ship_date: int, until: dt.datetime) -> OrderQuerySet:
    return _of_date(ship_date).filter(paid_at__lte=until)


@transaction.atomic
def _plan(paid: Shape, given: Sequence[Given], ship_date: ShipDate, now: dt.datetime) -> PickWave | None:
    """One UPDATE moves exactly the orders that are still paid; a cancel that races for one wins or loses it whole."""
    wave = _next_wave(ship_date, now) if rows.exists(paid, *given) else None
    if wave is None:
        return None
    if not rows.update(paid, {"status": Order.Status.PLANNED, "wave": wave}, *given):
        wave.delete()
        return None
    planned = rows.read(_orders_of, wave.pk)
    rows.insert(
        [
            OrderEvent(order_id=pk, at=now, what=Order.Status.PLANNED, by="system", details={"wave": wave.number})
            for pk, _ in planned
        ]
    )
    if bench_is_automatic():
        _ask_to_pick([number for _, number in planned], wave, now)
    return wave


def _next_wave(ship_date: ShipDate, now: dt.datetime) -> PickWave | None:
    """The date's next wave, or None when another planner opens it at this moment: its orders are that one's."""
    last = rows.first(_last_wave, ship_date.pk)
    wave = PickWave(ship_date=ship_date, number=last.number + 1 if last else 1, planned_at=now)
    try:
        with transaction.atomic():
            rows.insert_one(wave)
    except IntegrityError:
        return None
    return wave


def _last_wave(ship_date: int) -> QuerySet[PickWave]:
    return PickWave.objects.filter(ship_date=ship_date).order_by("-number")[:1]


def _orders_of(wave: int) -> QuerySet[Order, tuple[int, str]]:
    return Order.objects.filter(wave=wave).order_by("pk").values_list("pk", "number")


def _ask_to_pick(numbers: list[str], wave: PickWave, now: dt.datetime) -> None:
    """What `jobs.ask` does for one, for a whole wave in a few statements.

    The wave is in the key: an order that staff moved is planned again, and its first job may be done already.
    """
    keys = {number: f"pick:{number}:{wave.pk}" for number in numbers}
    rows.insert_new(
        [
            Job(kind=PICK_JOB, key=key, payload={"number": number}, asked_at=now, next_try_at=now)
            for number, key in keys.items()
        ]
    )
    for key in keys.values():
        bell.ring(PICK_JOB, key)
