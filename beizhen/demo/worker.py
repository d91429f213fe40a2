"""The demo's workers: the same jobs, sweeps and messages as in the running farm, but by a simulated clock."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from farm import jobs, notify, outbox, payments
from farm.models import Job
from farm.payments import refunds
from shop import checkout, fulfilment, parcels, planning, tracking
from shop.carriers import CarrierEvent
from shop.carriers.simulated import journey
from shop.models import Order, Shipment, TrackingEvent

WORK: dict[str, jobs.Work] = {
    planning.PICK_JOB: fulfilment.pick,
    fulfilment.PACK_JOB: fulfilment.pack,
    fulfilment.LABEL_JOB: parcels.label,
    parcels.SHIP_JOB: parcels.ship,
    refunds.JOB: refunds.send_back,
    notify.JOB: notify.send,
}
SMALL_JOBS = (refunds.JOB, notify.JOB)
PACKING_DAY = (
    (dt.timedelta(hours=1), planning.PICK_JOB),
    (dt.timedelta(hours=3), fulfilment.PACK_JOB),
    (dt.timedelta(hours=4), fulfilment.LABEL_JOB),
    (dt.timedelta(hours=12), parcels.SHIP_JOB),
)
"""When each step begins, counted from planning: picked in the cool of the morning, fetched by the truck at 16:30."""
PACE = dt.timedelta(seconds=20)
LATE_PARCELS = 0.05
SLOWEST = 40
Code = TrackingEvent.Code
Agenda = Callable[[dt.datetime, Callable[[dt.datetime], None]], None]


class Worker:
    """All workers and the carrier of the demo in one; `at` puts what comes later on the agenda."""

    def __init__(self, dice: random.Random, until: dt.datetime, at: Agenda) -> None:
        self._dice = dice
        self._until = until
        self._at = at
        self._watched: set[int] = set()

    def begin_packing_day(self, now: dt.datetime) -> None:
        """The wave was planned: put its steps on the agenda."""
        for wait, kind in PACKING_DAY:
            self._at(now + wait, partial(self._do, kind))
        self._at(now + dt.timedelta(hours=13), self._watch_parcels)
        parcels.delete_old_labels(now)

    def do_small_jobs(self, now: dt.datetime) -> None:
        """Send refunds and notices that wait."""
        self.tell(now)
        for kind in SMALL_JOBS:
            self._do(kind, now)

    def sweep(self, now: dt.datetime) -> None:
        """What beat does every few seconds: let dead holds go, ask about payments, tell."""
        checkout.expire_holds(now)
        payments.ask_about_open(now)
        self.tell(now)

    def tell(self, now: dt.datetime) -> None:
        """Tell what waits; what that makes listeners publish is told next time, some simulated minutes later."""
        while outbox.deliver_due(now) == outbox.BATCH:
            pass

    def finish(self, now: dt.datetime) -> None:
        """Do everything that is due, as running workers would have done by now."""
        self.sweep(now)
        planning.plan_due_days(now)
        for kind in WORK:
            self._do(kind, now)
        while outbox.deliver_due(now):
            self.do_small_jobs(now)

    def _do(self, kind: str, now: dt.datetime) -> None:
        """Do the waiting jobs of a kind one after another."""
        due = Job.objects.filter(kind=kind, state=Job.State.WAITING, next_try_at__lte=now).order_by("pk")
        for number, key in enumerate(due.values_list("key", flat=True)):
            now = min(now + PACE * bool(number), self._until)
            jobs.run(key, WORK[kind], now=now)
        self.tell(now)

    def _watch_parcels(self, now: dt.datetime) -> None:
        """Put on the agenda when the carrier tells of each parcel that left today: at its door, or where it is now."""
        left = Shipment.objects.filter(order__status=Order.Status.SHIPPED).exclude(pk__in=self._watched)
        for shipment in left.select_related("order"):
            self._watched.add(shipment.pk)
            events = self._delayed(journey(shipment))
            signed_at = events[-1].at + dt.timedelta(minutes=self._dice.randint(1, SLOWEST))
            self._at(min(signed_at, self._until), partial(self._report, shipment.pk, events))

    def _delayed(self, events: list[CarrierEvent]) -> list[CarrierEvent]:
        """The journey, now and then with a broken truck; a parcel still on its way stays on the carrier's schedule."""
        delay = dt.timedelta(hours=self._dice.randint(16, 50))
        if self._dice.random() > LATE_PARCELS or events[-1].at + delay > self._until:
            return events
        collected, *others = events
        trouble = CarrierEvent(others[0].at + delay / 2, Code.PROBLEM, others[0].place, "冷链车故障，正在换车")
        return [collected, trouble, *(replace(event, at=event.at + delay) for event in others)]

    def _report(self, shipment: int, events: list[CarrierEvent], now: dt.datetime) -> None:
        parcel = Shipment.objects.select_related("order").get(pk=shipment)
        tracking.record_tracking(shipment=parcel, events=[event for event in events if event.at <= now], now=now)
        self.tell(now)
