"""A limited thing: a row with `limit` and `taken`, and the two verbs that change `taken`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from farm import rows, shapes
from farm.models.movements import Movement
from farm.shapes import Reckoned, Shape

Row = TypeVar("Row", bound="Limited")


class SoldOut(Exception):
    """There is less left of a limited thing than was asked for; nothing was taken."""

    def __init__(self, row: "Limited", amount: int) -> None:
        super().__init__(f"{row}: fewer than {amount} left")
        self.row = row
        self.amount = amount


class LedgerBroken(Exception):
    """More would be given back than was ever taken: a bug, never an answer for a customer."""


class LimitedQuerySet(models.QuerySet[Row]):
    """Rows that can run out."""

    def takeable(self, now: dt.datetime) -> "LimitedQuerySet[Row]":
        """Rows from which may be taken at `now`; a subclass narrows it (open, before the cut-off)."""
        return self

    def with_room(self, amount: int = 1) -> "LimitedQuerySet[Row]":
        return self.filter(taken__lte=F("limit") - amount)


class Limited(models.Model):
    """Abstract: `taken` of `limit` units are promised. A subclass says which unit it counts."""

    LOCK_RANK: ClassVar[int] = 50
    """Counters are taken in rising rank: rows that many want at once come last, so they stay locked shortest."""

    limit = models.PositiveIntegerField(_("limit"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=Q(taken__lte=F("limit")), name="%(class)s_never_oversold")]

    @property
    def left(self) -> int:
        return self.limit - self.taken

    @classmethod
    def comes_back(cls, keys: Sequence[int]) -> None:
        """Something of the rows with these keys is given back by the transaction under way; a kind may tell of it."""

    @property
    def counter(self) -> str:
        """The name under which movements speak of this row, e.g. `shop.shipdate:17`."""
        return f"{self._meta.label_lower}:{self.pk}"


class Demand(NamedTuple):
    """So many units of one limited row."""

    row: Limited
    amount: int


def take(demands: Iterable[Demand], *, holder: str, why: str, now: dt.datetime) -> None:
    """Take every demand for `holder` (`order:BZ…`), or raise and take nothing. Call inside a transaction.

    Demands on one row are summed first; rows are taken in one order everywhere, so holders never deadlock.
    The movements are written before the counters: the hottest row is the last thing touched before commit.

    :raises SoldOut: naming the first row that cannot give what is asked; the caller's transaction must roll back.
    """
    ordered = _in_lock_order(demands)
    _note(ordered, holder=holder, why=why, now=now, sign=1)
    for row, amount in ordered:
        if not _take_one(type(row), row.pk, amount, now):
            raise SoldOut(row, amount)


def release(holders: Sequence[str], *, why: str, now: dt.datetime) -> None:
    """Give back everything these holders hold. Call it once per holder, from the winner of the move that ends it.

    The ledger itself says what is held, so nothing can be given back that was not taken. The number of statements
    grows with the counters touched, not with the holders.

    :raises LedgerBroken: when a row never had that many taken.
    """
    held = _held_by(holders)
    rows.insert(
        [Movement(counter=row.counter, holder=holder, amount=-amount, why=why, at=now) for holder, row, amount in held]
    )
    _add_back(_in_lock_order(Demand(row, amount) for _, row, amount in held))


def exchange(new: Iterable[Demand], old: Iterable[Demand], *, holder: str, why: str, now: dt.datetime) -> None:
    """Take `new`, then give back `old`, or raise and leave everything as it was. Call inside a transaction.

    All rows are locked in the one order first: two holders that swap places in opposite directions cannot deadlock.

    :raises SoldOut: when the new rows cannot give what is asked; the caller's transaction must roll back.
    """
    net = _in_lock_order([*new, *(Demand(row, -amount) for row, amount in old)])
    _hold_still([row for row, _ in net])
    take([Demand(row, amount) for row, amount in net if amount > 0], holder=holder, why=why, now=now)
    given = [Demand(row, -amount) for row, amount in net if amount < 0]
    _note(given, holder=holder, why=why, now=now, sign=-1)
    _add_back(given)


def hand_over(new: Iterable[Demand], *, holder: str, to: str, why: str, now: dt.datetime) -> None:
    """Let `to` take `new` and give back all that `holder` holds, or raise and leave everything as it was.

    What both need never comes free in between. Call inside a transaction, from the winner of the move that ends
    `holder`. A row from which nothing may be taken now is sold out, even if `holder` held enough of it.

    :raises SoldOut: when the new rows cannot give what is asked; the caller's transaction must roll back.
    """
    taken, old = _in_lock_order(new), held_by(holder)
    net = _in_lock_order([*taken, *(Demand(row, -amount) for row, amount in old)])
    _hold_still([row for row, _ in net])
    _note(taken, holder=to, why=why, now=now, sign=1)
    _note(old, holder=holder, why=why, now=now, sign=-1)
    wanted = {row.counter for row, _ in taken}
    for row, amount in net:
        if row.counter in wanted and not _take_one(type(row), row.pk, max(0, amount), now):
            raise SoldOut(row, amount)
    _add_back([Demand(row, -amount) for row, amount in net if amount < 0])


def set_limit(row: Limited, limit: int) -> bool:
    """Let `row` give `limit` units in all and read it again; False, changing nothing, when more are promised of it."""
    fits = limit >= 0 and _rows_of(type(row)).filter(pk=row.pk, taken__lte=limit).update(limit=limit) == 1
    row.refresh_from_db(fields=["taken", "limit"])
    return fits


def held_by(holder: str) -> list[Demand]:
    """What `holder` holds now, added up from its movements."""
    return [Demand(row, amount) for _, row, amount in _held_by([holder])]


def kinds() -> list[type[Limited]]:
    """Every kind of limited thing in the house, for the command that re-adds all ledgers."""
    return [model for model in apps.get_models() if issubclass(model, Limited)]


def _in_lock_order(demands: Iterable[Demand]) -> list[Demand]:
    summed: dict[tuple[int, str, int], Demand] = {}
    for row, amount in demands:
        place = (row.LOCK_RANK, row._meta.label_lower, row.pk)
        summed[place] = Demand(row, summed[place].amount + amount if place in summed else amount)
    return [summed[place] for place in sorted(summed)]


def _take_one(kind: type[Limited], pk: int, amount: int, now: dt.datetime) -> bool:
    """One conditional UPDATE decides and writes; its row count is the answer."""
    return _is_moved(_taking(kind), pk, amount, now)


def give_back(kind: type[Limited], pk: int, amount: int) -> bool:
    """Give back `amount` units of one row; False when that many were never taken."""
    return _is_moved(_giving_back(kind), pk, amount)


def _is_moved(statement: Reckoned, *given: Any) -> bool:
    with rows.prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(statement.sql, statement.parameters_for(given))
        return bool(cursor.rowcount == 1)


@lru_cache
def _taking(kind: type[Limited]) -> Reckoned:
    def takeable(pk: int, amount: int, now: dt.datetime) -> LimitedQuerySet[Limited]:
        return _rows_of(kind).takeable(now).filter(pk=pk, taken__lte=F("limit") - amount)

    return shapes.reckoned(takeable, (int, int, dt.datetime), lambda _, amount, __: {"taken": F("taken") + amount})


@lru_cache
def _giving_back(kind: type[Limited]) -> Reckoned:
    def taken(pk: int, amount: int) -> LimitedQuerySet[Limited]:
        return _rows_of(kind).filter(pk=pk, taken__gte=amount)

    return shapes.reckoned(taken, (int, int), lambda _, amount: {"taken": F("taken") - amount})


def _rows_of(kind: type[Row]) -> LimitedQuerySet[Row]:
    return cast(LimitedQuerySet[Row], kind._default_manager.all())


def _note(demands: list[Demand], *, holder: str, why: str, now: dt.datetime, sign: int) -> None:
    rows.insert(
        [Movement(counter=row.counter, holder=holder, amount=sign * amount, why=why, at=now) for row, amount in demands]
    )


def _add_back(demands: list[Demand]) -> None:
    for kind in {type(demand.row) for demand in demands}:
        kind.comes_back([demand.row.pk for demand in demands if type(demand.row) is kind])
    for row, amount in demands:
        if not give_back(type(row), row.pk, amount):
            raise LedgerBroken(f"{amount} of {row} would be given back, but were never taken")


def _hold_still(limited_rows: list[Limited]) -> None:
    """Lock the rows in the given order until commit; SQLite holds the whole file already."""
    for row in limited_rows:
        rows.read(_locked(type(row)), row.pk)


def _held_by(holders: Sequence[str]) -> list[tuple[str, Limited, int]]:
    sums = rows.read(_sums_of, holders[0]) if len(holders) == 1 else _sums(holders)
    held = [entry for entry in sums if entry[2]]
    behind = _rows({counter for _, counter, _ in held})
    return [(holder, behind[counter], amount) for holder, counter, amount in held]


def _sums_of(holder: str) -> models.QuerySet[Movement, tuple[str, str, int]]:
    return _sums([holder])


def _sums(holders: Sequence[str]) -> models.QuerySet[Movement, tuple[str, str, int]]:
    sums = Movement.objects.filter(holder__in=holders).values("holder", "counter").annotate(sum=Sum("amount"))
    return sums.order_by("holder", "counter").values_list("holder", "counter", "sum")


def _rows(counters: set[str]) -> dict[str, Limited]:
    """The rows behind counter names, with one query per kind of limited thing."""
    keys: dict[str, list[int]] = {}
    for counter in counters:
        label, _, pk = counter.partition(":")
        keys.setdefault(label, []).append(int(pk))
    return {row.counter: row for label, pks in keys.items() for row in _with_keys(apps.get_model(label), pks)}


def _with_keys(kind: type[Limited], pks: Sequence[int]) -> Iterable[Limited]:
    return rows.read(_one(kind), pks[0]) if len(pks) == 1 else _rows_of(kind).filter(pk__in=pks)


@lru_cache
def _one(kind: type[Limited]) -> Shape:
    return lambda pk: _rows_of(kind).filter(pk=pk)


@lru_cache
def _locked(kind: type[Limited]) -> Shape:
    return lambda pk: _rows_of(kind).select_for_update().filter(pk=pk).values_list("pk")
