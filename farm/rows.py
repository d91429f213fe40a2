"""SQL written once and prepared by the database: on hot paths the ORM's compiler costs more than the statement."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators

Shape = Callable[[Any], models.QuerySet[Any]]


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model in one statement; primary keys stay unset. Use `insert_one` to get the key.

    The same as `bulk_create`, without signals or conflict options; `benchmarks/` holds what it saves.
    """
    if rows:
        database = connections[DEFAULT_DB_ALIAS]  # once: each look through `connection` costs as much as a value
        values = [value for row in rows for value in _values(row, database)]
        with prepared(database) as cursor:
            cursor.execute(_sql(type(rows[0]), len(rows)), values)


def insert_one(row: models.Model) -> None:
    """Insert one new row and set its primary key."""
    database = connections[DEFAULT_DB_ALIAS]
    with prepared(database) as cursor:
        cursor.execute(_sql(type(row), 1) + _returning(type(row)), _values(row, database))
        row.pk = cursor.fetchone()[0]
    row._state.adding = False


def change_one(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run an UPDATE … RETURNING that comes again and again; what it returns, or None when it changed nothing."""
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(sql, parameters)
        changed: tuple[Any, ...] | None = cursor.fetchone()
    return changed


def read(shape: Shape, value: str | int) -> list[Any]:
    """The rows of `shape(value)`, with all that it selects beside them; its SQL is compiled for the first value only.

    `shape` is a function of a module, and its SQL must not depend on the value. A lock it takes needs a transaction.
    """
    selected = _selected(shape, STAND_INS[type(value)])
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(selected.sql, selected.parameters_for(value))
        return selected.rows_of(cursor.fetchall())


def read_in_turn(shapes: Sequence[Shape], value: str | int) -> list[list[Any]]:
    """The rows of each shape, as `read` after `read` gives them, on one way to PostgreSQL and back.

    Each statement sees what the one before it waited for: a lock comes first.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or database.queries_logged:
        return [read(shape, value) for shape in shapes]
    database.ensure_connection()
    asked = [(_selected(shape, STAND_INS[type(value)]), prepared(database)) for shape in shapes]
    with database.connection.pipeline():
        for selected, cursor in asked:
            cursor.execute(selected.sql, selected.parameters_for(value))
        return [selected.rows_of(cursor.fetchall()) for selected, cursor in asked]


def change_row(row: models.Model, before: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Set plain `values` of a row, its status among them, if its status is one of `before`; False when it is not."""
    database = connections[DEFAULT_DB_ALIAS]
    model = type(row)
    keys = {name: value.pk if isinstance(value, models.Model) else value for name, value in values.items()}
    adapted = [_field(model, name).get_db_prep_save(value, database) for name, value in keys.items()]
    with prepared(database) as cursor:
        cursor.execute(_change_sql(model, tuple(values), len(before)), [*adapted, row.pk, *before])
        return bool(cursor.rowcount)


def mark(model: type[models.Model], name: str, value: int, keys: Sequence[int]) -> int:
    """Set an empty reference of the rows with these keys; how many had none before."""
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(_mark_sql(model, name, len(keys)), [value, *keys])
        return int(cursor.rowcount)


def adapted(moment: dt.datetime) -> Any:
    """A moment as the database's driver takes it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)


def prepared(database: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor for statements that come again and again: PostgreSQL reads and plans each once per connection.

    Django's own cursors write values into the text, because not all that the ORM writes can be prepared; this can.
    """
    if database.vendor != "postgresql" or database.queries_logged:  # a log shows statements with their values
        return database.cursor()
    database.ensure_connection()
    return CursorWrapper(psycopg.Cursor(database.connection), database)


def _values(row: models.Model, database: BaseDatabaseWrapper) -> list[Any]:
    return [prepare(getattr(row, attname), database) for attname, prepare in _fields(type(row))]


@lru_cache
def _fields(model: type[models.Model]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (field.attname, field.get_db_prep_save) for field in model._meta.local_concrete_fields if not field.primary_key
    )


@lru_cache
def _sql(model: type[models.Model], rows: int) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    columns = [quote(str(field.column)) for field in model._meta.local_concrete_fields if not field.primary_key]
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 names come from the model, values are parameters


class _Selected:
    """A SELECT of one shape: its text, and how rows of the database become rows of models."""

    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        self.model = queryset.model
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.parameters = compiler.as_sql()
        chosen, known = compiler.select, compiler.klass_info
        places = known["select_fields"]
        self.first, self.end = places[0], places[-1] + 1
        self.names = [field[0].target.attname for field in chosen[self.first : self.end]]
        self.beside = get_related_populators(known, chosen, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # stubs of 6.0
        self.converters = compiler.get_converters([column[0] for column in chosen])
        self.compiler = compiler

    def parameters_for(self, value: str | int) -> list[Any]:
        return [value if one == STAND_INS[type(value)] else one for one in self.parameters]

    def rows_of(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        if self.converters:
            found = list(self.compiler.apply_converters(found, self.converters))
        return [self._row_of(values) for values in found]

    def _row_of(self, values: Sequence[Any]) -> Any:
        row = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values[self.first : self.end])
        for one in self.beside:
            one.populate(values, row)
        return row


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


STAND_INS: dict[type, str | int] = {str: "a value that comes later", int: 2_071_071_071}


@lru_cache
def _selected(shape: Shape, stand_in: str | int) -> _Selected:
    return _Selected(shape(stand_in))


@lru_cache
def _change_sql(model: type[models.Model], names: tuple[str, ...], before: int) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    meta = model._meta
    columns = ", ".join(f"{quote(str(_field(model, name).column))} = %s" for name in names)
    status = f"{quote(str(_field(model, 'status').column))} IN ({', '.join(['%s'] * before)})"
    return f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(str(meta.pk.column))} = %s AND {status}"  # noqa: S608 names come from the model, values are parameters


@lru_cache
def _mark_sql(model: type[models.Model], name: str, keys: int) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    column, key = quote(str(_field(model, name).column)), quote(str(model._meta.pk.column))
    places = ", ".join(["%s"] * keys)
    return f"UPDATE {quote(model._meta.db_table)} SET {column} = %s WHERE {column} IS NULL AND {key} IN ({places})"  # noqa: S608 names come from the model, values are parameters


@lru_cache
def _returning(model: type[models.Model]) -> str:
    return f" RETURNING {connections[DEFAULT_DB_ALIAS].ops.quote_name(str(model._meta.pk.column))}"
