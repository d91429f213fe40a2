"""SQL written once and prepared by the database: on hot paths the ORM's compiler costs more than the statement."""

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, DataError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators

Shape = Callable[[Any], models.QuerySet[Any]]


@dataclass(frozen=True)
class Change:
    """A statement that is to change so many `rows` of a model; a row that is `made` by it gets its key."""

    model: type[models.Model]
    sql: str
    values: Sequence[Any]
    rows: int
    made: models.Model | None = None


class Overtaken(Exception):
    """Others were faster: a row is no longer as it was seen."""


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model in one statement; primary keys stay unset. Use `insert_one` to get the key.

    The same as `bulk_create`, without signals or conflict options; `benchmarks/` holds what it saves.
    """
    if rows:
        change = inserting(rows)
        with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
            cursor.execute(change.sql, change.values)


def insert_one(row: models.Model) -> None:
    """Insert one new row and set its primary key."""
    change = making(row)
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(change.sql + _returning(change.model), change.values)
        _keep(change, cursor.fetchone()[0])


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
    if not _has_one_way(database):
        return [read(shape, value) for shape in shapes]
    database.ensure_connection()
    asked = [(_selected(shape, STAND_INS[type(value)]), prepared(database)) for shape in shapes]
    with database.connection.pipeline():
        for selected, cursor in asked:
            cursor.execute(selected.sql, selected.parameters_for(value))
        return [selected.rows_of(cursor.fetchall()) for selected, cursor in asked]


def change_row(row: models.Model, before: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Set plain `values` of a row, its status among them, if its status is one of `before`; False when it is not."""
    change = changing(row, before, values)
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(change.sql, change.values)
        return bool(cursor.rowcount)


def change_at_once(changes: Sequence[Change]) -> None:
    """Make all these changes, each of another model, or none when one does not hit the rows that it is to.

    On PostgreSQL they are one statement, so outside of a transaction they need neither BEGIN nor COMMIT. They do not
    see what the others write, except that `marking` finds the row that was made before it.

    :raises Overtaken: when a row is no longer as it was seen.
    """
    database = connections[DEFAULT_DB_ALIAS]
    is_one = database.vendor == "postgresql"
    change_all = _change_in_one if is_one else _change_one_by_one
    with contextlib.nullcontext() if is_one and not database.in_atomic_block else transaction.atomic():
        keys = change_all(changes)
    for change, key in zip(changes, keys, strict=True):
        _keep(change, key)


def making(row: models.Model) -> Change:
    """The INSERT of one row that is to get its key."""
    kind = type(row)
    return Change(kind, _sql(kind, 1), _values(row, connections[DEFAULT_DB_ALIAS]), 1, made=row)


def inserting(rows: Sequence[models.Model]) -> Change:
    """The INSERT of rows whose keys nobody asks for."""
    database = connections[DEFAULT_DB_ALIAS]  # once: each look through `connection` costs as much as a value
    kind = type(rows[0])
    return Change(kind, _sql(kind, len(rows)), [value for row in rows for value in _values(row, database)], len(rows))


def changing(row: models.Model, before: Sequence[str], values: Mapping[str, Any], still: Sequence[str] = ()) -> Change:
    """The UPDATE of a row whose status is one of `before`, if the fields `still` are as they were when it was read."""
    database, model = connections[DEFAULT_DB_ALIAS], type(row)
    keys = {name: value.pk if isinstance(value, models.Model) else value for name, value in values.items()}
    adapted = [_field(model, name).get_db_prep_save(value, database) for name, value in keys.items()]
    seen = [getattr(row, name) for name in still]
    return Change(
        model, _change_sql(model, tuple(values), len(before), tuple(still)), [*adapted, row.pk, *before, *seen], 1
    )


def marking(model: type[models.Model], name: str, found_by: Mapping[str, Any], keys: Sequence[int]) -> Change:
    """The UPDATE that lets the empty reference `name` of these rows point to the row that a unique field finds.

    So it can come together with the INSERT of that row, whose key nobody knows yet.
    """
    [(unique, value)] = found_by.items()
    return Change(model, _mark_sql(model, name, unique, len(keys)), [value, *keys], len(keys))


def adapted(moment: dt.datetime) -> Any:
    """A moment as the database's driver takes it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(moment)


def prepared(database: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor for statements that come again and again: PostgreSQL reads and plans each once per connection.

    Django's own cursors write values into the text, because not all that the ORM writes can be prepared; this can.
    """
    if not _has_one_way(database):  # a log shows statements with their values
        return database.cursor()
    database.ensure_connection()
    return CursorWrapper(psycopg.Cursor(database.connection), database)


def _has_one_way(database: BaseDatabaseWrapper) -> bool:
    return database.vendor == "postgresql" and not database.queries_logged


def _change_in_one(changes: Sequence[Change]) -> Sequence[Any]:
    sql = _whole_sql(tuple((change.model, change.sql, change.rows) for change in changes))
    try:
        with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
            cursor.execute(sql, [value for change in changes for value in change.values])
            keys: Sequence[Any] = cursor.fetchone()
    except DataError as error:
        raise (Overtaken() if isinstance(error.__cause__, psycopg.errors.DivisionByZero) else error) from error
    return keys


def _change_one_by_one(changes: Sequence[Change]) -> Sequence[Any]:
    keys = []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        for change in changes:
            cursor.execute(change.sql, change.values)
            if cursor.rowcount != change.rows:
                raise Overtaken
            keys.append(cursor.lastrowid)
    return keys


def _keep(change: Change, key: Any) -> None:
    if change.made:
        change.made.pk = key
        change.made._state.adding = False


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


class Selected:
    """A SELECT of one shape: its text, and how rows of the database become rows of models, or plain values."""

    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        self.model = queryset.model
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.parameters = compiler.as_sql()
        self.converters = compiler.get_converters([column[0] for column in compiler.select])
        self.compiler = compiler
        self.has_models = queryset.query.default_cols  # `values_list` names its own
        if self.has_models:
            self._learn(compiler.select, compiler.klass_info)

    def _learn(self, chosen: Sequence[Any], known: Any) -> None:
        """Where a row of the model begins and ends, and what else is set on it."""
        places = known["select_fields"]
        self.first, self.end = places[0], places[-1] + 1
        self.names = [field[0].target.attname for field in chosen[self.first : self.end]]
        self.beside = get_related_populators(known, chosen, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # stubs of 6.0
        self.reckoned = list((self.compiler.annotation_col_map or {}).items())

    def parameters_for(self, value: str | int) -> list[Any]:
        return [value if one == STAND_INS[type(value)] else one for one in self.parameters]

    def rows_of(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        if self.converters:
            found = list(self.compiler.apply_converters(found, self.converters))
        return [self._row_of(values) for values in found] if self.has_models else list(found)

    def _row_of(self, values: Sequence[Any]) -> Any:
        row = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values[self.first : self.end])
        for one in self.beside:
            one.populate(values, row)
        for name, place in self.reckoned:
            setattr(row, name, values[place])
        return row


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


STAND_INS: dict[type, str | int] = {str: "a value that comes later", int: 2_071_071_071}


@lru_cache
def _selected(shape: Shape, stand_in: str | int) -> Selected:
    return Selected(shape(stand_in))


@lru_cache
def _change_sql(model: type[models.Model], names: tuple[str, ...], before: int, still: tuple[str, ...] = ()) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    meta = model._meta
    columns = ", ".join(f"{quote(str(_field(model, name).column))} = %s" for name in names)
    status = f"{quote(str(_field(model, 'status').column))} IN ({', '.join(['%s'] * before)})"
    status += "".join(f" AND {quote(str(_field(model, name).column))} = %s" for name in still)
    return f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(str(meta.pk.column))} = %s AND {status}"  # noqa: S608 names come from the model, values are parameters


@lru_cache
def _mark_sql(model: type[models.Model], name: str, unique: str, keys: int) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    column, key = quote(str(_field(model, name).column)), quote(str(model._meta.pk.column))
    other = _field(model, name).related_model
    found = f"SELECT {quote(str(other._meta.pk.column))} FROM {quote(other._meta.db_table)} WHERE {quote(str(_field(other, unique).column))} = %s"  # noqa: S608, E501 names come from the model, values are parameters
    places = ", ".join(["%s"] * keys)
    return (
        f"UPDATE {quote(model._meta.db_table)} SET {column} = ({found}) WHERE {column} IS NULL AND {key} IN ({places})"  # noqa: S608 names come from the model, values are parameters
    )


@lru_cache
def _whole_sql(changes: tuple[tuple[type[models.Model], str, int], ...]) -> str:
    """One statement of PostgreSQL, in which each part bears the name of its table, so that later ones see its rows.

    What a statement did is undone when it fails, and by nothing else: after a wrong number of rows it divides by zero.
    In practice the parts run in the order in which the last SELECT asks for them, and locks are taken in this order.
    PostgreSQL does not promise it: in another one two that change the same rows may wait for each other, and it stops
    one of them. tests/concurrency/test_gate.py lets an admission meet all that moves a booking.
    """
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    parts, keys = [], []
    for model, sql, rows in changes:
        table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
        parts.append(f"{table} AS ({sql} RETURNING *)")
        keys.append(f"(SELECT 1 / (count(*) = {rows})::int * max({key}) FROM {table})")  # noqa: S608 names come from the model
    return f"WITH {', '.join(parts)} SELECT {', '.join(keys)}"


@lru_cache
def _returning(model: type[models.Model]) -> str:
    return f" RETURNING {connections[DEFAULT_DB_ALIAS].ops.quote_name(str(model._meta.pk.column))}"
