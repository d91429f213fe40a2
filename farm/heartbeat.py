"""When the sweep last ran, kept in the cache: a sign of life for people and monitors, never a truth to act on."""

import datetime as dt

from django.core.cache import cache

KEY = "farm.last_sweep"
REMEMBERED_SECONDS = 86_400


def beat(now: dt.datetime) -> None:
    """Remember that the sweep ran; the caller does it last, so that a cache that is away costs no work."""
    cache.set(KEY, now, REMEMBERED_SECONDS)


def last_beat() -> dt.datetime | None:
    last: dt.datetime | None = cache.get(KEY)
    return last
