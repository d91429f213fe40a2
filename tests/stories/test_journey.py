"""One embedded farm from first word to last: look, order, pay, watch the parcel arrive, kill it, and start it again."""

import datetime as dt
import json
import re
import sys
import uuid

import pytest
import requests

from tests.open_farm import PATIENCE, alive, login_in, manage, open_farm, until

pytestmark = [pytest.mark.slow(seconds=40), pytest.mark.once("an embedded farm has SQLite and nothing else")]
A_MINUTE = 60.0  # what the farm promises
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes by their environment")
HOME = {
    "name": "王小明",
    "phone": "13812345678",
    "province": "辽宁省",
    "city": "锦州市",
    "district": "北镇市",
    "street": "闾山路12号3单元402室",
}


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    with open_farm(tmp_path_factory.mktemp("journey")) as farm:
        yield farm


@pytest.fixture
def customer(farm):
    with requests.Session() as browser:
        browser.headers["Accept-Language"] = "en"
        yield Customer(browser, farm.address)


@pytest.fixture(scope="module")
def parcel(farm):
    """An order of two boxes, placed and paid when the first test asks for it."""
    with requests.Session() as browser:
        customer = Customer(browser, farm.address)
        [box] = [box for box in customer.get("/api/v1/boxes").json()["results"] if box["sku"] == "kyoho-2500"]
        order = customer.order(box["sku"], 2, customer.first_open_date())
        assert (order["status"], order["boxes_fen"]) == ("placed", 2 * box["price_fen"])
        assert customer.pay(order) == order["links"]["page"]
        return order


class Customer:
    """Somebody with a phone: reads, orders, pays."""

    def __init__(self, browser: requests.Session, address: str) -> None:
        self._browser = browser
        self._address = address

    def get(self, path: str):
        answer = self._browser.get(self._address + path, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer

    def post(self, path: str, body, **headers: str):
        answer = self._browser.post(self._address + path, json=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def first_open_date(self) -> str:
        today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
        months = (today, (today.replace(day=1) + dt.timedelta(days=32)))
        days = [
            day for month in months for day in self.get(f"/api/v1/availability?month={month:%Y-%m}").json()["results"]
        ]
        return next(day["date"] for day in days if day["is_open"] and day["left"] >= 2)

    def order(self, sku: str, quantity: int, date: str):
        body = {"lines": [{"sku": sku, "quantity": quantity}], "ship_date": date, "address": HOME}
        return self.post("/api/v1/orders", body, **{"Idempotency-Key": uuid.uuid4().hex})

    def pay(self, order, choice: str = "pay") -> str:
        """Choose at the cashier; return the page the cashier sends the buyer back to."""
        payment = self.post(order["links"]["pay"], {"provider": "practice"})
        cashier = self.get(payment["pay_url"])
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', cashier.text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "choice": choice}
        answer = self._browser.post(self._address + payment["pay_url"], form, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.url.removeprefix(self._address)

    def status(self, order) -> str:
        return str(self.get(order["links"]["self"]).json()["status"])


def test_it_says_where_everything_is(farm):
    words = farm.words

    assert f"shop      {farm.address}/" in words
    assert f"staff     {farm.address}/staff/" in words
    assert f"API       {farm.address}/api/docs" in words


def test_a_question_in_chunks_is_read_to_its_end(farm, customer):
    body = {"lines": [{"sku": "kyoho-2500", "quantity": 2}], "ship_date": customer.first_open_date(), "address": HOME}
    words = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}

    parts = iter((words[:40], words[40:]))
    answer = requests.post(f"{farm.address}/api/v1/quotes", data=parts, headers=headers, timeout=PATIENCE)

    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert answer.status_code == 200, answer.text
    assert answer.json()["net_grams"] == 5000


def test_two_boxes_are_ordered_and_paid(customer, parcel):
    until(lambda: customer.status(parcel) != "placed")


@pytest.mark.parametrize("page", ["/", "/staff/login/", "/api/docs", "/api/schema", "/api/v1/boxes", "/healthz/ready"])
def test_every_address_it_names_answers(farm, page):
    until(lambda: requests.get(farm.address + page, timeout=PATIENCE).status_code == 200)  # ready with its worker


def test_the_demo_farm_has_a_number_that_nobody_answers(customer):
    assert 'href="tel:04160000000"' in customer.get("/help/").text


def test_the_demo_login_signs_in(farm):
    name, password = login_in(farm.words)
    browser = requests.Session()
    browser.get(f"{farm.address}/staff/login/", timeout=PATIENCE)

    answer = browser.post(
        f"{farm.address}/staff/login/",
        {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            "next": "/staff/",
        },
        timeout=PATIENCE,
    )

    assert (answer.status_code, answer.url) == (200, f"{farm.address}/staff/")


def test_a_refused_payment_can_be_tried_again(farm, customer):
    order = customer.order("kyoho-5000", 1, customer.first_open_date())

    customer.pay(order, "fail")
    customer.pay(order)

    until(lambda: customer.status(order) != "placed")


def test_who_pays_twice_gets_one_payment_back(farm, customer):
    order = customer.order("shine-muscat-2500", 1, customer.first_open_date())

    customer.pay(order, "twice")

    until(lambda: "refunded" in str(customer.get(order["links"]["self"]).json()))


def test_a_cancelled_order_gives_its_money_back(farm, customer):
    order = customer.order("red-globe-2500", 1, customer.first_open_date())
    customer.pay(order)
    until(lambda: customer.status(order) == "paid")

    customer.post(order["links"]["self"] + "/cancellation", {})

    until(lambda: "refunded" in str(customer.get(order["links"]["self"]).json()))


def test_a_second_farm_in_the_same_folder_is_refused(farm):
    result = manage(farm.var, "up", "--port", str(farm.port + 1))

    assert result.returncode == 1
    assert f"already runs from {farm.var} (process {farm.process.pid})" in result.stderr


def test_a_box_is_shipped_within_a_minute_after_paying(customer, parcel):
    until(lambda: customer.status(parcel) in ("shipped", "delivered"), A_MINUTE)

    assert parcel["number"] in customer.get(parcel["links"]["page"]).text


def test_the_parcel_arrives(customer, parcel):
    until(lambda: customer.status(parcel) == "delivered")

    assert customer.get(parcel["links"]["self"] + "/tracking").json()["parcel"]["delivered_at"]


def test_no_log_holds_the_password(farm):
    _, password = login_in(farm.words)

    assert [log.name for log in (farm.var / "log").iterdir() if password in log.read_text()] == []


@LINUX
def test_a_killed_farm_leaves_nobody_and_the_next_finds_all_data_and_ends_politely(farm, parcel):
    everybody = farm.everybody()
    login = login_in(farm.words)

    farm.process.kill()
    farm.process.wait()
    until(lambda: not alive(everybody))

    with open_farm(farm.var) as again, requests.Session() as browser:
        customer = Customer(browser, again.address)
        assert len(customer.get("/api/v1/boxes").json()["results"]) == 15
        assert customer.status(parcel) == "delivered"
        assert login_in(again.words) == login
        everybody = again.everybody()
        assert (again.stop(), alive(everybody)) == (0, [])
        assert "The farm is closed." in again.words


def test_after_all_that_the_books_add_up(farm):
    result = manage(farm.var, "verify")

    assert result.returncode == 0, result.stdout
    assert "no drift" in result.stdout
