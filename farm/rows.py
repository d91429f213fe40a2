"""SQL written once and prepared by the database: on hot paths the ORM's compiler costs more than the statement."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple

from django.db import DEFAULT_DB_ALIAS, DataError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.transaction import TransactionManagementError

from farm import shapes
from farm.shapes import Selected, Shape

Row = TypeVar("Row")
Values = TypeVarTuple("Values")
AT_ONCE = 500
COMES_AGAIN = 20  # an INSERT of so many rows; one of 321 is seldom met twice
KEPT = 500  # statements of a connection; of 100, psycopg's own measure, the house has more


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
    """Insert new rows of one model, AT_ONCE in a statement; primary keys stay unset. Use `insert_one` to get the key.

    The same as `bulk_create`, without signals or conflict options; `benchmarks/` holds what it saves.
    """
    _insert(rows, "")


def insert_new(rows: Sequence[models.Model]) -> None:
    """Insert those rows of one model whose unique values nobody has yet; the others change nothing."""
    _insert(rows, " ON CONFLICT DO NOTHING")


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


def read(shape: Callable[[*Values], models.QuerySet[Any, Row]], *given: *Values) -> list[Row]:
    """The rows of `shape(*given)`, with all that it selects beside them; compiled when it is asked the first time.

    :raises TransactionManagementError: when it locks them outside of a transaction, where a lock holds nothing.
    """
    selected = _selected(shape, given)
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(selected.sql, selected.parameters_for(given))
        return selected.rows_of(cursor.fetchall())


def first(shape: Callable[[*Values], models.QuerySet[Any, Row]], *given: *Values) -> Row | None:
    """The first row of `shape(*given)` in the order that it names, or None; all its rows are read."""
    return next(iter(read(shape, *given)), None)


def one(shape: Callable[[*Values], models.QuerySet[Any, Row]], *given: *Values) -> Row:
    """The only row of `shape(*given)`.

    :raises DoesNotExist, MultipleObjectsReturned: as the ORM's `get`.
    """
    found = read(shape, *given)
    if len(found) != 1:
        model = shape(*given).model
        raise (model.MultipleObjectsReturned if found else model.DoesNotExist)(f"{shape.__qualname__}{given}")
    return found[0]


def exists(shape: Callable[[*Values], models.QuerySet[Any, Any]], *given: *Values) -> bool:
    """Whether `shape(*given)` has any row."""
    asked = shapes.existing(shape, given)
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(asked.sql, asked.parameters_for(given))
        return cursor.fetchone() is not None


def read_in_turn(in_turn: Sequence[Shape], *given: Any) -> list[list[Any]]:
    """The rows of each shape, as `read` after `read` gives them, on one way to PostgreSQL and back.

    Each statement sees what the one before it waited for: a lock comes first.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if not _has_one_way(database):
        return [read(shape, *given) for shape in in_turn]
    database.ensure_connection()
    asked = [(_selected(shape, given), prepared(database)) for shape in in_turn]
    with database.connection.pipeline():
        for selected, cursor in asked:
            cursor.execute(selected.sql, selected.parameters_for(given))
        return [selected.rows_of(cursor.fetchall()) for selected, cursor in asked]


def update(shape: Callable[[*Values], models.QuerySet[Any, Any]], changes: Mapping[str, Any], *given: *Values) -> int:
    """Set plain values of all rows of `shape(*given)` in one statement, compiled once; return how many there were."""
    updated = shapes.updated(shape, tuple(changes), given)
    with prepared(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(updated.sql, updated.parameters_with(list(changes.values()), given))
        return int(cursor.rowcount)


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


def prepared(database: BaseDatabaseWrapper) -> CursorWrapper:
    """A cursor for statements that come again and again: PostgreSQL reads and plans each once per connection.

    Django's own cursors write values into the text, because not all that the ORM writes can be prepared; this can.
    """
    if not _has_one_way(database):  # a log shows statements with their values
        return database.cursor()
    database.ensure_connection()
    database.connection.prepared_max = KEPT
    return CursorWrapper(_driver(database).Cursor(database.connection), database)


def _driver(database: Any) -> Any:
    """psycopg, as Django has loaded it: on SQLite nobody loads it, it is an eighth of what a command loads."""
    return database.Database


def _has_one_way(database: BaseDatabaseWrapper) -> bool:
    return database.vendor == "postgresql" and not database.queries_logged


def _selected(shape: Shape, given: Sequence[Any]) -> Selected:
    selected = shapes.selected(shape, given)
    if selected.locks and not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise TransactionManagementError(f"{shape.__qualname__} locks rows, which needs a transaction")
    return selected


def _insert(rows: Sequence[models.Model], on_conflict: str) -> None:
    """All or none, however many statements it takes."""
    with contextlib.nullcontext() if len(rows) <= AT_ONCE else transaction.atomic(savepoint=False):
        for begin in range(0, len(rows), AT_ONCE):
            change = inserting(rows[begin : begin + AT_ONCE])
            database = connections[DEFAULT_DB_ALIAS]
            with prepared(database) if change.rows <= COMES_AGAIN else database.cursor() as cursor:
                cursor.execute(change.sql + on_conflict, change.values)


def _change_in_one(changes: Sequence[Change]) -> Sequence[Any]:
    sql = _whole_sql(tuple((change.model, change.sql, change.rows) for change in changes))
    database = connections[DEFAULT_DB_ALIAS]
    try:
        with prepared(database) as cursor:
            cursor.execute(sql, [value for change in changes for value in change.values])
            keys: Sequence[Any] = cursor.fetchone()
    except DataError as error:
        overtaken = isinstance(error.__cause__, _driver(database).errors.DivisionByZero)
        raise (Overtaken() if overtaken else error) from error
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
        change.made._state.adding, change.made._state.db = False, DEFAULT_DB_ALIAS


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


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


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
