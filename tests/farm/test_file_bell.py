"""Bells that are files: whoever looks while one is written sees nothing, and hears all of it afterwards."""

import tempfile
from queue import Empty

import pytest
from celery import current_app
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport import filesystem

from farm.file_bell import Transport

pytestmark = pytest.mark.once("it knows no database")
TASK = {"task": "farm.tasks.sweep"}
BROKEN = {
    "empty": b"",
    "half": b'{"body": "secret',
    "zeros": bytes(512),
    "noise": bytes(range(128, 256)),
    "other": b'["secret"]',
    "untagged": b'{"body": "secret", "properties": {}}',
    "no task": b'{"body": "secret", "properties": {"delivery_tag": "1"}}',
    "undecoded": b'{"body": "secret", "properties": {"delivery_tag": "1", "body_encoding": "base64"}}',
}


class Peeping:
    """A part of a message during whose writing a worker looks for messages."""

    def __init__(self, channel) -> None:
        self.channel = channel
        self.saw: list[object] = []

    def __json__(self) -> str:
        try:
            self.saw.append(self.channel._get("orders"))
        except Empty:
            self.saw.append(None)
        return "all of it"


@pytest.fixture
def connection_of(tmp_path):
    folders = dict.fromkeys(["data_folder_in", "data_folder_out", "control_folder"], str(tmp_path))
    return lambda transport: Connection(transport=transport, transport_options=folders)


@pytest.fixture
def channel_of(connection_of):
    return lambda transport: connection_of(transport).channel()


@pytest.fixture
def rung(connection_of):
    """Ring once, and return what a worker hears first."""
    Transport.global_state.clear()  # or queues of another test's folder count as known

    def ring(word: str) -> str:
        with connection_of(Transport) as connection, connection.SimpleQueue("orders") as bells:
            bells.put(word, headers=TASK)
            message = bells.get(timeout=5)
            message.ack()
            return message.payload

    return ring


def test_nobody_hears_half_a_bell(channel_of):
    channel = channel_of(Transport)
    bell = Peeping(channel)

    channel._put("orders", {"body": bell, "properties": {"delivery_tag": "1"}, "headers": TASK})

    assert bell.saw == [None]
    assert channel._get("orders")["body"] == "all of it"


def test_control_kombus_own_files_can_be_taken_half_written(channel_of):
    channel = channel_of(filesystem.Transport)

    with pytest.raises(ValueError, match="Expecting value"):
        channel._put("orders", {"body": Peeping(channel)})


def test_an_embedded_farm_rings_them(settings):
    if settings.REDIS_URL:
        pytest.skip("this farm has Redis")

    assert isinstance(current_app.connection_for_write().transport, Transport)


def test_a_folder_that_is_gone_is_an_error_of_the_broker(channel_of, tmp_path):
    channel = channel_of(Transport)
    tmp_path.rmdir()

    with pytest.raises(ChannelError, match="Cannot write a bell"):
        channel._put("orders", {"body": "ring"})


@pytest.mark.parametrize("found", BROKEN)
def test_a_broken_bell_is_dropped_and_the_next_one_heard(rung, tmp_path, caplog, found):
    (tmp_path / "0_broken.orders.msg").write_bytes(BROKEN[found])

    heard = rung("ring")

    assert heard == "ring"
    assert list(tmp_path.glob("*.msg")) == []
    assert [record.getMessage() for record in caplog.records if record.name == "farm.file_bell"] == [
        "a bell that cannot be read is dropped: 0_broken.orders.msg"
    ]


@pytest.mark.parametrize("found", ["empty", "half", "zeros"])
def test_a_broken_list_of_queues_is_written_anew(rung, tmp_path, found):
    (tmp_path / "orders.exchange").write_bytes(BROKEN[found])

    assert rung("ring") == "ring"
    assert (tmp_path / "orders.exchange").read_text() == '[["orders", "", "orders"]]'


def test_bells_are_heard_with_no_room_in_tmp(rung, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full" / "tmp"))

    assert rung("ring") == "ring"
