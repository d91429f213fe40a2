"""Questions that are asked again and again: what the ORM writes for one is kept for the life of the process.

To write such a SELECT costs the ORM twenty times what it costs a small farm's database to answer it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from farm.rows import Selected, prepared

AT_A_TIME = 500
_SOME_TIME = dt.datetime(1987, 6, 5, 4, 3, 21, tzinfo=dt.UTC)
_SOME_NUMBER = 987_654_321

Shape = Callable[..., models.QuerySet[Any]]


def compiled_once(shape: Shape) -> Callable[..., Iterator[Any]]:
    """Turn a function that writes a queryset into one that yields its rows: models, or tuples of a `values_list`.

    Moments and whole numbers that it is given come into the finished SQL, where they may only be compared as they are;
    all else is part of it. Rows come a few at a time, however many there are.
    """
    known: dict[tuple[Any, ...], _Question] = {}

    @wraps(shape)
    def rows_of(*given: Any) -> Iterator[Any]:
        key = tuple(type(one) if _comes_later(one) else one for one in given)
        if key not in known:
            known[key] = _Question(shape, given)
        return known[key].ask(given)

    return rows_of


class _Question:
    """The SQL of one shape, and where in it each moment and number goes."""

    def __init__(self, shape: Shape, given: Sequence[Any]) -> None:
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
        few = self._few(database, parameters) if database.vendor == "postgresql" else None
        return self._many(database, parameters) if few is None else iter(self.selected.rows_of(few))

    def _few(self, database: BaseDatabaseWrapper, parameters: Sequence[Any]) -> list[Any] | None:
        """What PostgreSQL finds by a statement that it plans once, or None when it is more than to be held at once.

        Values stand in its text, because not all that the ORM writes can be prepared with places for them.
        """
        with database.cursor() as cursor:
            text = cursor.mogrify(f"{self.selected.sql} LIMIT {AT_A_TIME + 1}", parameters)
        with prepared(database) as cursor:
            cursor.execute(text)
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
