"""The account over REST: a token instead of a cookie, the same stories behind it."""

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farm.api import throttles
from farm.models import Customer, SignIn, SignInCode
from shop.models import KeptAddress
from tests.accounts import OTHER, PHONE, a_sign_in, sent_code, signs_in, wrong
from tests.builders import HOME, NOW, a_shop, an_order
from tests.rest import refused
from tests.rest import sent as sent_with_body
from tests.visits import VISITOR, a_booking, a_slot
from tests.worlds import a_shop_with_a_paid_order
from tours.booking import Contact

pytestmark = pytest.mark.django_db
READS = ("account", "account/sign-ins", "account/orders", "account/bookings", "account/addresses", "account/consents",
         "account/export")  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def sent(client: Client, method: str, path: str, body: dict | None = None, **headers: str) -> Any:
    if method == "get":
        return client.get(f"/api/v1/{path}", headers=headers)
    return sent_with_body(client, method, path, body, **headers)


class Caller:
    """A program with the token of one sign-in."""

    def __init__(self, contact: str = PHONE) -> None:
        self.client = Client()
        asked = sent(self.client, "post", "account/codes", {"contact": contact}).json()
        begun = sent(self.client, "post", "account/sign-ins", {"ticket": asked["ticket"], "code": sent_code()})
        assert begun.status_code == 201, begun.content
        self.token = begun.json()["access_token"]

    def __call__(self, method: str, path: str, body: dict | None = None) -> Any:
        return sent(self.client, method, path, body, Authorization=f"Bearer {self.token}")


def test_a_program_signs_in_with_the_code_and_reads_the_account():
    caller = Caller("+86 138 1234 5678")

    answer = caller("get", "account")

    assert answer.json() == {"contact": "138******78", "language": "en", "gets_news": False}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert not caller.client.cookies


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nothing_is_shown(client, path):
    answers = [
        sent(client, "get", path),
        sent(client, "get", path, Authorization="Bearer nonsense"),
        sent(client, "get", path, Authorization="Token x"),
        sent(client, "get", path, Authorization="Bearer"),
    ]

    for answer in answers:
        refused(answer, 401, "sign_in_first")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_cookie_of_pages_opens_no_door_of_programs(client):
    signs_in(client)

    refused(sent(client, "get", "account"), 401, "sign_in_first")
    refused(sent(client, "post", "account/erasure", {"understood": True}), 401, "sign_in_first")
    assert Customer.objects.exists()


def test_the_answer_is_the_same_for_somebody_unknown(client):
    a_shop_with_a_paid_order()

    known, unknown = (sent(client, "post", "account/codes", {"contact": who}) for who in (PHONE, OTHER))

    assert known.status_code == unknown.status_code == 201
    assert set(known.json()) == set(unknown.json())


def test_wrong_codes_are_counted_here_too(client):
    asked = sent(client, "post", "account/codes", {"contact": PHONE}).json()
    code = sent_code()
    tries = [{"ticket": asked["ticket"], "code": wrong(code)}] * 5

    answers = [sent(client, "post", "account/sign-ins", body) for body in tries]

    assert [answer.json()["code"] for answer in answers] == [*["wrong_code"] * 4, "code_over"]
    refused(sent(client, "post", "account/sign-ins", {"ticket": asked["ticket"], "code": code}), 409, "code_over")
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("ticket", ["", "17", "17:forged:signature", "x" * 200])
def test_a_forged_ticket_is_a_code_that_is_over(client, ticket):
    answer = sent(client, "post", "account/sign-ins", {"ticket": ticket, "code": "123456"})

    assert answer.status_code in (400, 409)
    assert not SignIn.objects.exists()


def test_codes_and_tries_are_throttled_with_those_of_pages(client):
    for _ in range(2):
        assert client.post("/account/sign-in/", {"contact": PHONE}).status_code == 302

    refused(sent(client, "post", "account/codes", {"contact": f"+86{PHONE}"}), 429, "too_many_requests")
    assert SignInCode.objects.count() == 2


def test_own_orders_and_bookings_and_nobody_elses():
    a_shop()
    mine = an_order(2)
    booking = a_booking(a_slot(), contact=VISITOR, adult=1, infant=1)
    caller, visitor = Caller(), Caller(VISITOR.email)

    orders, none = caller("get", "account/orders").json(), visitor("get", "account/orders").json()

    assert [(row["number"], row["lines"][0]["quantity"]) for row in orders["results"]] == [(mine.number, 2)]
    assert none["results"] == []
    visits = visitor("get", "account/bookings").json()["results"]
    assert [(row["number"], row["people"]) for row in visits] == [(booking.number, 2)]  # an infant takes no seat
    assert caller("get", "account/bookings").json()["results"] == []
    assert caller.client.get(orders["results"][0]["links"]["self"]).status_code == 200


def test_lists_cost_the_same_with_one_and_with_three():
    a_shop()
    slot, caller, costs = a_slot(), Caller(), []
    for rows in (1, 2):
        for _ in range(rows):
            an_order()
            a_booking(slot, contact=Contact("王小明", PHONE, ""))
        costs.append([cost(caller, path) for path in ("account/orders", "account/bookings")])

    assert costs[0] == costs[1]
    assert max(costs[1]) <= 5


def cost(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        caller("get", path)
    return len(captured)


def test_addresses_are_kept_changed_chosen_and_removed():
    caller, stranger = Caller(), Caller(OTHER)
    first = caller("post", "account/addresses", vars(HOME)).json()
    second = caller("post", "account/addresses", {**vars(HOME), "street": "新街 1 号"}).json()

    caller("put", f"account/addresses/{first['id']}", {**vars(HOME), "street": "旧街 2 号"})
    book = caller("put", "account/default-address", {"id": second["id"]}).json()["results"]

    assert [(one["street"], one["is_default"]) for one in book] == [("新街 1 号", True), ("旧街 2 号", False)]
    for method, path, body in (
        ("put", f"account/addresses/{first['id']}", vars(HOME)),
        ("delete", f"account/addresses/{first['id']}", {}),
        ("put", "account/default-address", {"id": first["id"]}),
    ):
        refused(stranger(method, path, body), 404, "not_found")
    assert caller("delete", f"account/addresses/{second['id']}").json()["results"][0]["is_default"]
    refused(caller("post", "account/addresses", {**vars(HOME), "district": "无此区"}), 400, "bad_address")
    assert KeptAddress.objects.count() == 1


def test_consent_is_said_and_taken_back():
    caller = Caller()

    yes = caller("post", "account/consents", {"is_given": True}).json()
    no = caller("post", "account/consents", {"is_given": False}).json()

    assert (yes["is_given"], no["is_given"], len(no["said"])) == (True, False, 2)
    assert yes["said"][0]["text"] == yes["wording"]


def test_the_language_is_one_of_ours():
    caller = Caller()

    assert caller("patch", "account", {"language": "zh-hans"}).json()["language"] == "zh-hans"
    refused(caller("patch", "account", {"language": "fr"}), 400, "invalid")


def test_a_lost_phone_is_signed_out():
    lost = Caller()
    throttles.forget_all()
    mine = Caller()

    assert len(mine("get", "account/sign-ins").json()["results"]) == 2
    assert mine("delete", "account/sign-ins/others").json() == {"ended": 1}
    refused(lost("get", "account"), 401, "sign_in_first")
    mine("delete", "account/sign-ins/this")
    refused(mine("get", "account"), 401, "sign_in_first")


def test_the_export_is_whole_and_the_erasure_final():
    caller = Caller()
    caller("post", "account/addresses", vars(HOME))

    file = caller("get", "account/export").json()
    refused(caller("post", "account/erasure", {"understood": False}), 400, "not_understood")
    done = caller("post", "account/erasure", {"understood": True})

    assert file["addresses"][0]["street"] == HOME.street
    assert done.json() == {"erased": True}
    refused(caller("get", "account"), 401, "sign_in_first")
    assert HOME.street not in json.dumps(list(KeptAddress.objects.values()))


def test_erasure_waits_for_what_is_under_way(clock):
    a_shop()
    order = an_order()
    caller = Caller()

    document = refused(caller("post", "account/erasure", {"understood": True}), 409, "still_under_way")
    clock.shift(dt.timedelta(minutes=31))
    refused(caller("post", "account/erasure", {"understood": True}), 409, "sign_in_again")

    assert order.number in document["detail"]
    assert Customer.objects.exists()


def test_a_sign_in_of_a_page_and_one_of_a_program_are_the_same_thing():
    token = a_sign_in().token

    answer = sent(Client(), "get", "account", Authorization=f"Bearer {token}")

    assert answer.status_code == 200
