"""Where in the staff's tool a thing stands that a task or a notice only names: `order:BZ…`, `rule:4`, `shop.lot:17`."""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from farm import naming

Place = Callable[[str], str]

_places: dict[str, Place] = {}


def lead(kind: str, place: Place) -> None:
    """Let names of this kind lead to the page that `place` makes of what follows the colon. Rooms say it at start."""
    _places[kind] = place


def page(model: str) -> Place:
    """The page of the row with that key."""
    return lambda key: reverse(f"admin:{model}_change", args=[key])


def found(model: str) -> Place:
    """The list of the rows with that number; what comes after a slash is a part of it."""
    return lambda number: f"{reverse(f'admin:{model}_changelist')}?q={number.partition('/')[0]}"


def link(name: str) -> SafeString | str:
    """What the name stands for as a link to its page; the words alone, when no page is known."""
    kind, _, key = name.partition(":")
    if not key:
        return naming.thing(name)
    place = _places.get(kind) or _of_model(kind)
    return format_html('<a href="{}">{}</a>', place(key), naming.thing(name)) if place else naming.thing(name)


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
