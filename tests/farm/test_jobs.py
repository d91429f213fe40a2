import datetime as dt

import pytest
from django.db import OperationalError, connection

from farm import jobs
from farm.models import ClosedDay, Job
from tests.builders import DAY, NOW

pytestmark = pytest.mark.django_db
MUCH_LATER = NOW + jobs.LEASE + dt.timedelta(seconds=1)


def close(*, reason: str, now: dt.datetime) -> jobs.Recording:
    return lambda: ClosedDay.objects.create(date=DAY, reason_zh=reason, reason_en=reason)


def fail(*, reason: str, now: dt.datetime) -> jobs.Recording:
    raise RuntimeError(reason)


def finds_a_lock(*, reason: str, now: dt.datetime) -> jobs.Recording:
    raise OperationalError("database is locked")


def finds_no_column(*, reason: str, now: dt.datetime) -> jobs.Recording:
    connection.cursor().execute("SELECT no_such_column FROM farm_job")
    return lambda: None


def ask(key: str = "close:1") -> None:
    jobs.ask("tests.close", key, now=NOW, reason="rain")


def test_a_job_is_done_once():
    ask()

    assert [jobs.run("close:1", close, now=NOW), jobs.run("close:1", close, now=NOW)] == [True, False]
    assert (ClosedDay.objects.count(), Job.objects.get().state) == (1, "done")


def test_asking_twice_is_asking_once():
    ask()
    ask()

    assert Job.objects.count() == 1


def test_a_job_that_is_running_is_left_alone_until_its_lease_ends():
    ask()

    def meanwhile(*, reason: str, now: dt.datetime) -> jobs.Recording:
        assert jobs.run("close:1", close, now=NOW) is False
        return close(reason=reason, now=now)

    assert jobs.run("close:1", meanwhile, now=NOW)


def test_a_slow_worker_that_lost_its_lease_leaves_no_trace():
    ask()

    def overtaken(*, reason: str, now: dt.datetime) -> jobs.Recording:
        assert jobs.run("close:1", close, now=MUCH_LATER)
        return lambda: ClosedDay.objects.create(date=DAY + dt.timedelta(days=1))

    assert jobs.run("close:1", overtaken, now=NOW) is False
    assert [day.date for day in ClosedDay.objects.all()] == [DAY]


def test_a_failed_recording_is_rolled_back_with_the_finish():
    ask()

    def half(*, reason: str, now: dt.datetime) -> jobs.Recording:
        def record() -> None:
            close(reason=reason, now=now)()
            raise RuntimeError("disk full")

        return record

    assert jobs.run("close:1", half, now=NOW) is False
    job = Job.objects.get()
    assert (ClosedDay.objects.count(), job.state, job.error) == (0, "waiting", "RuntimeError: disk full")


def test_a_failing_job_waits_longer_each_time_and_is_parked_after_five():
    ask()
    waits = []
    for _ in range(jobs.PARK_AFTER):
        due = Job.objects.get().next_try_at
        jobs.run("close:1", fail, now=due)
        waits.append((Job.objects.get().next_try_at - due).total_seconds())

    assert waits[:4] == [5, 20, 60, 300]
    assert Job.objects.get().state == "parked"
    assert jobs.ring_due(MUCH_LATER) == 0


def test_a_database_that_is_locked_for_hours_parks_no_job():
    ask()
    due = NOW
    while due < NOW + dt.timedelta(hours=2):
        jobs.run("close:1", finds_a_lock, now=due)
        due = Job.objects.get().next_try_at

    assert jobs.run("close:1", close, now=due)
    assert Job.objects.get().state == "done"


def test_staff_see_a_job_that_waits_for_the_database_for_an_hour_and_let_it_try():
    ask()
    jobs.run("close:1", finds_a_lock, now=NOW)
    hour = NOW + dt.timedelta(hours=1, seconds=1)

    assert (jobs.put_off(NOW).count(), jobs.put_off(hour).count()) == (0, 1)
    jobs.release(Job.objects.get(), now=NOW)
    assert Job.objects.get().next_try_at == NOW


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL tells the two apart by their class")
def test_a_column_that_is_not_there_is_no_lock():
    ask()
    for _ in range(jobs.PARK_AFTER):
        jobs.run("close:1", finds_no_column, now=Job.objects.get().next_try_at)

    assert Job.objects.get().state == "parked"


def test_a_job_that_kills_its_worker_each_time_is_parked_too():
    ask()
    Job.objects.update(state="running", attempts=jobs.PARK_AFTER, next_try_at=NOW)

    assert jobs.run("close:1", close, now=NOW) is False
    assert jobs.ring_due(NOW) == 0
    assert Job.objects.get().state == "parked"


def test_a_released_job_starts_again():
    ask()
    Job.objects.update(state="parked", attempts=5)

    jobs.release(Job.objects.get(), now=NOW)

    assert jobs.run("close:1", close, now=NOW)


def test_the_sweep_rings_for_due_jobs_and_for_those_whose_worker_died():
    ask("waiting")
    ask("died")
    Job.objects.filter(key="died").update(state="running", next_try_at=NOW)
    jobs.ask("tests.close", "tomorrow", now=NOW, due=NOW + dt.timedelta(days=1), reason="rain")

    assert jobs.ring_due(NOW) == 2
