"""The API as it describes itself: the document is valid, its examples are true, and no request breaks the app."""

import datetime as dt
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from beizhen.wsgi import application
from farm.api import throttles
from farm.security import sign
from shop.links import waiting_token
from tests.accounts import a_sign_in
from tests.builders import DAY, NOW, a_place_in_line, a_ship_date, a_shop, an_order
from tests.visits import SATURDAY, a_booking, a_slot
from tours import closures, links, waiting
from tours.api import examples as visits
from tours.booking import Contact
from tours.models import Booking
from tours.party import Party

BOUNDS = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "2")),
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(Client().get("/api/schema").content)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def examples(document: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Where it stands, the example, and the schema it must fit."""
    for where, operation in operations(document):
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for name, body in bodies.items():
            for media, content in body.get("content", {}).items():
                for title, example in content.get("examples", {}).items():
                    yield f"{where} {name} {media} {title}", example["value"], content["schema"]
        for parameter in operation.get("parameters", []):
            for title, example in parameter.get("examples", {}).items():
                yield f"{where} {parameter['name']} {title}", example["value"], parameter["schema"]


def test_the_document_is_valid_openapi_31(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_example_fits_its_schema(document):
    wrong = []
    for where, example, schema in examples(document):
        whole = {**schema, "components": document["components"]}
        found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(example)
        wrong += [f"{where}: {error.message}" for error in found]

    assert wrong == []


def test_every_operation_tells_what_it_does_takes_gives_and_refuses(document):
    for where, operation in operations(document):
        assert operation["summary"], where
        assert operation["description"], where
        answers = operation["responses"]
        assert any("examples" in content for code in answers for content in answers[code].get("content", {}).values())
        problems = [answer["content"] for code, answer in answers.items() if code >= "400"]
        assert problems, where
        for content in problems:
            assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}, where
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["examples"], where


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for _, operation in operations(document)]

    assert len(names) == len(set(names)) >= 55


@pytest.mark.parametrize("path", ["orders", "bookings", "waiting-parties/{token}/booking"])
def test_the_key_is_required_where_money_is_promised(document, path):
    parameters = document["paths"][f"/api/v1/{path}"]["post"]["parameters"]

    found = [(one["name"], one["in"], one["required"]) for one in parameters if one["in"] == "header"]
    assert found == [("Idempotency-Key", "header", True)]


def test_the_page_to_browse_it_loads_nothing_from_elsewhere(client):
    page, script = client.get("/api/docs"), client.get("/api/docs?script=")

    assert b"//cdn" not in page.content + script.content
    assert b"<script>" not in page.content
    assert "https" not in page.headers["Content-Security-Policy"]
    assert b"/api/schema" in script.content


def test_the_rest_of_the_site_keeps_its_strict_policy(client):
    assert "unsafe" not in client.get("/api/schema").headers["Content-Security-Policy"]


def what_is_there() -> dict[str, dict[str, Any]]:
    """What stands in addresses, by what they are about: things that are there."""
    a_shop()
    order = an_order()
    slot = a_slot(pk=visits.SLOT_ID, seats=4)
    a_slot(SATURDAY + dt.timedelta(days=1), pk=visits.SUNDAY_ID)
    booking = a_booking(slot, adult=2)
    party = waiting.join(slot=slot.pk, party=Party.of({"adult": 3}), contact=WAITS, language="zh-hans", now=NOW)
    full = a_ship_date(DAY + dt.timedelta(days=30), limit=1).date
    an_order(date=full)
    in_line = a_place_in_line(1, date=full)
    ours = {"date": str(DAY), "wave": 1, "slot": slot.pk, "code": "L1", "number": order.number}
    rain = a_slot(SATURDAY, dt.time(14, 0))
    guests = a_booking(a_slot(SATURDAY, dt.time(16, 0)))
    Booking.objects.filter(pk=guests.pk).update(number=visits.NUMBER)  # the gate's examples name it in their bodies
    closure = closures.close(slots=[rain.pk], reason=closures.Reason("大雨", "rain"), by="boss", now=NOW)
    return {
        "": {**ours, "token": sign(order.number, purpose="order")},
        "/experiences": {"code": "picking"},
        "/bookings": {"token": links.token_of(booking)},
        "/waiting-parties": {"token": links.party_token(party)},
        "/waiting-orders": {"token": waiting_token(in_line)},
        "/account": {"address": 3},
        "/staff/bookings": {"number": booking.number},
        "/staff/closures": {"number": closure.number},
        "/staff/visitors-days": {"date": str(SATURDAY)},
    }


WAITS = Contact("王芳", "13911112222")


def in_address(path: str, ours: dict[str, dict[str, Any]]) -> dict[str, Any]:
    about = max((start for start in ours if path.startswith(f"/api/v1{start}")), key=len)
    return {**ours[""], **ours[about]}


@pytest.mark.django_db
def test_every_example_request_is_understood(document, client):
    ours = what_is_there()
    client.force_login(get_user_model().objects.create_superuser("lao-li"))
    token = a_sign_in("13900000000").token

    with time_machine.travel(NOW, tick=False):
        for where, operation in operations(document):
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for example in content["examples"].values():
                    method, path = where.lower().split(" ", 1)
                    answer = getattr(client, method)(
                        path.format(**in_address(path, ours)),
                        json.dumps(example["value"]),
                        content_type="application/json",
                        headers={"Idempotency-Key": "7f9c2b1e-6a53-4d0e", "Authorization": f"Bearer {token}"},
                    )
                    assert answer.status_code in (200, 201, 404, 409), (where, answer.content)


@pytest.fixture
def cookies(monkeypatch) -> Iterator[dict[str, str]]:
    """Of a signed-in superuser, who gets past every permission; nobody is throttled, the connection is kept."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    monkeypatch.setattr(throttles.Steady, "allow_request", lambda *_: True)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("lao-li"))
    yield {"sessionid": client.cookies["sessionid"].value, "csrftoken": "a" * 32}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow(seconds=20)
@pytest.mark.django_db
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
