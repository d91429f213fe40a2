"""Farms in which something has happened already: told once in a process, later put back row by row as it was left.

To put rows back takes a twentieth of the time of telling again how they came about, and no test holds an impossible
one: each was written by a story, under the code and the settings of the same run.
"""

import functools
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.conf import UserSettingsHolder, settings
from django.db import connection, transaction
from django.utils.translation import get_language

from shop import planning
from shop.models import Order
from tests.builders import NOW, a_delivered_order, a_paid_order, a_shop, packed
from tests.visits import a_confirmed_booking, a_slot
from tours.models import Booking

Given = ParamSpec("Given")
Told = TypeVar("Told")


@dataclass(frozen=True)
class _Memory:
    """What a story wrote into empty tables, as statements, and what it returned."""

    statements: tuple[str, ...]
    returned: bytes


def told_before(story: Callable[Given, Told]) -> Callable[Given, Told]:
    """Let a test begin where `story` ends: told at the first call, put back at others with the same arguments.

    The tables that it writes to must be empty. All else that it depends on must be the same each time: language and
    plain settings are looked at, but whoever patches something does so afterwards or tells it himself, as whoever wants
    what a story leaves outside the database.
    """
    told: dict[Any, _Memory] = {}

    @functools.wraps(story)
    def world(*args: Given.args, **kwargs: Given.kwargs) -> Told:
        key = (args, tuple(sorted(kwargs.items())), get_language(), _own_settings())
        if key in told:
            _put_back(told[key].statements)
        else:
            told[key] = _tell(functools.partial(story, *args, **kwargs))
        returned: Told = pickle.loads(told[key].returned)
        return returned

    return world


@told_before
def a_shop_with_a_paid_order(boxes: int = 1) -> Order:
    a_shop()
    return a_paid_order(boxes)


@told_before
def a_shop_with_a_planned_order() -> Order:
    day = a_shop()
    order = a_paid_order(2)
    planning.plan_day(ship_date=day, now=NOW)
    return order


@told_before
def a_shop_with_a_packed_order(boxes: int = 1) -> Order:
    a_shop()
    return packed(a_paid_order(boxes))


@told_before
def a_shop_with_a_delivered_order(boxes: int = 1) -> Order:
    a_shop()
    return a_delivered_order(boxes)


@told_before
def a_slot_with_a_booking(**wish: Any) -> Booking:
    return a_confirmed_booking(a_slot(), **wish)


def _tell(story: Callable[[], Any]) -> _Memory:
    there = {table: _insert(table) for table in _filled()}
    returned = pickle.dumps(story())
    now = {table: _insert(table) for table in _filled()}
    assert {table: now.get(table) for table in there} == there, "the story changes what was there before it"
    return _Memory(tuple(insert for table, insert in now.items() if table not in there), returned)


def _put_back(statements: tuple[str, ...]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # keys to other tables are checked at its end
        if connection.vendor == "postgresql":
            cursor.execute(";".join(statements))
        else:
            for statement in statements:
                cursor.execute(statement)


def _filled() -> list[str]:
    """The tables that hold any row."""
    tables = connection.introspection.django_table_names(include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables))
        return sorted(name for (name,) in cursor.fetchall())


def _insert(table: str) -> str:
    """One INSERT of all rows of a table."""
    literal = "quote_nullable(%s::text)" if connection.vendor == "postgresql" else "quote(%s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = [connection.ops.quote_name(column[0]) for column in cursor.description]
        values = " || ', ' || ".join(literal.replace("%s", column) for column in columns)
        cursor.execute(f"SELECT '(' || {values} || ')' FROM {table} ORDER BY 1")
        rows = [row for (row,) in cursor.fetchall()]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join(rows)}"


def _own_settings() -> tuple[tuple[str, Any], ...]:
    """What a test has set otherwise, as far as it is a plain value."""
    own: dict[str, Any] = {}
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        own = {**vars(holder), **own}
        holder = holder.default_settings
    return tuple(sorted((name, one) for name, one in own.items() if isinstance(one, str | int | float)))
