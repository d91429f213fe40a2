"""Help, delivery and privacy say the rules as they are set, and every bad moment has a page of the house."""

import html

import pytest
import time_machine
from django.test import Client

from beizhen.environment import Environment
from farm.api.throttles import FindingByAddress
from shop import freight
from shop.pages import front
from tests.builders import NOW, a_shop, an_order

pytestmark = [pytest.mark.django_db, pytest.mark.once("words are the same beside any database")]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_delivery_says_what_each_way_costs(client):
    page = page_of(client, "/delivery/")

    for zone in freight.PRICES["zones"]:
        sample = {freight.freight_fen(code, *front.SAMPLE) for code in zone["provinces"]}
        assert f"¥{max(sample) // 100}.00" in page
    assert "400 g of packing per box" in page
    assert "Free to Liaoning 辽宁 from 10 kg of grapes." in page
    assert "Liaoning 辽宁, Jilin 吉林, Heilongjiang 黑龙江" in page
    assert "辽宁省、吉林省、黑龙江省" in page_of(client, "/zh-hans/delivery/")


def test_the_rules_are_those_of_the_settings(client, settings):
    settings.HOLD_MINUTES, settings.DAMAGE_REPORT_HOURS, settings.KEEP_PHOTOS_DAYS = 21, 37, 11
    settings.RAIN_ANSWER_HOURS, settings.BOX_OFFER_MINUTES = 17, 9

    delivery, help_page, privacy = (page_of(client, path) for path in ("/delivery/", "/help/", "/privacy/"))

    assert all(words in delivery for words in ("21 minutes", "Within 37 hours", "you have 17 hours"))
    assert all(words in help_page for words in ("for 21 minutes", "for 9 minutes", "37 hours after delivery"))
    assert "11 days after our answer" in privacy


@pytest.mark.parametrize("number", ["+86 416-662 1234", "400-800-1234", "13812345678"])
def test_who_shall_call_the_farm_finds_its_number(client, settings, monkeypatch, number):
    monkeypatch.setenv("FARM_PHONE", number)
    settings.FARM_PHONE = Environment().phone("FARM_PHONE")
    link = f'<a href="tel:{number.replace(" ", "").replace("-", "")}">{number}</a>'

    assert page_of(client, "/delivery/").count(link) == 1
    assert page_of(client, "/help/").count(link) == 2


def test_a_farm_without_a_number_shows_none(client, settings):
    settings.FARM_PHONE = ""

    assert "tel:" not in page_of(client, "/help/")


@pytest.mark.parametrize("path", ["/delivery/", "/help/", "/privacy/"])
def test_they_ask_the_database_nothing(client, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        page_of(client, path)


def test_an_order_is_found_by_its_number_and_the_phones_end(client):
    a_shop()
    order = an_order()

    found = client.post("/find/", {"number": f" {order.number.lower()} ", "digits": order.phone[-4:]})
    wrong = client.post("/find/", {"number": order.number, "digits": "0000"})

    assert found["Location"].startswith(f"/o/{order.number}:")
    assert "We know no order with this number and these digits." in html.unescape(wrong.content.decode())


def test_who_guesses_is_slowed_down_and_told_so(client, monkeypatch):
    monkeypatch.setattr(FindingByAddress, "allow_request", lambda *_: False)

    answer = client.post("/find/", {"number": "BZ0000000000", "digits": "0000"})

    assert answer.status_code == 429
    assert "Wait a minute, then try again." in answer.content.decode()


def test_a_fault_of_ours_is_called_one(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(front, "_zones", _fails_with(ValueError("a bug")))

    answer = client.get("/delivery/")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "a bug" not in answer.content.decode()


def _fails_with(error: Exception):
    def fail() -> None:
        raise error

    return fail
