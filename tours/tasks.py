"""The visits' work that happens later: each task is one call of a story."""

from celery import shared_task
from django.utils import timezone

from tours import minimum, slots


@shared_task
def make_slots(**_: object) -> None:
    slots.materialise(timezone.now())


@shared_task
def decide_slots(**_: object) -> None:
    minimum.decide_due(timezone.now())
