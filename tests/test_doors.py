"""Every door beside every database: whatever is asked of the API or looked for in the admin, nothing breaks."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, Phase, given, settings

from beizhen.wsgi import application
from farm.api import throttles
from farm.models import User
from tests.builders import NOW
from tests.open_doors import in_address, what_is_there

pytestmark = pytest.mark.django_db
BOUNDS = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "2")),
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("lao-li")


@pytest.fixture
def cookies(monkeypatch, boss) -> Iterator[dict[str, str]]:
    """Of a signed-in superuser, who gets past every permission; nobody is throttled, the connection is kept."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    monkeypatch.setattr(throttles.Steady, "allow_request", lambda *_: True)
    client = Client()
    client.force_login(boss)
    yield {"sessionid": client.cookies["sessionid"].value, "csrftoken": "a" * 32}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow(seconds=20)
def test_no_request_breaks_the_app(cookies):
    import schemathesis  # takes two seconds, which each process of a run would pay for this one test

    ours = what_is_there()
    schema = schemathesis.openapi.from_wsgi("/api/schema", application)

    with time_machine.travel(NOW, tick=False):
        answers = [answer for found in schema.get_all_operations() for answer in tried(found.ok(), ours, cookies)]

    assert [answer for answer in answers if answer[1] >= 500] == []
    assert len(answers) > 120
    assert {status for _, status in answers} >= {200, 400, 409}


def tried(operation: Any, ours: dict[str, dict[str, Any]], cookies: dict[str, str]) -> list[tuple[str, int]]:
    """Call one operation with what hypothesis makes up, on things that are there, and return the statuses."""
    answers = []

    @BOUNDS
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        known = in_address(operation.path, ours)
        case.path_parameters.update({name: value for name, value in known.items() if name in case.path_parameters})
        case.cookies = cookies
        answer = case.call(headers={"X-CSRFToken": cookies["csrftoken"]})
        answers.append((f"{operation.label} {case.query} {case.body!r}"[:300], answer.status_code))

    run()
    return answers


def test_every_list_of_the_staff_is_searched_sorted_and_filtered(boss):
    what_is_there()
    rows = {}

    for model, model_admin in admin.site._registry.items():
        rows[model] = rows_of(model_admin, boss, "")
        for query in ("?q=138", "?o=1", "?o=-2", *filters_of(model_admin, boss)):
            assert rows_of(model_admin, boss, query) <= rows[model], (model, query)

    assert sum(many > 0 for many in rows.values()) >= 15, "half of the lists have something to look through"


def filters_of(model_admin: Any, boss: User) -> set[str]:
    """What every choice of every filter adds to the address."""
    listed = _listed(model_admin, boss, "")
    choices = [choice for spec in listed.filter_specs for choice in spec.choices(listed)]
    return {choice["query_string"] for choice in choices if choice.get("query_string")}


def rows_of(model_admin: Any, boss: User, query: str) -> int:
    return len(list(_listed(model_admin, boss, query).result_list))


def _listed(model_admin: Any, boss: User, query: str) -> Any:
    request = RequestFactory().get(f"/{query}")
    request.user = boss
    return model_admin.get_changelist_instance(request)
