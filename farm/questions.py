"""Questions that are asked again and again: what the ORM writes for one is kept for the life of the process.

To write such a SELECT costs the ORM twenty times what it costs a small farm's database to answer it. `farm.rows.read`
is for hot paths: one value, few rows, planned once by PostgreSQL; this is for any shape and any number of rows.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from farm.shapes import Selected

AT_A_TIME = 500
_SOME_TIME = dt.datetime(1987, 6, 5, 4, 3, 21, tzinfo=dt.UTC)
_SOME_NUMBER = 987_654_321

Shape = Callable[..., models.QuerySet[Any]]


def compiled_once(shape: Shape, *, many_rows: bool = False) -> Callable[..., Iterator[Any]]:
    """Turn a function that writes a queryset into one that yields its rows: models, or tuples of a `values_list`.

    Moments and whole numbers that it is given come into the finished SQL, where they may only be compared as they are;
    all else is part of it and kept with it, so it must be one of few (a model, a name). Rows come a few at a time,
    however many there are.
    """
    known: dict[tuple[Any, ...], _Question] = {}

    @wraps(shape)
    def rows_of(*given: Any) -> Iterator[Any]:
        key = tuple(type(one) if _comes_later(one) else one for one in given)
        if key not in known:
            known[key] = _Question(shape, given, many_rows)
        return known[key].ask(given)

    return rows_of


many_rows_compiled_once = partial(compiled_once, many_rows=True)
"""The same for what answers with a row for each of many things: it is never asked for a few first."""


class _Question:
    """The SQL of one shape, and where in it each moment and number goes."""

    def __init__(self, shape: Shape, given: Sequence[Any], many_rows: bool) -> None:
        self.many_rows = many_rows
        some, others = _stand_ins(given, 1), _stand_ins(given, 2)
        self.selected = Selected(shape(*some))
        places = {_adapted(one): place for place, one in enumerate(some) if _comes_later(given[place])}
        self.places = [places.get(one) for one in self.selected.parameters]
        again = Selected(shape(*others))
        if (again.sql, list(again.parameters)) != (self.selected.sql, self._parameters(others)):
            raise ValueError(f"{shape.__qualname__} does more with what it is given than to compare it")

    def ask(self, given: Sequence[Any]) -> Iterator[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        parameters = self._parameters(given)
        asks_few = database.vendor == "postgresql" and not self.many_rows
        few = self._few(database, parameters) if asks_few else None
        return self._many(database, parameters) if few is None else iter(self.selected.rows_of(few))

    def _few(self, database: BaseDatabaseWrapper, parameters: Sequence[Any]) -> list[Any] | None:
        """What PostgreSQL finds on one way there and back, or None when it is more than to be held at once."""
        with database.cursor() as cursor:
            cursor.execute(f"{self.selected.sql} LIMIT {AT_A_TIME + 1}", parameters)
            found = cursor.fetchall()
        return found if len(found) <= AT_A_TIME else None

    def _many(self, database: BaseDatabaseWrapper, parameters: Sequence[Any]) -> Iterator[Any]:
        with database.chunked_cursor() as cursor:
            cursor.execute(self.selected.sql, parameters)
            while some := cursor.fetchmany(AT_A_TIME):
                yield from self.selected.rows_of(some)

    def _parameters(self, given: Sequence[Any]) -> list[Any]:
        both = zip(self.selected.parameters, self.places, strict=True)
        return [one if place is None else _adapted(given[place]) for one, place in both]


def _comes_later(one: Any) -> bool:
    return isinstance(one, int | dt.datetime)


def _stand_ins(given: Sequence[Any], turn: int) -> list[Any]:
    """Another value for each that comes later: no two are alike, in this turn and in the next."""
    return [_another(one, 2 * place + turn) if _comes_later(one) else one for place, one in enumerate(given)]


def _another(one: Any, number: int) -> Any:
    return _SOME_NUMBER + number if isinstance(one, int) else _SOME_TIME + dt.timedelta(days=number)


def _adapted(one: Any) -> Any:
    """A value as the database's driver takes it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(one) if isinstance(one, dt.datetime) else one
