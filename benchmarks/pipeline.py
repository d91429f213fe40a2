"""The packing house: 500 paid orders planned, picked, packed and labelled by one worker with two processes."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable

from celery import shared_task

from benchmarks import stage

ORDERS, NO_OPS = 500, 3000
PATIENCE_SECONDS = 300
DONE = "no-ops done"


@shared_task
def no_op(**_: object) -> None:
    """Nothing but what Celery itself costs, and a mark that it ran."""
    from django.core.cache import cache

    cache.incr(DONE)


def report() -> None:
    from django.utils import timezone

    from farm import outbox
    from farm.models import Job
    from shop import planning
    from shop.models import Label, Order, ShipDate

    for _ in range(ORDERS):
        _a_paid_order()
    while outbox.deliver_due(timezone.now()):
        pass
    worker = _worker()
    try:
        _until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists())  # what was said while they were placed
        empty = _no_ops_per_second()
        begun, jobs_before = time.perf_counter(), Job.objects.filter(state=Job.State.DONE).count()
        planning.plan_day(ship_date=ShipDate.objects.get(), now=timezone.now())
        _until(lambda: Label.objects.count() == ORDERS)
        seconds = time.perf_counter() - begun
        jobs = Job.objects.filter(state=Job.State.DONE).count() - jobs_before
        _until(lambda: Order.objects.filter(status=Order.Status.SHIPPED).count() == ORDERS)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
    print(f"{ORDERS} orders planned, picked, packed and labelled in {seconds:.1f} s: {ORDERS / seconds:.0f} orders/s")
    print(
        f"{jobs / seconds:.0f} jobs/s beside {empty:.0f} no-op tasks/s of the same worker: {jobs / seconds / empty:.2f}"
    )


def _a_paid_order() -> None:
    from django.utils import timezone

    from benchmarks.wishes import a_wish
    from farm.payments import cashier
    from shop import checkout, paying

    now = timezone.now()
    order = checkout.place_order(wanted=a_wish(), key=uuid.uuid4().hex, now=now)
    attempt = paying.start(order=order, return_url="/", now=now)
    cashier.pay(attempt, now)


def _worker() -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "beizhen.worker",
        "-Q",
        "orders,packing,messages",
        "--concurrency",
        "2",
        "--include",
        "benchmarks.pipeline",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
        "--loglevel",
        "ERROR",
    ]
    return subprocess.Popen(command, cwd=stage.ROOT, env=dict(os.environ))


def _no_ops_per_second() -> float:
    from django.core.cache import cache

    cache.set(DONE, 0, None)
    no_op.delay()
    _until(lambda: cache.get(DONE) == 1)
    begun = time.perf_counter()
    for _ in range(NO_OPS):
        no_op.delay()
    _until(lambda: cache.get(DONE) == NO_OPS + 1)
    return NO_OPS / (time.perf_counter() - begun)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    while not is_so():
        if time.perf_counter() > end:
            raise SystemExit("the worker did not finish in time")
        time.sleep(0.05)  # another process works; there is no clock of ours to move


if __name__ == "__main__":
    from benchmarks import pipeline  # under the name by which the worker knows the task

    with stage.services():
        stage.open_farm()
        pipeline.report()
