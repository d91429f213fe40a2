"""The ground's work that happens later, and the sweeps that ring again for what was not heard."""

from celery import shared_task
from django.utils import timezone

from farm import heartbeat, jobs, notify, outbox, payments, tidying
from farm.payments import refunds, statements


@shared_task
def deliver_outbox(**_: object) -> None:
    """Tell waiting outbox messages; a full batch leaves the rest to the next ring."""
    while outbox.deliver_due(timezone.now()) == outbox.BATCH:
        pass


@shared_task
def sweep(**_: object) -> None:
    """Repair what a dead worker or broker left: tell waiting messages, ring again for due jobs."""
    outbox.deliver_due(timezone.now())
    jobs.ring_due(timezone.now())
    heartbeat.beat(timezone.now())


@shared_task
def tidy(**_: object) -> None:
    """At night: delete what was done, told, sent or answered long ago."""
    tidying.tidy(timezone.now())


@shared_task
def ask_about_payments(**_: object) -> None:
    """Find payments that no notification told us about, and close attempts whose time is over."""
    payments.ask_about_open(timezone.now())


@shared_task
def ask_for_statements(**_: object) -> None:
    """Have each provider's statements of the last days compared with our ledger, each once."""
    payments.ask_for_statements(timezone.now())


@shared_task
def check_statement(*, key: str, **_: object) -> None:
    jobs.run(key, statements.compare, now=timezone.now())


@shared_task
def refund(*, key: str, **_: object) -> None:
    jobs.run(key, refunds.send_back, now=timezone.now())


@shared_task
def send_notice(*, key: str, **_: object) -> None:
    jobs.run(key, notify.send, now=timezone.now())
