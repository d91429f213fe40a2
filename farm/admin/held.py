"""A row that stays as it is until what a button does to it is done and noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import models, transaction

Row = TypeVar("Row", bound=models.Model)


@contextmanager
def held_still(kind: type[Row], key: str) -> Iterator[Row]:
    """The row with that key, which nobody else changes meanwhile: a history says from what it was changed.

    It is held as its UPDATE will hold it, so orders may still come to point at it.
    """
    with transaction.atomic():
        yield kind._default_manager.select_for_update(no_key=True).get(pk=key)
