"""Lets go whatever was held and not paid in time, in bunches; a broken ledger keeps only what hangs on it."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from farm import rows
from farm.limited import LedgerBroken

log = logging.getLogger(__name__)

MOST_ALONE = 1_000

Dead = Callable[[dt.datetime, dt.datetime], QuerySet[Any]]
LetGo = Callable[[Any, dt.datetime], int]
"""Lets some of these rows go in one transaction, and returns how many."""


def let_go(dead: Dead, some: LetGo, now: dt.datetime, since: dt.datetime) -> int:
    """Let all of `dead(now, since)` go with `some`, bunch by bunch; return how many.

    Where a row never had as much taken as it shall get back, its whole bunch stays: then each goes alone.
    """
    gone = 0
    try:
        while rows.exists(dead, now, since) and (went := some(dead(now, since), now)):
            gone += went
    except LedgerBroken:
        keys = dead(now, since).order_by("hold_until", "pk").values_list("pk", flat=True)
        gone += sum(_alone(dead(now, since).filter(pk=pk), some, now) for pk in list(keys[:MOST_ALONE]))
    return gone


def _alone(one: QuerySet[Any], some: LetGo, now: dt.datetime) -> int:
    try:
        return some(one, now)
    except LedgerBroken as error:
        log.error("%s keeps what it holds until its ledger is mended: %s", ", ".join(map(str, one)), error)
        return 0
