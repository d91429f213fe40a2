"""Whoever a job needs may be away for days: it goes on by itself when they are back, and staff see that it waits."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.urls import reverse

from farm import jobs, notify, payments
from farm.models import Job, Notice, Refund
from farm.notify import Message
from farm.payments import cashier, fake, refunds
from tests.builders import NOW, an_attempt, work_off
from tests.staff import a_boss, act, list_of

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def away(*_: object, **__: object) -> None:
    raise ConnectionError("no network")


@contextmanager
def nobody_answers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake.PracticeCashier, "refund", away)
        patch.setattr(notify.Kept, "send", away)
        yield


def work_until(end: dt.datetime) -> None:
    """Let workers do what comes due, at its time."""
    while unfinished := Job.objects.filter(state="waiting", next_try_at__lte=end).order_by("next_try_at").first():
        work_off(unfinished.next_try_at)


def a_refund() -> Refund:
    payment = an_attempt()
    cashier.pay(payment, NOW)
    payments.on_refund_due(payable=payment.payable, payment=payment.trade_no, amount_fen=800, why="cancelled", now=NOW)
    return Refund.objects.get()


def a_message() -> None:
    notify.notify(Message("sms", "13812345678", "Your grapes are on the way."), key="BZ1", about="order:BZ1", now=NOW)


def test_money_goes_back_by_itself_after_two_days_without_the_provider():
    a_refund()
    with nobody_answers():
        work_until(NOW + 2 * DAY)

    work_until(NOW + 3 * DAY)

    assert (Refund.objects.get().status, Job.objects.get(kind=refunds.JOB).state) == ("done", "done")


def test_a_message_is_sent_within_an_hour_after_an_evening_without_the_network():
    a_message()
    with nobody_answers():
        work_until(NOW + 5 * HOUR)

    work_until(NOW + 6 * HOUR)

    assert Notice.objects.get().sent_at is not None


def test_after_a_week_it_is_parked():
    a_message()

    with nobody_answers():
        work_until(NOW + 7 * DAY - HOUR)
        still_patient = Job.objects.get().state
        work_until(NOW + 8 * DAY)

    job = Job.objects.get()
    assert (still_patient, job.state, job.error) == ("waiting", "parked", "ConnectionError: no network")


def test_what_nobody_else_is_needed_for_is_parked_at_once():
    jobs.ask("tests.draw", "draw:1", now=NOW)

    for _ in range(jobs.PARK_AFTER):
        jobs.run("draw:1", away, now=Job.objects.get().next_try_at)

    assert Job.objects.get().state == "parked"


def test_a_worker_that_dies_of_it_each_time_is_not_asked_for_a_week():
    a_message()
    Job.objects.update(state="running", attempts=jobs.PARK_AFTER, next_try_at=NOW)

    assert jobs.ring_due(NOW) == 0
    assert Job.objects.get().state == "parked"


def test_a_worker_that_dies_once_costs_one_try():
    a_message()
    with nobody_answers():
        work_until(NOW + 5 * HOUR)
    Job.objects.update(state="running", next_try_at=NOW + 6 * HOUR)

    assert jobs.ring_due(NOW + 6 * HOUR) == 1
    assert jobs.run(notify.job_of("BZ1"), notify.send, now=NOW + 6 * HOUR)


def test_staff_see_that_it_waits_and_need_not_wait_themselves(client):
    Job.objects.create(kind="ship", key="another job", payload={}, asked_at=NOW, next_try_at=NOW + 9 * HOUR)
    a_message()
    with nobody_answers():
        work_until(NOW + 2 * HOUR)
    a_boss(client)

    with time_machine.travel(NOW + 2 * HOUR, tick=False):
        first_page = client.get(reverse("admin:index")).content.decode()
        put_off = client.get(f"{list_of(Job)}?state=put_off").content.decode()
        act(client, "release", Job.objects.get(key="notice:BZ1"))
    work_off(NOW + 2 * HOUR)

    assert f'href="{list_of(Job)}?state=put_off"' in first_page
    assert ("notice:BZ1" in put_off, "another job" in put_off) == (True, False)
    assert Notice.objects.get().sent_at is not None
