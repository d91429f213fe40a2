"""Questions that are asked again and again, of any number of rows: what the ORM writes for one is kept.

To write such a SELECT costs the ORM twenty times what it costs a small farm's database to answer it. `farm.rows.read`
holds all rows at once and lets PostgreSQL plan once; here they come a few at a time, and each answer is planned anew.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from farm import shapes
from farm.shapes import Selected, Shape

AT_A_TIME = 500


def compiled_once(shape: Shape, *, many_rows: bool = False) -> Callable[..., Iterator[Any]]:
    """Turn a function that writes a queryset into one that yields its rows: models, or tuples of a `values_list`.

    Moments and whole numbers that it is given come into the finished SQL, where they may only be compared as they are;
    all else is part of it and kept with it, so it must be one of few (a model, a name). Rows come a few at a time,
    however many there are.
    """
    known: dict[tuple[Any, ...], Selected] = {}

    @wraps(shape)
    def rows_of(*given: Any) -> Iterator[Any]:
        key = tuple(type(one) if _comes_later(one) else one for one in given)
        if key not in known:
            known[key] = _written(shape, given)
        selected = known[key]
        return _answers(selected, selected.parameters_for([one for one in given if _comes_later(one)]), many_rows)

    return rows_of


many_rows_compiled_once = partial(compiled_once, many_rows=True)
"""The same for what answers with a row for each of many things: it is never asked for a few first."""


def _written(shape: Shape, given: Sequence[Any]) -> Selected:
    kinds = [type(one) for one in given if _comes_later(one)]

    @wraps(shape)
    def filled(*later: Any) -> models.QuerySet[Any]:
        rest = iter(later)
        return shape(*(next(rest) if _comes_later(one) else one for one in given))

    return shapes.proven(filled, kinds, Selected)


def _answers(selected: Selected, parameters: Sequence[Any], many_rows: bool) -> Iterator[Any]:
    database = connections[DEFAULT_DB_ALIAS]
    asks_few = database.vendor == "postgresql" and not many_rows
    few = _few(selected, parameters, database) if asks_few else None
    return _many(selected, parameters, database) if few is None else iter(selected.rows_of(few))


def _few(selected: Selected, parameters: Sequence[Any], database: BaseDatabaseWrapper) -> list[Any] | None:
    """What PostgreSQL finds on one way there and back, or None when it is more than to be held at once."""
    with database.cursor() as cursor:
        cursor.execute(f"{selected.sql} LIMIT {AT_A_TIME + 1}", parameters)
        found = cursor.fetchall()
    return found if len(found) <= AT_A_TIME else None


def _many(selected: Selected, parameters: Sequence[Any], database: BaseDatabaseWrapper) -> Iterator[Any]:
    with database.chunked_cursor() as cursor:
        cursor.execute(selected.sql, parameters)
        while some := cursor.fetchmany(AT_A_TIME):
            yield from selected.rows_of(some)


def _comes_later(one: Any) -> bool:
    return isinstance(one, int | dt.datetime)
