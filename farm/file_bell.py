"""Celery's broker of an embedded farm: bells as files in a folder, and never half a file.

Kombu opens a message's file before it writes it; a worker that looks in between takes an empty one and dies of it. A
power cut may leave such files, too: they are dropped, for the sweep rings again.
"""

import logging
import os
import time
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Kombu's channel, but a message appears under its name only when all of it is there."""

    def _queue_bind(self, exchange: str, *binding: Any) -> None:
        try:
            super()._queue_bind(exchange, *binding)
        except ValueError:  # of a list that a power cut left broken; one that is not there is written anew
            Path(self.control_folder, f"{exchange}.exchange").unlink(missing_ok=True)
            super()._queue_bind(exchange, *binding)

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]  # as kombu's own
        whole = dumps(payload)
        stamp = f"{time.monotonic() * 1000:.0f}_{uuid4()}"  # they are heard in the order of their names
        part = Path(self.data_folder_out, f"{stamp}.part")
        try:
            part.write_text(whole)
            os.replace(part, part.with_name(f"{stamp}.{queue}.msg"))
        except OSError as error:
            raise ChannelError(f"Cannot write a bell into {part.parent}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the next message where it lies: kombu moves each through /tmp, which may be full."""
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] == f"{queue}.msg" and (payload := self._taken(Path(self.data_folder_in, name))):
                return payload
        raise Empty

    def _taken(self, bell: Path) -> Any:
        try:
            words = bell.read_bytes()
            bell.unlink()  # of two who have read it, one can
        except OSError:
            return None
        try:
            payload = loads(words)
            self.Message(payload, channel=self).headers["task"]  # a worker asks for it, and dies without
        except (AttributeError, KeyError, TypeError, ValueError):
            log.warning("a bell that cannot be read is dropped: %s", bell.name)
            return None
        return payload


class Transport(filesystem.Transport):
    """Kombu's transport of files with the channel above."""

    Channel = Channel
