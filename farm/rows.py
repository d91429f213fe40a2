"""Insert rows with SQL written once per model: on the hot path the ORM's compiler costs more than the insert."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model in one statement; primary keys stay unset. Use `insert_one` to get the key.

    The same as `bulk_create`, without signals or conflict options; `benchmarks/` holds what it saves.
    """
    if rows:
        fields = _fields(type(rows[0]))
        with connection.cursor() as cursor:
            cursor.execute(_sql(type(rows[0]), len(rows)), [value for row in rows for value in _values(row, fields)])


def insert_one(row: models.Model) -> None:
    """Insert one new row and set its primary key."""
    fields = _fields(type(row))
    with connection.cursor() as cursor:
        cursor.execute(_sql(type(row), 1) + _returning(type(row)), _values(row, fields))
        row.pk = cursor.fetchone()[0]
    row._state.adding = False


def _values(row: models.Model, fields: tuple[tuple[str, Any], ...]) -> list[Any]:
    return [prepare(getattr(row, attname), connection) for attname, prepare in fields]


@lru_cache
def _fields(model: type[models.Model]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (field.attname, field.get_db_prep_save) for field in model._meta.local_concrete_fields if not field.primary_key
    )


@lru_cache
def _sql(model: type[models.Model], rows: int) -> str:
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in model._meta.local_concrete_fields if not field.primary_key]
    row = "(" + ", ".join(["%s"] * len(columns)) + ")"
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608 names come from the model, values are parameters


@lru_cache
def _returning(model: type[models.Model]) -> str:
    return f" RETURNING {connection.ops.quote_name(str(model._meta.pk.column))}"
