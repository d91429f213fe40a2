import datetime as dt
import json

import pytest
import time_machine
from rest_framework.test import APIRequestFactory

from farm.api import idempotency_key, throttles
from farm.api.keys import BadKey, KeyMissing
from tests.builders import DAY, NOW, a_shop
from tests.rest import refused

pytestmark = pytest.mark.django_db
QUOTES = "/api/v1/quotes"
NESTED = b'{"a":' * 2000 + b"1" + b"}" * 2000


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def posted(client, body, path=QUOTES, content_type="application/json", **headers):
    return client.post(path, body, content_type=content_type, headers=headers)


def a_quote(**different) -> dict:
    return {"lines": [{"sku": "kyoho-2500", "quantity": 1}], "ship_date": str(DAY), **different}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", NESTED, b'{"a": NaN}', b'{"sku": "\\ud800"}', b"\x00"])
def test_a_body_that_is_not_json_is_refused(client, body):
    refused(posted(client, body), 400, "parse_error")


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"text"', b"true", b"[[[]]]", b"", b"{}"])
def test_json_that_is_no_object_of_ours_is_refused(client, body):
    assert refused(posted(client, body), 400, "invalid")["fields"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lines": {}}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": [[]]}, "lines.0"),
        ({"lines": [{"sku": "a\0b", "quantity": 1}]}, "lines.0.sku"),
        ({"lines": [{"sku": {"a": []}, "quantity": 1}]}, "lines.0.sku"),
        ({"lines": [{"sku": "x", "quantity": 10**30}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "x", "quantity": "9" * 5000}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "x", "quantity": True}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "x", "quantity": 1.5}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "x", "quantity": 1}] * 21}, "lines"),
        ({"ship_date": "2026-02-30"}, "ship_date"),
        ({"ship_date": 10**12}, "ship_date"),
        ({"address": "Beizhen"}, "address"),
        ({"address": {"province": [], "city": "", "district": ""}}, "address.province"),
    ],
)
def test_every_wrong_field_is_named_by_its_path(client, wrong, field):
    document = refused(posted(client, json.dumps(a_quote(**wrong))), 400, "invalid")

    assert [problem["field"] for problem in document["fields"]] == [field]
    assert all(problem["reason"] and problem["advice"] for problem in document["fields"])


def test_a_megabyte_is_too_large(client):
    refused(posted(client, b'{"a":"' + b"x" * 2**20 + b'"}'), 413, "too_large")


def test_forms_are_not_taken(client):
    refused(posted(client, b"a=1", content_type="application/x-www-form-urlencoded"), 415, "unsupported_media_type")


def test_other_methods_are_refused_with_those_allowed(client):
    response = client.delete(QUOTES)

    refused(response, 405, "method_not_allowed")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/payments/practice/notify", "/api/v1/carriers/simulated/push"])
def test_the_doors_of_providers_and_carriers_answer_problems_too(client, path):
    refused(client.get(path), 405, "method_not_allowed")
    refused(client.post(path, b"x" * 2**17, content_type="text/plain"), 413, "too_large")
    refused(client.post(path, b"{}", content_type="application/json"), 401, response_code(path))


def response_code(path: str) -> str:
    return "not_genuine" if "payments" in path else "bad_signature"


def test_an_address_that_is_not_there_is_a_problem_in_the_api_only(client):
    refused(client.get("/api/v1/nothing"), 404, "not_found")
    assert client.get("/nothing/").headers["Content-Type"].startswith("text/html")


def test_a_bug_is_a_problem_document_without_its_secrets(client, monkeypatch):
    from shop import checkout

    a_shop()
    monkeypatch.setattr(checkout, "quote", lambda **_: 1 / 0)
    client.raise_request_exception = False

    document = refused(posted(client, json.dumps(a_quote())), 500, "server_error")

    assert "division" not in str(document)


def test_reasons_come_in_the_readers_language(client):
    english = refused(posted(client, b"{}", **{"Accept-Language": "en"}), 400, "invalid")
    chinese = refused(posted(client, b"{}", **{"Accept-Language": "zh-Hans"}), 400, "invalid")
    again = refused(posted(client, b"{}", **{"Accept-Language": "en"}), 400, "invalid")

    assert english == again
    assert english["fields"][0]["reason"] != chinese["fields"][0]["reason"]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("12345678", "12345678"),
        ('"7f9c2b1e-6a53"', "7f9c2b1e-6a53"),
        ("x" * 255, "x" * 255),
        (" 123456789 ", "123456789"),
    ],
)
def test_a_key_is_taken_without_its_quotes(sent, key):
    assert idempotency_key(APIRequestFactory().post("/", headers={"Idempotency-Key": sent})) == key


@pytest.mark.parametrize("sent", ["1234567", "x" * 256, '"1234567"', "schlüssel-1", "tab\tin-the-key"])
def test_a_key_that_cannot_be_kept_is_refused(sent):
    with pytest.raises(BadKey):
        idempotency_key(APIRequestFactory().post("/", headers={"Idempotency-Key": sent}))


def test_a_missing_key_is_refused():
    with pytest.raises(KeyMissing):
        idempotency_key(APIRequestFactory().post("/"))


def test_who_asks_too_often_is_told_when_to_ask_again(client, monkeypatch):
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "read", "2/min")
    monkeypatch.setattr(throttles, "monotonic", lambda: clock[0])
    clock = [1000.0]

    first, second, third = (client.get("/api/v1/varieties") for _ in range(3))

    assert (first.status_code, second.status_code) == (200, 200)
    refused(third, 429, "too_many_requests")
    assert third.headers["Retry-After"] == "30"
    clock[0] += 30
    assert client.get("/api/v1/varieties").status_code == 200
    assert client.get("/api/v1/varieties").status_code == 429


def test_the_throttle_trusts_only_our_own_proxies(client, monkeypatch):
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "read", "1/min")

    answers = [client.get("/api/v1/varieties", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


@pytest.mark.parametrize("now", [2000.01, 4090.3, 65_500.7])  # the longer it runs, the less finely a clock tells
@pytest.mark.parametrize("most", [1, 7, 60])
def test_as_many_as_may_ask_in_a_minute_may_at_any_one_moment(client, monkeypatch, most, now):
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "read", f"{most}/min")
    monkeypatch.setattr(throttles, "monotonic", lambda: now)

    answers = [client.get("/api/v1/varieties").status_code for _ in range(most + 1)]

    assert answers == [200] * most + [429]


def test_the_throttle_keeps_no_more_than_it_may(monkeypatch):
    monkeypatch.setattr(throttles, "MOST_KEPT", 3)
    throttles._free_again_at.update({("read", str(n)): 10.0 + n for n in range(4)})

    throttles._make_room(12.5)

    assert list(throttles._free_again_at) == [("read", "3")]


def test_making_room_bears_others_that_count_meanwhile(monkeypatch):
    class Busy(float):
        def __le__(self, now):
            throttles._free_again_at.setdefault(("read", "newcomer"), 99.0)
            return float(self) <= now

    monkeypatch.setattr(throttles, "MOST_KEPT", 3)
    throttles._free_again_at.update({("read", str(n)): Busy(10 + n) for n in range(3)})

    throttles._make_room(11.5)

    assert set(throttles._free_again_at) == {("read", "2"), ("read", "newcomer")}


def test_times_carry_the_farms_zone(client):
    a_shop()

    days = client.get("/api/v1/availability?month=2026-09").json()["results"]

    assert dt.datetime.fromisoformat(days[0]["cut_off_at"]).utcoffset() == dt.timedelta(hours=8)
