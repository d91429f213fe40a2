"""The visits' work that happens later: each task is one call of a story."""

from celery import shared_task
from django.utils import timezone

from tours import aftermath, booking, changing, closures, line, minimum, slots, waiting


@shared_task
def make_slots(**_: object) -> None:
    slots.materialise(timezone.now())


@shared_task
def decide_slots(**_: object) -> None:
    minimum.decide_due(timezone.now())


@shared_task
def expire_holds(**_: object) -> None:
    booking.expire_holds(timezone.now())


@shared_task
def expire_changes(**_: object) -> None:
    changing.expire_changes(timezone.now())


@shared_task
def end_lapsed_offers(**_: object) -> None:
    waiting.end_lapsed(timezone.now())


@shared_task
def offer_free_seats(**_: object) -> None:
    line.offer_due(timezone.now())


@shared_task
def remind_of_tomorrow(**_: object) -> None:
    aftermath.remind_of_tomorrow(timezone.now())


@shared_task
def mark_who_came(**_: object) -> None:
    aftermath.mark_who_came(timezone.now())


@shared_task
def carry_on_closures(**_: object) -> None:
    closures.carry_on(timezone.now())
