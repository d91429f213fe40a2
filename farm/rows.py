"""SQL written once and prepared by the database: on hot paths the ORM's compiler costs more than the statement."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


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


@lru_cache
def _returning(model: type[models.Model]) -> str:
    return f" RETURNING {connections[DEFAULT_DB_ALIAS].ops.quote_name(str(model._meta.pk.column))}"
