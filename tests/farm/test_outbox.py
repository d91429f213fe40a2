import datetime as dt

import pytest
from django.db import OperationalError, transaction

from farm import outbox
from farm.models import OutboxMessage
from tests.builders import NOW

pytestmark = pytest.mark.django_db
heard: list[str] = []


def hears(*, word, now):
    heard.append(word)


def stumbles(*, word, now):
    heard.append(word)
    raise RuntimeError(word)


def finds_a_lock(*, word, now):
    raise OperationalError("canceling statement due to lock timeout")


@pytest.fixture(autouse=True)
def _wiring(monkeypatch):
    heard.clear()
    topics = {"hello": (f"{__name__}.hears",), "oops": (f"{__name__}.hears", f"{__name__}.stumbles")}
    monkeypatch.setattr(outbox, "listeners", topics)


def test_a_message_is_told_once():
    outbox.publish("hello", at=NOW, word="grapes")

    told = [outbox.deliver_due(NOW), outbox.deliver_due(NOW)]

    assert (told, heard) == ([1, 0], ["grapes"])


def test_a_rolled_back_fact_is_never_told():
    with transaction.atomic():
        outbox.publish("hello", at=NOW, word="grapes")
        transaction.set_rollback(True)

    assert outbox.deliver_due(NOW) == 0


def test_messages_are_told_in_the_order_they_were_written():
    for word in ("one", "two", "three"):
        outbox.publish("hello", at=NOW, word=word)

    outbox.deliver_due(NOW)

    assert heard == ["one", "two", "three"]


def test_a_stumbling_listener_leaves_the_message_for_a_later_round():
    outbox.publish("oops", at=NOW, word="grapes")

    assert outbox.deliver_due(NOW) == 0
    assert outbox.deliver_due(NOW) == 0
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.sent_at) == (1, None)
    assert "grapes" in message.error


def test_after_five_failures_a_message_is_parked_with_its_error():
    outbox.publish("oops", at=NOW, word="grapes")

    for minute in range(9):
        outbox.deliver_due(NOW + dt.timedelta(minutes=minute))

    message = OutboxMessage.objects.get()
    assert (message.attempts, message.next_try_at, message.sent_at) == (5, None, None)


def test_a_database_that_is_locked_for_hours_parks_nothing(monkeypatch):
    outbox.publish("locked", at=NOW, word="grapes")
    monkeypatch.setitem(outbox.listeners, "locked", (f"{__name__}.finds_a_lock",))
    waits = []
    while sum(waits, dt.timedelta()) < dt.timedelta(hours=2):
        outbox.deliver_due(NOW + sum(waits, dt.timedelta()))
        waits.append(OutboxMessage.objects.get().next_try_at - NOW - sum(waits, dt.timedelta()))

    monkeypatch.setitem(outbox.listeners, "locked", (f"{__name__}.hears",))
    told = outbox.deliver_due(NOW + sum(waits, dt.timedelta()))

    assert (told, heard) == (1, ["grapes"])
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (dt.timedelta(seconds=5), dt.timedelta(minutes=5))
    assert len(waits) < 60


def test_a_message_nobody_listens_to_is_done():
    outbox.publish("nobody.cares", at=NOW)

    assert outbox.deliver_due(NOW) == 1
    assert OutboxMessage.objects.get().sent_at == NOW
