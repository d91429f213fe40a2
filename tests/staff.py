"""The staff's tool as a test uses it: signed in as somebody, acting on rows, counting what a page costs."""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import QuerySet
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from farm import rows
from farm.models import StaffSession, User
from farm.people import ensure_groups
from farm.sessions import SessionStore
from tests.builders import made

LONG = dt.timedelta(days=14)


def a_boss(client: Client) -> User:
    """Somebody who may do everything, signed in."""
    boss = made(User(username="boss", password=make_password("grape-harvest"), is_staff=True, is_superuser=True))
    return sign_in(client, boss)


@pytest.fixture
def boss(client: Client) -> User:
    return a_boss(client)


def a_member(client: Client, group: str) -> User:
    """Somebody of one of the farm's groups, signed in."""
    member = made(User(username=group, is_staff=True))
    if rows.first(_group, group) is None:
        ensure_groups()
    rows.insert([User.groups.through(user=member, group=rows.one(_group, group))])
    return sign_in(client, member)


def _group(name: str) -> QuerySet[Group]:
    return Group.objects.filter(name=name)


def sign_in(client: Client, user: User) -> User:
    """What `client.force_login` comes to, without the eighteen statements of the door, which is proved by itself."""
    session = StaffSession(session_key=secrets.token_hex(16), expire_date=timezone.now() + LONG, user=user)
    session.session_data = SessionStore().encode(
        {
            auth.SESSION_KEY: str(user.pk),
            auth.BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
            auth.HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
    )
    session.save(force_insert=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return user


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@contextmanager
def undrawn() -> Iterator[None]:
    """Pages answer with what their templates are given, in `context_data`, and no text: to draw one costs the most."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleTemplateResponse, "rendered_content", "")
        yield


def given(client: Client, place: str) -> dict[str, Any]:
    """What the templates of a page of the staff's tool are given."""
    with undrawn():
        page: Any = client.get(place)
    assert page.status_code == 200
    return page.context_data


def form_of(client: Client, row: Any) -> dict[str, object]:
    """All that the page of a row would send unchanged."""
    context = given(client, page_of(row))
    sets = [inline.formset for inline in context["inline_admin_formsets"]]
    return _sent(context["adminform"].form, *(form for one in sets for form in (one.management_form, *one.forms)))


def _sent(*forms: Any) -> dict[str, object]:
    """What a browser would send of these forms, unchanged, with what they send along of what they showed."""
    values = {form.add_prefix(name): form[name].value() for form in forms for name in form.fields}
    shown = {form[name].html_initial_name: form[name].value() for form in forms for name in _remembered(form)}
    return {name: value for name, value in {**values, **shown}.items() if value is not None and value is not False}


def _remembered(form: Any) -> list[str]:
    return [name for name, field in form.fields.items() if field.show_hidden_initial]


def act(client: Client, action: str, *rows: Any, **fields: Any) -> str:
    """Choose an action for rows of a list, and say yes with these fields where it asks; what staff read then."""
    answer = choose(client, action, *rows)
    if asks(answer):
        answer = choose(client, action, *rows, _form_submitted="True", **fields)
    return told(_heard(client, answer))


def choose(client: Client, action: str, *rows: Any, **fields: Any) -> Any:
    """The page that comes when an action is chosen for rows of a list."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(list_of(type(rows[0])), chosen | fields)


def asks(answer: Any) -> bool:
    """Whether that is the page between, on which nothing is done yet."""
    return getattr(answer, "template_name", None) == "farm/staff/ask.html"


def press(client: Client, action: str, row: Any, **fields: Any) -> Any:
    """Fill in the dialog of an action on one row's page and send it."""
    place = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=[row.pk])
    return _heard(client, client.post(place, {"_form_submitted": "on", **fields}))


def _heard(client: Client, answer: Any) -> Any:
    """What the next page would say is said once: no later page repeats it."""
    client.cookies.pop("messages", None)
    return answer


def told(answer: Any) -> str:
    """What the next page says of an action, or the page that came instead."""
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    return "\n".join(said) if answer.status_code == 302 else answer.content.decode()


def cost_more(client: Client, places: Iterable[str], *, after: Callable[[], object]) -> dict[str, tuple[int, int]]:
    """The pages that cost more or less once there are other rows, each with its statements before and `after`."""
    before = {place: queries(client, place) for place in places}
    after()
    now = {place: queries(client, place) for place in before}
    return {place: (many, now[place]) for place, many in before.items() if many != now[place]}


def queries(client: Client, place: str) -> int:
    """How many statements a page costs, when what a process keeps for ever is kept."""
    return len(statements(client, place))


def statements(client: Client, place: str) -> list[str]:
    """What a page asks the database, when what a process keeps for ever is kept."""
    ContentType.objects.get_for_models(*apps.get_models())
    with CaptureQueriesContext(connection) as captured:
        assert client.get(place).status_code == 200, place
    return [str(one["sql"]) for one in captured]
