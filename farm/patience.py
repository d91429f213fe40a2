"""What failed for no fault of its own is tried again for as long as it takes, ever more seldom."""

import datetime as dt
import sqlite3

from django.db import InterfaceError, OperationalError

SOON, SELDOM = dt.timedelta(seconds=5), dt.timedelta(minutes=5)


def until_next_try(age: dt.timedelta) -> dt.timedelta:
    """How long something waits that was asked for so long ago: a quarter of that, 5 seconds to 5 minutes."""
    return min(max(age / 4, SOON), SELDOM)


def is_the_databases(error: Exception) -> bool:
    """Whether the database is locked, full or away, so that whoever was told so has done nothing wrong.

    SQLite says the same of a column that is not there; its own number tells.
    """
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return isinstance(error, OperationalError | InterfaceError) and code != sqlite3.SQLITE_ERROR
