"""The API as it describes itself: the document is valid, and its examples are true."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests import described
from tests.described import operations

pytestmark = pytest.mark.once("it reads a document; test_doors.py asks what it names beside both")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return described.document()


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
    from openapi_spec_validator import validate  # takes as long as a hundred test files, in each process of a run

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
