"""The shop's work that happens later: each task is one call of a story."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from farm import jobs
from shop import checkout, fulfilment, line, parcels, planning, tidying, tracking, waiting


@shared_task
def expire_holds(**_: object) -> None:
    checkout.expire_holds(timezone.now())


@shared_task
def end_lapsed_offers(**_: object) -> None:
    waiting.end_lapsed(timezone.now())


@shared_task
def offer_free_boxes(**_: object) -> None:
    line.offer_due(timezone.now())


@shared_task
def plan_due_days(**_: object) -> None:
    planning.plan_due_days(timezone.now())


@shared_task
def demo_clock(**_: object) -> None:
    if settings.DEMO_CLOCK:
        planning.demo_clock(timezone.now())


@shared_task
def pick(*, key: str, **_: object) -> None:
    jobs.run(key, fulfilment.pick, now=timezone.now())


@shared_task
def pack(*, key: str, **_: object) -> None:
    jobs.run(key, fulfilment.pack, now=timezone.now())


@shared_task
def label(*, key: str, **_: object) -> None:
    jobs.run(key, parcels.label, now=timezone.now())


@shared_task
def ship(*, key: str, **_: object) -> None:
    jobs.run(key, parcels.ship, now=timezone.now())


@shared_task
def ask_carriers(**_: object) -> None:
    tracking.ask_carriers(timezone.now())


@shared_task
def delete_old_labels(**_: object) -> None:
    parcels.delete_old_labels(timezone.now())


@shared_task
def tidy(**_: object) -> None:
    tidying.tidy(timezone.now())
