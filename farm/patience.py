"""What failed for no fault of its own is tried again for as long as it takes, ever more seldom."""

import datetime as dt

from django.db import InterfaceError, OperationalError

NOT_ITS_FAULT = (OperationalError, InterfaceError)
"""What a database says that is locked, full or away: whoever was told so has done nothing wrong."""
SOON, SELDOM = dt.timedelta(seconds=5), dt.timedelta(minutes=5)


def until_next_try(age: dt.timedelta) -> dt.timedelta:
    """How long something waits that was asked for so long ago: a quarter of that, 5 seconds to 5 minutes."""
    return min(max(age / 4, SOON), SELDOM)
