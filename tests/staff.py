"""The staff's tool as a test uses it: signed in as somebody, acting on rows, counting what a page costs."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farm.models import User
from farm.people import ensure_groups


def a_boss(client: Client) -> User:
    """Somebody who may do everything, signed in."""
    boss = User.objects.create_superuser("boss", password="grape-harvest")
    client.force_login(boss)
    return boss


def a_member(client: Client, group: str) -> User:
    """Somebody of one of the farm's groups, signed in."""
    ensure_groups()
    member = User.objects.create(username=group, is_staff=True)
    member.groups.add(Group.objects.get(name=group))
    client.force_login(member)
    return member


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def act(client: Client, action: str, *rows: Any) -> str:
    """Choose an action for rows of a list; the text of the page that follows."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(list_of(type(rows[0])), chosen, follow=True).content.decode()


def press(client: Client, action: str, row: Any, **fields: Any) -> Any:
    """Fill in the dialog of an action on one row's page and send it."""
    place = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=[row.pk])
    return client.post(place, {"_form_submitted": "on", **fields}, follow=True)


def queries(client: Client, place: str) -> int:
    """How many statements a page costs, when everything that is kept between pages is kept."""
    client.get(place)
    return _cost(client, place)


def cost_more(client: Client, places: Iterable[str], *, after: Callable[[], object]) -> dict[str, tuple[int, int]]:
    """The pages that cost more or less once there are other rows, each with its statements before and `after`."""
    before = {place: queries(client, place) for place in places}
    after()
    now = {place: _cost(client, place) for place in before}
    return {place: (many, now[place]) for place, many in before.items() if many != now[place]}


def _cost(client: Client, place: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(place).status_code == 200
    return len(captured)
