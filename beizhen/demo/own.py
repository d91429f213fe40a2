"""Settings that hold while a demo's story is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings


@contextmanager
def own_settings(**own: Any) -> Iterator[None]:
    """Other settings for a while, and those there were again afterwards."""
    before = {name: getattr(settings, name) for name in own}
    try:
        for name, value in own.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
