"""The staff's first page: today on one screen, with what is late, parked or unexplained at the top."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from beizhen import verify
from farm import jobs
from farm.models import Job, OutboxMessage, Payment, Refund, StaffTask
from farm.payments import settling
from shop.models import Order, PickWave, ShipDate, Shipment, WaitingOrder
from tours import reports
from tours.models import Closure, ClosureOffer, WaitingParty

DAYS_AHEAD = 7
DAYS_BACK = 30
MOST_LINES = 8
Status = Order.Status


@dataclass(frozen=True)
class Step:
    """How many orders of the nearest days stand at one step."""

    status: str
    label: str
    count: int


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the admin's first page what this person may see of the day."""
    now = timezone.now()
    date = timezone.localdate(now)
    may = request.user.has_perm
    context.update({"now": now, "date": date})
    if may("shop.view_order"):
        context.update(_shop(date, now))
    if may("tours.view_booking"):
        context.update(_visits(date))
    if may("farm.view_stafftask"):
        context.update(_tasks())
    if may("farm.view_payment"):
        context.update(_money(now))
    context.update({"parked": _parked(now), "ledgers": verify.last()})
    return context


def _shop(date: dt.date, now: dt.datetime) -> dict[str, Any]:
    waits = Count("waiting", filter=Q(waiting__status=WaitingOrder.Status.WAITING))
    ship_dates = list(ShipDate.objects.filter(date__gte=date).annotate(waits=waits).order_by("date")[:DAYS_AHEAD])
    near = Order.objects.filter(
        ship_date__date__range=(date - dt.timedelta(DAYS_AHEAD), date + dt.timedelta(DAYS_AHEAD))
    )
    counts = dict(near.order_by().values_list("status").annotate(count=Count("pk")))
    return {
        "ship_dates": ship_dates,
        "steps": [Step(status, str(label), counts.get(status, 0)) for status, label in Status.choices],
        "to_do": _to_do(date),
        "waves": _waves(date),
        "late_parcels": _late_parcels(date)[:MOST_LINES],
        "holds": _holds(now),
    }


def _to_do(date: dt.date) -> QuerySet[ShipDate]:
    """Ship dates with orders at the bench, whenever they ship, and those whose orders should be planned by now."""
    days = ShipDate.objects.filter(date__gte=date - dt.timedelta(DAYS_BACK)).annotate(
        to_plan=Count("orders", filter=Q(orders__status=Status.PAID)),
        to_pick=Count("orders", filter=Q(orders__status=Status.PLANNED)),
        to_pack=Count("orders", filter=Q(orders__status=Status.PICKED)),
        to_ship=Count("orders", filter=Q(orders__status=Status.PACKED)),
    )
    is_due = Q(to_plan__gt=0, date__lte=date)
    return days.filter(is_due | Q(to_pick__gt=0) | Q(to_pack__gt=0) | Q(to_ship__gt=0)).order_by("date")


def _waves(date: dt.date) -> QuerySet[PickWave]:
    """Pick waves that are not wholly at the bench yet."""
    waves = PickWave.objects.filter(ship_date__date__gte=date - dt.timedelta(DAYS_BACK)).select_related("ship_date")
    left = Count("orders", filter=Q(orders__status=Status.PLANNED))
    return waves.annotate(left=left).filter(left__gt=0).order_by("ship_date__date", "number")[:MOST_LINES]


def _late_parcels(date: dt.date) -> QuerySet[Shipment]:
    """Parcels that should have arrived, of the last month's ship dates."""
    shipped = Shipment.objects.filter(
        order__status=Status.SHIPPED,
        order__ship_date__date__gte=date - dt.timedelta(DAYS_BACK),
        promised_on__lt=date,
    )
    return shipped.select_related("order").order_by("promised_on", "pk")


def _holds(now: dt.datetime) -> dict[str, int]:
    dead = Count("pk", filter=Q(hold_until__lte=now))
    counted: dict[str, int] = Order.objects.unpaid().order_by().aggregate(all=Count("pk"), dead=dead)
    return counted


def _visits(date: dt.date) -> dict[str, Any]:
    """Who comes at which hour, which closures wait for answers, and who is in line for seats."""
    silent = Count("offers", filter=Q(offers__status=ClosureOffer.Status.WAITING))
    rained = Closure.objects.filter(status=Closure.Status.OPEN).annotate(silent=silent).order_by("answer_until")
    in_line = WaitingParty.objects.order_by().aggregate(
        waiting=Count("pk", filter=Q(status=WaitingParty.Status.WAITING)),
        offered=Count("pk", filter=Q(status=WaitingParty.Status.OFFERED)),
    )
    tomorrow = reports.hours_of(date + dt.timedelta(days=1))
    return {
        "hours": reports.hours_of(date),
        "visitors_tomorrow": sum(hour.expected for hour in tomorrow),
        "tomorrow": tomorrow[0].slot.day if tomorrow else None,
        "rained": rained[:MOST_LINES],
        "in_line": in_line,
    }


def _tasks() -> dict[str, Any]:
    open_tasks = StaffTask.objects.filter(settled_at=None).order_by("due_at")
    return {"tasks": open_tasks[:MOST_LINES], "task_count": open_tasks.count()}


def _money(now: dt.datetime) -> dict[str, Any]:
    """What nobody has explained yet: questions to staff, refunds that do not go through, captures nobody took."""
    hour_ago = now - dt.timedelta(hours=1)
    return {
        "money": {
            "questions": StaffTask.objects.filter(settled_at=None, key__startswith=settling.TASK_PREFIX).count(),
            "slow_refunds": Refund.objects.filter(status=Refund.Status.DUE, asked_at__lte=hour_ago).count(),
            "until": quote(hour_ago.isoformat()),
            "pending": Payment.objects.filter(ask_again_at__isnull=False, expires_at__lte=hour_ago).count(),
        }
    }


def _parked(now: dt.datetime) -> dict[str, int]:
    messages = OutboxMessage.objects.filter(sent_at=None, next_try_at=None)
    return {
        "jobs": Job.objects.filter(state=Job.State.PARKED).count(),
        "put_off": jobs.put_off(now).count(),
        "messages": messages.count(),
    }
