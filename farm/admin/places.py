"""Where in the staff's tool a thing stands that a task or a notice only names: `order:BZ…`, `rule:4`, `shop.lot:17`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from farm import naming
from farm.models import Movement


@dataclass(frozen=True)
class Place:
    """A list or a page of `model`, as addresses name it, and its address for what follows the colon."""

    model: str
    address: Callable[[str], str]


_places: dict[str, Place] = {}
_called: dict[str, type[Model]] = {}


def lead(kind: str, place: Place) -> None:
    """Let names of this kind lead to that place. Rooms say it at start."""
    _places[kind] = place


def call(*models: type[Model]) -> None:
    """Let counters of these models be called as their rows are, instead of by their keys. Rooms say it at start."""
    _called.update({model._meta.label_lower: model for model in models})


def words_of(names: Iterable[str]) -> dict[str, str]:
    """What the rows of these names are called, asked for once for each kind."""
    keys: dict[str, set[str]] = {}
    for kind, _, key in (name.partition(":") for name in names):
        if kind in _called:
            keys.setdefault(kind, set()).add(key)
    return {
        f"{kind}:{row.pk}": str(row)
        for kind, mine in keys.items()
        for row in _called[kind]._default_manager.filter(pk__in=mine)
    }


def page(model: str) -> Place:
    """The page of the row with that key."""
    return Place(model, lambda key: reverse(f"admin:{model}_change", args=[key]))


def found(model: str) -> Place:
    """The list of the rows with that number; what comes after a slash is a part of it."""
    return Place(model, lambda number: f"{reverse(f'admin:{model}_changelist')}?q={number.partition('/')[0]}")


def link(name: str, user: Any, words: Mapping[str, str] | None = None) -> SafeString | str:
    """What the name stands for as a link to its page; the words alone, when there is none that `user` may open.

    It is called as `words_of` says, or by its kind and number.
    """
    kind, _, key = name.partition(":")
    said = (words or {}).get(name) or naming.thing(name)
    place = (_places.get(kind) or _of_model(kind)) if key else None
    return led(place.model, place.address(key), said, user) if place else said


def led(model: str, address: str, words: str, user: Any) -> SafeString | str:
    """The words, as a link to that list or page of `model` if `user` may open it."""
    return format_html('<a href="{}">{}</a>', address, words) if may_open(model, user) else words


def may_open(model: str, user: Any) -> bool:
    app, _, name = model.partition("_")
    return bool(user.has_perm(f"{app}.view_{name}"))


def movements_of(holder: str, user: Any) -> SafeString:
    """What an order or a booking took and gave back, line by line."""
    rows = list(Movement.objects.filter(holder=holder).order_by("pk"))
    words = words_of(row.counter for row in rows)
    moved = ((row, link(row.counter, user, words)) for row in rows)
    lines = (
        (f"{row.amount:+d}", counter, naming.reason(row.why), f"{localtime(row.at):%m-%d %H:%M:%S}")
        for row, counter in moved
    )
    return format_html_join("", "<div>{} · {} · {} · {}</div>", lines)


def named(column: str, term: str) -> Q:
    """Rows that name in `column` what somebody looks for: by its whole name, or by its number alone."""
    names = [term] if ":" in term else [f"{kind}:{term.upper()}" for kind in _places]
    return reduce(or_, (_parts(column, name) for name in names), Q(**{f"{column}__in": names}))


def _parts(column: str, name: str) -> Q:
    """Rows that name a part of it: `booking:BV…/2`. SQLite has no index for LIKE, PostgreSQL none of its own order."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": f"{name}/", f"{column}__lt": f"{name}0"})  # 0 comes after the slash
    return Q(**{f"{column}__startswith": f"{name}/"})


def _of_model(label: str) -> Place | None:
    """A counter is named after its model and key."""
    is_model = label.count(".") == 1 and any(model._meta.label_lower == label for model in apps.get_models())
    return page(label.replace(".", "_")) if is_model else None
