"""Celery's broker of an embedded farm: bells as files in a folder, and never half a file.

Kombu opens a message's file before it writes it; a worker that looks in between takes an empty one and dies of it.
"""

import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's channel, but a message appears under its name only when all of it is there."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]  # as kombu's own
        whole = dumps(payload)
        stamp = f"{time.monotonic() * 1000:.0f}_{uuid4()}"  # they are heard in the order of their names
        part = Path(self.data_folder_out, f"{stamp}.part")
        try:
            part.write_text(whole)
            os.replace(part, part.with_name(f"{stamp}.{queue}.msg"))
        except OSError as error:
            raise ChannelError(f"Cannot write a bell into {part.parent}: {error}") from error


class Transport(filesystem.Transport):
    """Kombu's transport of files with the channel above."""

    Channel = Channel
