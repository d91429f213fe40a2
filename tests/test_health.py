"""Health: alive without asking anybody, ready within a second whatever hangs, and everything for those on duty."""

import datetime as dt
import socket
import threading
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from beizhen import health, vitals
from farm import heartbeat
from farm.models import Job, RememberedRequest, User
from tests.builders import NOW
from tests.full_disk import full_disk

real_database = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forgetful_checkers():
    """Each test asks anew; a check that hung in one does not answer in the next."""
    health._asked.clear()
    yield
    health._asked.clear()


@pytest.fixture
def hanging():
    """A check that answers only when the test is over."""
    over = threading.Event()
    yield lambda: {"ok": over.wait(30)}
    over.set()


@pytest.fixture
def silent_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_live_asks_nobody(client, monkeypatch):
    monkeypatch.setattr(vitals, "CHECKS", {})

    answer = client.get(reverse("health-live"))

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@real_database
def test_ready_writes_a_row_and_leaves_none(client):
    answer = client.get(reverse("health-ready"))

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "broker": "ok"})
    assert RememberedRequest.objects.count() == 0


@real_database
def test_a_full_disk_is_not_ready_and_an_emptied_one_is(client):
    with full_disk():
        full = client.get(reverse("health-ready"))
    health._asked.clear()
    emptied = client.get(reverse("health-ready"))

    assert (full.status_code, full.json()["database"]) == (503, "failing")
    assert (emptied.status_code, emptied.json()["database"]) == (200, "ok")


@real_database
def test_who_asks_too_often_hears_the_last_answer_and_costs_nothing(client, monkeypatch):
    asked = []
    monkeypatch.setitem(vitals.CHECKS, "database", lambda: asked.append(1) or {"ok": True})

    answers = [client.get(reverse("health-ready")).status_code for _ in range(3)]

    assert (answers, len(asked)) == ([200] * 3, 1)


def test_a_hung_database_is_said_within_a_second(client, monkeypatch, hanging):
    monkeypatch.setitem(vitals.CHECKS, "database", hanging)
    started = time.monotonic()

    answer = client.get(reverse("health-ready"))

    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert time.monotonic() - started < 1


def test_a_hung_database_is_asked_once_however_many_ask(client, monkeypatch, hanging):
    asked = []
    monkeypatch.setattr(health, "DEADLINE_SECONDS", 0.05)
    monkeypatch.setitem(vitals.CHECKS, "database", lambda: asked.append(1) or hanging())

    answers = [client.get(reverse("health-ready")).status_code for _ in range(2)]

    assert answers == [503, 503]
    assert len(asked) == 1


def test_a_failing_database_is_not_ready_and_tells_strangers_nothing(client, monkeypatch):
    def refuse():
        raise OSError("password of the farm is grape")

    monkeypatch.setitem(vitals.CHECKS, "database", refuse)

    answer = client.get(reverse("health-ready"))

    assert answer.status_code == 503
    assert "grape" not in answer.content.decode()


def test_unapplied_migrations_are_not_ready(client, monkeypatch):
    monkeypatch.setitem(vitals.CHECKS, "database", lambda: {"ok": False, "migrated": False})

    assert client.get(reverse("health-ready")).status_code == 503


@real_database
def test_migrations_are_asked_about_once(monkeypatch):
    monkeypatch.setattr(vitals, "_known", set())
    assert vitals.database()["migrated"]

    monkeypatch.setattr(vitals, "MigrationExecutor", None)

    assert vitals.database()["migrated"]


@real_database
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_hung_broker_only_degrades(client, settings, silent_server, scheme):
    settings.CELERY_BROKER_URL = f"{scheme}://127.0.0.1:{silent_server}/0"
    started = time.monotonic()

    answer = client.get(reverse("health-ready"))

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert time.monotonic() - started < 1


@real_database
def test_a_dead_broker_only_degrades(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    answer = client.get(reverse("health-ready"))

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


@real_database
def test_deep_is_for_staff_and_for_the_token(client, settings):
    settings.HEALTH_TOKEN = "vine"
    place = reverse("health-deep")

    assert client.get(place).status_code == 403
    assert client.get(place, headers={"Authorization": "Bearer wine"}).status_code == 403
    assert client.get(place, headers={"Authorization": "Bearer vine"}).status_code == 200
    client.force_login(User.objects.create(username="boss", is_staff=True))
    assert client.get(place).status_code == 200


@real_database
def test_without_a_token_set_none_opens_the_door(client, settings):
    settings.HEALTH_TOKEN = ""

    assert client.get(reverse("health-deep"), headers={"Authorization": "Bearer "}).status_code == 403


@real_database
def test_deep_tells_what_waits_what_is_parked_and_when_the_sweep_ran(client, settings):
    settings.HEALTH_TOKEN = "vine"
    Job.objects.create(key="j", kind="shop.tasks.pick", next_try_at=NOW, asked_at=NOW)
    Job.objects.create(key="p", kind="shop.tasks.pick", state="parked", next_try_at=NOW, asked_at=NOW)

    answer = client.get(reverse("health-deep"), headers={"Authorization": "Bearer vine"}).json()

    assert answer["status"] == "degraded"
    assert answer["checks"]["waiting_work"]["parked_jobs"] == 1
    assert answer["checks"]["waiting_work"]["oldest_job_seconds"] > 120
    assert answer["checks"]["sweep"] == {"ok": False, "last_sweep_seconds": None}
    assert answer["checks"]["disk"]["free_bytes"] > 0


@real_database
@pytest.mark.parametrize(("tries", "is_ok"), [(5, True), (6, False)])
def test_a_provider_that_is_away_for_an_hour_is_told(tries, is_ok):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    Job.objects.create(key="r", kind="farm.tasks.refund", attempts=tries, next_try_at=tomorrow, asked_at=NOW)

    assert vitals.waiting_work()["ok"] is is_ok


def test_the_sweep_leaves_a_heartbeat():
    heartbeat.beat(timezone.now())

    assert vitals.sweep()["ok"]
    assert vitals.cached()["ok"]
