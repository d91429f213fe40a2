"""Forgetting a customer: what stands in the way of it, and the part of it that belongs to the ground."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from farm.disclosure import messages_of
from farm.ledgers import MOVING_MONEY
from farm.models import Customer, Job, OutboxMessage, SignInCode
from farm.notify import job_of
from farm.payments import refunds


@dataclass(frozen=True)
class Obstacle:
    """Something under way for which the farm needs to know whose it is; `path` leads to it."""

    words: str
    path: str


def money_under_way(payables: Iterable[str]) -> set[str]:
    """Of these payables, which are over, the ones whose money is still on its way back, or to be told that it is."""
    over = list(payables)
    untold = OutboxMessage.objects.filter(Q(next_try_at__isnull=False) | Q(sent_at=None, next_try_at=None))  # or parked
    moving = untold.filter(topic__in=MOVING_MONEY, payload__payable__in=over)
    going = refunds.on_their_way().filter(payment__payable__in=over)
    # The messages first: one that is told meanwhile has made its refund by then.
    return {*moving.values_list("payload__payable", flat=True), *going.values_list("payment__payable", flat=True)}


def forget(customer: Customer, *, about: Iterable[str]) -> None:
    """Delete the customer with sign-ins, consents and addresses, all codes, and every message to them or about theirs.

    Messages that are not sent yet are not sent any more. Call inside a transaction, after the trades have forgotten.
    """
    messages = messages_of(customer, about=about)
    unsent = [job_of(key) for key in messages.filter(sent_at=None).values_list("key", flat=True)]
    Job.objects.filter(key__in=unsent).exclude(state=Job.State.RUNNING).delete()
    messages.delete()
    SignInCode.objects.filter(contact=customer.contact).delete()
    customer.delete()
