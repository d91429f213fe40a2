"""The embedded farm's cache, files in a folder: what a full disk does not take is a miss, and stops nobody."""

import logging
from contextlib import suppress
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

log = logging.getLogger(__name__)


class ForgivingFileCache(FileBasedCache):
    """Django's, except that what cannot be written is forgotten: no answer is better than the one before."""

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except OSError as error:
            log.warning("cache is away: %s", error)
            with suppress(OSError):  # the folder cannot be written at all
                self.delete(key, version)
