"""What the ORM writes for a question or a change of one shape: kept, with the places where its values go.

A shape is a function of a module that writes a queryset. Its values may only be compared as they are, and none of them
is None; its SQL must not depend on them.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Combinable
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

Shape = Callable[..., models.QuerySet[Any, Any]]
Given = str | int | dt.date
LARGEST = 2**63 - 1
# Stand-ins fit into the smallest column, and differ in all that a shape might take from one: a year, an hour, a length.
NUMBERS = (1_009, 31_071)
MOMENTS = (dt.datetime(1987, 6, 5, 4, 3, 21, tzinfo=dt.UTC), dt.datetime(2031, 11, 22, 17, 48, 9, tzinfo=dt.UTC))
WORDS = ("a value that comes later: {}", "{} of the second round")


class _Placed:
    """SQL with parameters, of which some come later."""

    def __init__(self, sql: str, parameters: Sequence[Any], stand_ins: Sequence[Given]) -> None:
        places = {adapted(one): place for place, one in enumerate(stand_ins)}
        self.parameters = list(parameters)
        self.places = [places.get(one) for one in parameters]
        self.sql = sql
        if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
            self._write_down()

    def _write_down(self) -> None:
        """Write what stays the same into the text: a plan for any status could not use the index of one."""
        database: Any = connections[DEFAULT_DB_ALIAS]
        *parts, end = self.sql.split("%s")
        both = zip(parts, self.parameters, self.places, strict=True)
        written = [
            part + ("%s" if place is not None else database.ops.compose_sql("%s", [one]).replace("%", "%%"))
            for part, one, place in both
        ]
        self.sql = "".join([*written, end])
        self.parameters = [one for one, place in zip(self.parameters, self.places, strict=True) if place is not None]
        self.places = [place for place in self.places if place is not None]

    def parameters_for(self, given: Sequence[Any]) -> list[Any]:
        both = zip(self.parameters, self.places, strict=True)
        return [one if place is None else adapted(given[place]) for one, place in both]


Statement = TypeVar("Statement", bound=_Placed)


class Selected(_Placed):
    """A SELECT of one shape: its text, and how rows of the database become rows of models, or plain values."""

    def __init__(self, queryset: models.QuerySet[Any], stand_ins: Sequence[Given] = ()) -> None:
        self.model = queryset.model
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        super().__init__(sql, parameters, stand_ins)
        self.converters = compiler.get_converters([column[0] for column in compiler.select])
        self.compiler = compiler
        self.locks = queryset.query.select_for_update
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


class Updated(_Placed):
    """An UPDATE of the rows of one shape that sets the columns of these fields."""

    def __init__(self, queryset: models.QuerySet[Any], names: Sequence[str], stand_ins: Sequence[Given]) -> None:
        if queryset.query.is_sliced or queryset.query.combinator or queryset.query.distinct_fields:
            raise TypeError("only whole tables and what is filtered from them can be changed")
        self.fields = [queryset.model._meta.get_field(name) for name in names]
        query = queryset.query.chain(UpdateQuery)
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.pre_sql_setup()
        where, parameters = compiler.compile(query.where)
        quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
        columns = ", ".join(f"{quote(str(field.column))} = %s" for field in self.fields)
        table = quote(queryset.model._meta.db_table)
        super().__init__(where, parameters, stand_ins)
        self.sql = f"UPDATE {table} SET {columns} WHERE {self.sql}"  # noqa: S608 names come from the model, values are parameters

    def parameters_with(self, changes: Sequence[Any], given: Sequence[Any]) -> list[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        keys = [value.pk if isinstance(value, models.Model) else value for value in changes]
        new = [field.get_db_prep_save(value, database) for field, value in zip(self.fields, keys, strict=True)]
        return [*new, *self.parameters_for(given)]


class Reckoned(_Placed):
    """An UPDATE of the rows of one shape whose new values are reckoned from those of the row and what comes."""

    def __init__(
        self, queryset: models.QuerySet[Any], changes: Mapping[str, Combinable], stand_ins: Sequence[Given]
    ) -> None:
        query = cast(UpdateQuery, queryset.query.chain(UpdateQuery))
        query.add_update_values(dict(changes))
        sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        super().__init__(sql, parameters, stand_ins)


def selected(shape: Shape, given: Sequence[Any]) -> Selected:
    return _selected(shape, tuple(map(type, given)))


def existing(shape: Shape, given: Sequence[Any]) -> Selected:
    """A SELECT of one shape that finds out whether there is any row."""
    return _existing(shape, tuple(map(type, given)))


def updated(shape: Shape, names: Sequence[str], given: Sequence[Any]) -> Updated:
    return _updated(shape, tuple(names), tuple(map(type, given)))


def reckoned(shape: Shape, kinds: Sequence[type], changes: Callable[..., Mapping[str, Combinable]]) -> Reckoned:
    """What `changes` makes of the same values as the shape: `{"taken": F("taken") + amount}`."""
    return proven(shape, kinds, lambda chosen, stand_ins: Reckoned(chosen, changes(*stand_ins), stand_ins))


def proven(shape: Shape, kinds: Sequence[type], write: Callable[..., Statement]) -> Statement:
    """Written with some stand-ins, once it was seen that others change nothing but themselves.

    Else a year that a shape takes from a moment would stay as it was for ever. A branch that both take stays unseen.
    """
    some, others = (_stand_ins(kinds, turn) for turn in (0, 1))
    kept, again = write(shape(*some), some), write(shape(*others), others)
    if (again.sql, again.parameters) != (kept.sql, kept.parameters_for(others)):
        raise ValueError(f"{shape.__qualname__} does more with its values than to compare them")
    return kept


def adapted(one: Any) -> Any:
    """A value as the database's driver takes it; no column holds a larger number than the largest."""
    if isinstance(one, int):
        return max(-LARGEST, min(one, LARGEST))
    if isinstance(one, dt.datetime):
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(one)
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datefield_value(one) if isinstance(one, dt.date) else one


@cache
def _selected(shape: Shape, kinds: tuple[type, ...]) -> Selected:
    return proven(shape, kinds, Selected)


@cache
def _existing(shape: Shape, kinds: tuple[type, ...]) -> Selected:
    return proven(shape, kinds, lambda queryset, stand_ins: Selected(_whether_any(queryset), stand_ins))


@cache
def _updated(shape: Shape, names: tuple[str, ...], kinds: tuple[type, ...]) -> Updated:
    return proven(shape, kinds, lambda queryset, stand_ins: Updated(queryset, names, stand_ins))


def _whether_any(queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    queryset.query = queryset.query.exists()
    return queryset


def _stand_ins(kinds: Sequence[type], turn: int) -> list[Given]:
    """Values that are only written, never asked for, so that each is found again: other ones in each turn."""
    return [_stand_in(kind, turn, place) for place, kind in enumerate(kinds)]


def _stand_in(kind: type, turn: int, place: int) -> Given:
    if issubclass(kind, int):
        return NUMBERS[turn] + place
    if issubclass(kind, dt.date):
        moment = MOMENTS[turn] + dt.timedelta(days=place)
        return moment if issubclass(kind, dt.datetime) else moment.date()
    return WORDS[turn].format(place)
