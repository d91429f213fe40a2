"""The one list of checks that re-add the whole farm, and how they are run: on one snapshot, changing nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from farm import ledgers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DRIFT = (
    "farm.ledgers.counters_equal_their_movements",
    "farm.ledgers.counters_stay_within_limits",
    "farm.ledgers.nobody_gives_back_more_than_they_took",
    "farm.ledgers.payments_follow_their_events",
    "farm.ledgers.refunds_follow_their_events",
    "farm.ledgers.money_adds_up",
    "shop.ledgers.orders_hold_their_ship_date",
    "shop.ledgers.orders_hold_their_lots",
    "shop.ledgers.offers_hold_their_boxes",
    "shop.ledgers.movements_belong_to_orders",
    "shop.ledgers.orders_cost_what_their_lines_say",
    "shop.ledgers.orders_follow_their_events",
    "shop.ledgers.paid_orders_keep_their_price",
    "shop.ledgers.other_orders_keep_no_money",
    "shop.ledgers.damage_is_paid_as_granted",
    "shop.ledgers.shipped_orders_have_a_waybill",
    "tours.ledgers.bookings_hold_their_seats",
    "tours.ledgers.bookings_hold_their_credit",
    "tours.ledgers.offers_hold_their_seats",
    "tours.ledgers.movements_belong_to_visits",
    "tours.ledgers.bookings_cost_what_their_units_say",
    "tours.ledgers.sure_bookings_have_their_tickets",
    "tours.ledgers.visits_follow_their_events",
    "tours.ledgers.bookings_keep_their_money",
    "tours.ledgers.bills_keep_their_money",
    "tours.ledgers.bookings_keep_what_they_may",
)
"""What must never be: one sentence from any of these is a bug or a hand in the database."""
LATE = (
    "farm.ledgers.jobs_are_done_in_time",
    "farm.ledgers.messages_are_told_in_time",
    "farm.ledgers.statements_are_explained",
    "farm.ledgers.refunds_go_back_in_time",
    "farm.ledgers.nothing_is_parked",
    "shop.ledgers.holds_end_in_time",
    "shop.ledgers.closed_days_sell_nothing",
    "shop.ledgers.damage_is_answered_in_time",
    "tours.ledgers.holds_of_visits_end_in_time",
)
"""What should not last: workers are late or a person must look."""
MOST_SENTENCES = 100
LAST = "verify.last.3"  # another number when the report changes its shape
LAST_KEPT_SECONDS = 7 * 86_400


@dataclass(frozen=True)
class Finding:
    """What one check found; `more` is True when there was more than anybody would read."""

    check: str
    proves: "StrOrPromise"
    sentences: list[str]
    more: bool = False


@dataclass(frozen=True)
class Report:
    """Every check with what it found."""

    at: dt.datetime
    drift: list[Finding] = field(default_factory=list)
    late: list[Finding] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_drift(self) -> bool:
        return any(finding.sentences for finding in self.drift)

    @property
    def is_late(self) -> bool:
        return any(finding.sentences for finding in self.late)

    @property
    def drifts(self) -> int:
        return sum(len(finding.sentences) for finding in self.drift)


def run(*, now: dt.datetime) -> Report:
    """Re-add everything as of one moment and remember the report for the staff's page, in each reader's language."""
    with one_snapshot():
        report = Report(now, _found(DRIFT, now), _found(LATE, now), ledgers.totals())
    cache.set(LAST, report, LAST_KEPT_SECONDS)
    return report


def proof_of(check: Any) -> str:
    """What a check proves: the first line of its docstring, which the Chinese catalogue knows too."""
    return str(check.__doc__).partition("\n")[0]


def last() -> Report | None:
    """The report of the last run that anybody made, if it is remembered."""
    report: Report | None = cache.get(LAST)
    return report


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All reads see one moment, while others go on writing. Inside a transaction its own moment is kept."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = '10min'")
            yield
    else:
        with _deferred_transaction():
            yield


@contextmanager
def _deferred_transaction() -> Iterator[None]:
    """SQLite reads one snapshot without the write lock that our own transactions begin with."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _found(checks: Iterable[str], now: dt.datetime) -> list[Finding]:
    return [_finding(path, import_string(path), now) for path in checks]


def _finding(path: str, check: Any, now: dt.datetime) -> Finding:
    sentences = list(islice(check(now), MOST_SENTENCES + 1))
    return Finding(
        path, gettext_lazy(proof_of(check)), sentences[:MOST_SENTENCES], more=len(sentences) > MOST_SENTENCES
    )
