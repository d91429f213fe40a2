"""The API's own document as tests walk through it: its operations, and requests made of its examples."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.test import Client

METHODS = ("get", "post", "put", "patch", "delete")
KEY = "7f9c2b1e-6a53-4d0e"
NUL, HUGE = "\x00", 10**25
"""What no text and no number of a database can be."""


def document() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(Client().get("/api/schema").content)
    return described


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation by its method and path."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def bodies(operation: dict[str, Any]) -> list[Any]:
    """The examples of JSON that is sent; one that is nothing where nothing is sent."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {"examples": {}})
    return [example["value"] for example in content["examples"].values()] or [None]


def query_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The first example of each parameter of the query."""
    asked = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    return {one["name"]: next(iter(one["examples"].values()))["value"] for one in asked}


def spoiled(value: Any) -> Any:
    """The same with something in each text and each number that no database can keep."""
    if isinstance(value, dict):
        return {name: spoiled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [spoiled(one) for one in value]
    if isinstance(value, str):
        return value + NUL
    return value if isinstance(value, bool) or value is None else HUGE


def send(client: Client, where: str, known: dict[str, Any], asked: dict[str, Any], body: Any) -> Any:
    """Call an operation on what is `known` by the names in its path."""
    method, path = where.split(" ", 1)
    place = path.format(**{name: quote(str(value), safe="") for name, value in known.items()})
    sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(client, method.lower())(f"{place}?{urlencode(asked)}", headers={"Idempotency-Key": KEY}, **sent)
