"""The nightly broom takes what is done and old, in small batches, and nothing that waits for somebody."""

import datetime as dt

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beizhen import verify
from farm import tidying
from farm.models import Job, Notice, OutboxMessage, RememberedRequest, StaffSession
from shop.models import Order
from tests.builders import NOW, a_paid_order, a_shop, shipped, work_off

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def some_jobs(count: int, *, state: str = "done", days_ago: int = 15) -> None:
    then = NOW - days_ago * DAY
    done_at = then if state == "done" else None
    Job.objects.bulk_create(
        Job(key=f"{state}-{days_ago}-{n}", kind="k", state=state, next_try_at=then, asked_at=then, done_at=done_at)
        for n in range(count)
    )


def counted() -> dict[str, int]:
    """How many rows SQLite believes to be in each table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
        return dict(cursor.fetchall())


def a_message(topic: str, *, days_ago: int, is_told: bool = True) -> None:
    then = NOW - days_ago * DAY
    OutboxMessage.objects.create(topic=topic, payload={}, written_at=then, sent_at=then if is_told else None)


def a_notice(key: str, *, days_ago: int, is_sent: bool = True) -> None:
    then = NOW - days_ago * DAY
    sent_at = then if is_sent else None
    Notice.objects.create(key=key, channel="sms", to="13812345678", text="", written_at=then, sent_at=sent_at)


def a_request(key: str, *, age: dt.timedelta) -> None:
    RememberedRequest.objects.create(scope="order:1", key=key, fingerprint="", subject="", made_at=NOW - age)


def statements() -> int:
    with CaptureQueriesContext(connection) as seen:
        tidying.tidy(NOW)
    return len(seen)


def test_done_jobs_go_after_a_fortnight_and_all_others_stay():
    some_jobs(2)
    some_jobs(1, days_ago=13)
    for state in ("parked", "waiting", "running"):
        some_jobs(1, state=state, days_ago=400)

    gone = tidying.tidy(NOW)

    assert gone["jobs"] == 2
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "parked", "running", "waiting"]


def test_told_messages_go_and_parked_ones_stay():
    a_message("old", days_ago=15)
    a_message("young", days_ago=13)
    a_message("parked", days_ago=400, is_told=False)

    tidying.tidy(NOW)

    assert list(OutboxMessage.objects.order_by("pk").values_list("topic", flat=True)) == ["young", "parked"]


def test_notices_go_after_ninety_days_but_never_unsent():
    a_notice("old", days_ago=91)
    a_notice("young", days_ago=89)
    a_notice("unsent", days_ago=400, is_sent=False)

    tidying.tidy(NOW)

    assert set(Notice.objects.values_list("key", flat=True)) == {"young", "unsent"}


def test_requests_are_remembered_for_the_72_hours_that_the_api_promises():
    a_request("old", age=dt.timedelta(hours=72, seconds=1))
    a_request("young", age=dt.timedelta(hours=71, minutes=59))

    tidying.tidy(NOW)

    assert list(RememberedRequest.objects.values_list("key", flat=True)) == ["young"]


def test_dead_sessions_and_old_sign_ins_go():
    for name, then in (("dead", NOW - DAY), ("alive", NOW + DAY)):
        StaffSession.objects.create(session_key=name, session_data="", expire_date=then)
    for entries in (AccessLog, AccessAttempt, AccessFailureLog):
        for days in (91, 1):
            counted = {"failures_since_start": 1} if entries is AccessAttempt else {}
            entry = entries.objects.create(username="wang", ip_address="10.0.0.1", user_agent=str(days), **counted)
            entries.objects.filter(pk=entry.pk).update(attempt_time=NOW - days * DAY)

    tidying.tidy(NOW)

    assert StaffSession.objects.get().session_key == "alive"
    for entries in (AccessLog, AccessAttempt, AccessFailureLog):
        assert entries.objects.get().user_agent == "1"


def test_how_long_things_are_kept_is_set(settings):
    settings.KEEP_DONE_WORK_DAYS, settings.KEEP_NOTICES_DAYS = 1, 2
    some_jobs(1, days_ago=2)
    a_notice("old", days_ago=3)

    assert tidying.tidy(NOW)["jobs"] == 1
    assert not Notice.objects.exists()


def test_a_batch_costs_the_same_with_1_and_with_3_rows():
    some_jobs(1)
    one = statements()
    some_jobs(3)

    assert statements() == one


def test_a_full_batch_is_followed_by_another_until_the_night_is_over(monkeypatch):
    monkeypatch.setattr(tidying, "BATCH", 2)
    monkeypatch.setattr(tidying, "MOST_BATCHES", 2)
    some_jobs(7)

    nights = [tidying.tidy(NOW)["jobs"] for _ in range(3)]

    assert nights == [4, 3, 0]


def test_orders_their_money_and_their_histories_are_not_touched():
    a_shop()
    order = shipped(a_paid_order())
    kept = {name: getattr(order, name).count() for name in ("lines", "events")}

    later = NOW + 400 * DAY
    tidying.tidy(later)

    order = Order.objects.get()
    assert {name: getattr(order, name).count() for name in kept} == kept
    assert not verify.run(now=later).has_drift


def test_what_was_cleared_is_not_done_again():
    a_shop()
    shipped(a_paid_order())
    tidying.tidy(NOW + 400 * DAY)

    work_off(NOW + 400 * DAY)

    assert not Notice.objects.exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL counts by itself")
def test_sqlite_learns_every_night_how_far_its_tables_have_grown():
    some_jobs(30, state="waiting")
    tidying.tidy(NOW)
    some_jobs(300, state="waiting", days_ago=14)

    tidying.tidy(NOW)

    assert counted()["farm_job"] == 330
