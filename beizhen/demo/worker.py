"""The demo's packing house, workers and carrier: the stories of the running farm, but by a simulated clock."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
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
    fulfilment.LABEL_JOB: parcels.label,
    refunds.JOB: refunds.send_back,
    notify.JOB: notify.send,
}
SMALL_JOBS = (refunds.JOB, notify.JOB)
PICKER, PACKER = "li.na", "zhao.gang"
PACE, STEP = dt.timedelta(seconds=20), dt.timedelta(minutes=50)
LATE_PARCELS, LATE_BY = 0.05, (16, 50)
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
        """The wave was planned at 04:30: picked in the cool of the morning, fetched by the truck at 16:30."""
        for hours, step in ((1, self._pick), (3, self._pack), (4, self._label), (12, self._hand_over)):
            self._at(now + dt.timedelta(hours=hours), step)
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
        for step in (self._pick, self._pack, self._label, self._hand_over):
            step(now)
        self.do_small_jobs(now)
        while outbox.deliver_due(now):
            self.do_small_jobs(now)

    def _pick(self, now: dt.datetime) -> None:
        for order, moment in self._one_by_one(Order.Status.PLANNED, now):
            fulfilment.confirm_picked(order=order, by=PICKER, now=moment)

    def _pack(self, now: dt.datetime) -> None:
        for order, moment in self._one_by_one(Order.Status.PICKED, now):
            fulfilment.confirm_packed(order=order, by=PACKER, now=moment)

    def _label(self, now: dt.datetime) -> None:
        self.tell(now)
        self._do(fulfilment.LABEL_JOB, now)

    def _hand_over(self, now: dt.datetime) -> None:
        for order, moment in self._one_by_one(Order.Status.PACKED, now):
            parcels.hand_over(order=order, waybill_no="", by=PACKER, now=moment)

    def _one_by_one(self, status: str, now: dt.datetime) -> Iterator[tuple[Order, dt.datetime]]:
        """The orders that wait for a step, each with the moment at which its turn comes."""
        orders = list(Order.objects.filter(status=status).order_by("pk"))
        pace = min(PACE, STEP / max(len(orders), 1))
        for number, order in enumerate(orders):
            yield order, min(now + pace * number, self._until)

    def _do(self, kind: str, now: dt.datetime) -> None:
        """Do the waiting jobs of a kind."""
        due = Job.objects.filter(kind=kind, state=Job.State.WAITING, next_try_at__lte=now).order_by("pk")
        for key in list(due.values_list("key", flat=True)):
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
        delay = dt.timedelta(hours=self._dice.randint(*LATE_BY))
        if self._dice.random() > LATE_PARCELS or events[-1].at + delay > self._until:
            return events
        collected, *others = events
        trouble = CarrierEvent(others[0].at + delay / 2, Code.PROBLEM, others[0].place, "冷链车故障，正在换车")
        return [collected, trouble, *(replace(event, at=event.at + delay) for event in others)]

    def _report(self, shipment: int, events: list[CarrierEvent], now: dt.datetime) -> None:
        parcel = Shipment.objects.select_related("order").get(pk=shipment)
        tracking.record_tracking(shipment=parcel, events=[event for event in events if event.at <= now], now=now)
        self.tell(now)
