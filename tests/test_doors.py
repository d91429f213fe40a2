"""Every door beside every database: whatever is asked of the API or looked for in the admin, nothing breaks.

What is documented of an operation, and what no database can keep, is asked of both; what Hypothesis makes up, of one.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, Phase, given, settings

from beizhen.wsgi import application
from farm.api import throttles
from farm.models import User
from tests.accounts import a_sign_in
from tests.builders import NOW
from tests.described import bodies, document, operations, query_of, send, spoiled
from tests.open_doors import in_address, what_is_there

pytestmark = pytest.mark.django_db
Request = tuple[str, dict[str, Any], dict[str, Any], Any]
"""An operation, what its path names, its query, and what is sent."""
SAME_FOR_EVERYBODY = {
    "availability", "boxes", "divisions", "varieties", "boxes/{code}",
    "experiences", "experiences/{code}", "experiences/{code}/slots", "slots",
}  # fmt: skip
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
def visitor(monkeypatch, boss) -> Client:
    """A signed-in customer and superuser in one, who gets past every permission; nobody is throttled."""
    monkeypatch.setattr(throttles.Steady, "allow_request", lambda *_: True)
    bearer = {"Authorization": f"Bearer {a_sign_in('13900000000').token}"}
    client = Client(raise_request_exception=False, headers=bearer)
    client.force_login(boss)
    return client


def answers(visitor: Client, requests: Iterator[Request]) -> list[tuple[Request, int]]:
    """The status of each answer, as if each request were the only one."""
    answered = []
    with time_machine.travel(NOW, tick=False):
        for request in requests:
            before = transaction.savepoint()
            answered.append((request, send(visitor, *request).status_code))
            transaction.savepoint_rollback(before)
    return answered


def test_every_operation_understands_its_examples(visitor):
    ours = what_is_there()

    answered = answers(visitor, as_documented(ours))

    assert [answer for answer in answered if answer[1] not in (200, 201, 204, 404, 409)] == []
    assert sum(status < 300 for _, status in answered) >= 60


def test_what_no_database_can_keep_breaks_nothing(visitor):
    ours = what_is_there()

    answered = answers(visitor, as_no_database_can_keep_it(ours))

    assert [answer for answer in answered if answer[1] >= 500] == []
    assert len(answered) > 120


def test_only_what_is_the_same_for_everybody_is_kept(visitor):
    ours, kept = what_is_there(), set()

    with time_machine.travel(NOW, tick=False):
        for where, operation in operations(document()):
            known = in_address(where.partition(" ")[2], ours)
            answer = send(visitor, where, known, query_of(operation), bodies(operation)[0])
            if "no-store" not in answer.get("Cache-Control", ""):
                kept.add(where.removeprefix("GET /api/v1/"))

    assert kept <= SAME_FOR_EVERYBODY
    assert {"boxes", "availability"} <= kept


def as_documented(ours: dict[str, dict[str, Any]]) -> Iterator[Request]:
    for where, operation in operations(document()):
        for body in bodies(operation):
            yield where, in_address(where.partition(" ")[2], ours), query_of(operation), body


def as_no_database_can_keep_it(ours: dict[str, dict[str, Any]]) -> Iterator[Request]:
    """In turn: what its path names, each parameter of the query, and all that is sent."""
    for where, operation in operations(document()):
        known, asked, body = in_address(where.partition(" ")[2], ours), query_of(operation), bodies(operation)[0]
        if "{" in where:
            yield where, spoiled(known), asked, body
        for name, value in asked.items():
            yield where, known, {name: spoiled(value)}, body
        if body is not None:
            yield where, known, asked, spoiled(body)


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


@pytest.mark.once("what only one database refuses is asked of both above")
@pytest.mark.slow(seconds=10)
def test_no_request_breaks_the_app(cookies):
    import schemathesis  # takes two seconds, which each process of a run would pay for this one test

    ours = what_is_there()
    schema = schemathesis.openapi.from_wsgi("/api/schema", application)
    schema.config.analysis.constants.enabled = False  # reading all our code for odd words takes longer than to ask

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
