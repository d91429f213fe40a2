"""Talk to the REST doors as a client does, with JSON and headers."""

import json
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

from farm.security import sign
from shop.models import Order
from tests.builders import DAY, HOME

ADDRESS = vars(HOME)


def a_body(quantity: int = 1, *, sku: str = "kyoho-2500", **different: Any) -> dict:
    return {
        "lines": [{"sku": sku, "quantity": quantity}],
        "ship_date": str(DAY),
        "address": ADDRESS,
        **different,
    }


def sent(client: Client, method: str, path: str, body: dict | None = None, **headers: str) -> Any:
    words = json.dumps(body or {})
    return getattr(client, method)(f"/api/v1/{path}", words, content_type="application/json", headers=headers)


def placed(client: Client, body: dict | None = None, *, key: str = "") -> Any:
    return sent(client, "post", "orders", body or a_body(), **{"Idempotency-Key": key or uuid.uuid4().hex})


def path_of(order: Order) -> str:
    return f"orders/{sign(order.number, purpose='order')}"


def refused(response: HttpResponse, status: int, code: str) -> dict:
    """The problem document of a response, after checking that it is one in every respect."""
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict = json.loads(response.content)
    assert set(document) >= {"type", "title", "status", "detail", "code", "fields"}
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert document["type"] == f"/problems/{code}"
    return document
