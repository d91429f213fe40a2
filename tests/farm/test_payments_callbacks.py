"""Notifications: only what the provider signed just now is believed, and no body makes a 500."""

import datetime as dt
import json

import pytest
import time_machine
from django.test import Client

from farm.models import CashierTrade, LedgerEntry, OutboxMessage, Payment, StaffTask
from farm.payments import fake
from farm.payments.providers import Fact
from tests.builders import NOW, an_attempt

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
ADDRESS = "/payments/practice/notify"


@pytest.fixture(autouse=True)
def _farm_time():
    with time_machine.travel(NOW, tick=False):
        yield


def a_message(payment: Payment, *, signed_at: dt.datetime = NOW, **different: object) -> tuple[dict[str, str], bytes]:
    words = {"provider": "practice", "trade_no": payment.trade_no, "provider_ref": "PC0000001", "state": "paid"}
    return fake.notification(Fact(**{**words, "amount_fen": payment.amount_fen, "at": NOW, **different}), signed_at)


def post(headers: dict[str, str], body: bytes, address: str = ADDRESS) -> int:
    answer = Client(enforce_csrf_checks=True).post(address, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 200 or answer["Content-Type"].startswith("application/problem+json")
    return answer.status_code


def assert_nothing_was_booked() -> None:
    assert set(Payment.objects.values_list("status", flat=True)) <= {"pending"}
    assert not LedgerEntry.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_genuine_notification_is_settled_however_often_it_comes():
    payment = an_attempt()
    headers, body = a_message(payment)

    assert [post(headers, body) for _ in range(5)] == [200] * 5

    assert OutboxMessage.objects.filter(topic="payment.captured").count() == LedgerEntry.objects.count() == 1


@pytest.mark.parametrize("age", [-3600, -1, 301, 7200])
def test_a_stale_or_future_notification_is_refused(age):
    headers, body = a_message(an_attempt(), signed_at=NOW - age * SECOND)

    assert post(headers, body) == 401

    assert_nothing_was_booked()


@pytest.mark.parametrize("age", [0, 300])
def test_a_notification_counts_for_five_minutes(age):
    headers, body = a_message(an_attempt(), signed_at=NOW - age * SECOND)

    assert post(headers, body) == 200


@pytest.mark.parametrize("place", range(0, 120, 7))
def test_one_changed_byte_is_refused(place):
    headers, body = a_message(an_attempt())
    changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]

    assert post(headers, changed) == 401

    assert_nothing_was_booked()


def test_the_headers_of_another_notification_are_refused():
    headers, _ = a_message(an_attempt(payable="order:OTHER"))
    _, body = a_message(an_attempt())

    assert post(headers, body) == 401

    assert_nothing_was_booked()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {fake.SIGNATURE: "0" * 64},
        {fake.TIMESTAMP: str(int(NOW.timestamp()))},
        {fake.TIMESTAMP: "١٢٣", fake.SIGNATURE: "0" * 64},
        {fake.TIMESTAMP: "1e9", fake.SIGNATURE: "0" * 64},
        {fake.TIMESTAMP: "-1", fake.SIGNATURE: "ü" * 64},
    ],
)
def test_missing_or_senseless_headers_are_refused(headers):
    _, body = a_message(an_attempt())

    assert post(headers, body) == 401

    assert_nothing_was_booked()


@pytest.mark.parametrize("different", [{"amount_fen": 12799}, {"amount_fen": 0}, {"trade_no": "PT0000000000"}])
def test_what_fits_no_payment_is_answered_422_and_asked_about(different):
    headers, body = a_message(an_attempt(), **different)

    assert [post(headers, body) for _ in range(2)] == [422, 422]

    assert_nothing_was_booked()
    assert StaffTask.objects.count() == 1


GOOD = {
    "trade_no": "PT12345678", "provider_ref": "PC12345", "state": "paid", "amount_fen": 1, "at": NOW.isoformat()
}  # fmt: skip
BAD = [
    {"trade_no": 7},
    {"trade_no": "PT1234567\n"},
    {"trade_no": None},
    {"provider_ref": "x" * 99},
    {"state": "won"},
    {"state": ["paid"]},
    {"amount_fen": True},
    {"amount_fen": 1.0},
    {"amount_fen": -1},
    {"amount_fen": 10**30},
    {"at": None},
    {"at": "yesterday"},
    {"at": "2026-09-08T10:00:00"},
]
NONSENSE = [b"", b"\xff\xfe\x00", b"null", b"[]", b'"text"', b"{", b"{}", b"[" * 60_000]


@pytest.mark.parametrize("body", NONSENSE + [json.dumps({**GOOD, **bad}).encode() for bad in BAD])
def test_even_signed_nonsense_is_refused(body):
    stamp = str(int(NOW.timestamp()))
    headers = {fake.TIMESTAMP: stamp, fake.SIGNATURE: fake.signature(stamp, body)}

    assert post(headers, body) == 401

    assert_nothing_was_booked()


def test_a_huge_body_is_refused_unread():
    assert post({}, b"x" * (64 * 1024 + 1)) == 413
    assert post({}, b"x" * 5_000_000) == 413
    assert post({}, b"x" * 64 * 1024) == 401


def test_an_unused_provider_has_no_door():
    headers, body = a_message(an_attempt())

    assert post(headers, body, "/payments/wechat/notify") == 404

    assert_nothing_was_booked()


def test_only_posts_are_read():
    assert Client().get(ADDRESS).status_code == 405


def test_the_cashier_page_says_that_no_money_moves():
    payment = an_attempt()

    page = Client().get(payment.pay_url)

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    for words in ("practice cashier", "No real money moves", "¥128.00", "2 boxes of Kyoho", "15 min 0 s", "<main"):
        assert words in page.content.decode()


def test_the_cashier_page_needs_the_form_s_own_token():
    payment = an_attempt()

    assert Client(enforce_csrf_checks=True).post(payment.pay_url, {"choice": "pay"}).status_code == 403

    assert CashierTrade.objects.get().state == "open"


def test_an_unknown_choice_is_refused():
    payment = an_attempt()

    assert Client().post(payment.pay_url, {"choice": "steal"}).status_code == 400

    assert CashierTrade.objects.get().state == "open"


@pytest.mark.parametrize("choice", ["pay", "fail", "late"])
def test_the_page_shows_what_was_chosen(choice):
    payment = an_attempt()
    Client().post(payment.pay_url, {"choice": choice})

    page = Client().get(payment.pay_url).content.decode()

    assert 'name="choice"' not in page
    assert {"pay": "This is paid.", "fail": "has failed", "late": "on its way"}[choice] in page


def test_there_is_no_practice_cashier_on_a_farm_that_takes_real_money(settings):
    payment = an_attempt()
    settings.PAYMENT_PROVIDERS = ["wechat"]

    assert Client().get(payment.pay_url).status_code == 404
    assert post(*a_message(payment)) == 404


def test_an_unknown_trade_has_no_page():
    assert Client().get("/cashier/PT0000000000/").status_code == 404
