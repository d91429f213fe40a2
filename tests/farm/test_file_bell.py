"""Bells that are files: whoever looks while one is written sees nothing, and hears all of it afterwards."""

from queue import Empty

import pytest
from celery import current_app
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport import filesystem

from farm.file_bell import Transport

pytestmark = pytest.mark.once("it knows no database")


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
def channel_of(tmp_path):
    folders = dict.fromkeys(["data_folder_in", "data_folder_out", "control_folder"], str(tmp_path))
    return lambda transport: Connection(transport=transport, transport_options=folders).channel()


def test_nobody_hears_half_a_bell(channel_of):
    channel = channel_of(Transport)
    bell = Peeping(channel)

    channel._put("orders", {"body": bell})

    assert bell.saw == [None]
    assert channel._get("orders") == {"body": "all of it"}


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
