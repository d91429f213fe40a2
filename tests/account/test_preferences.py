"""What customers choose: the language, whether we may send news, and on which devices they are signed in."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import clear_url_caches, reverse

from farm import consents
from farm.models import Consent, Customer, SignIn
from tests.accounts import signs_in
from tests.builders import NOW

pytestmark = pytest.mark.django_db
PLACE = "/account/preferences/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def in_chinese(settings) -> Iterator[None]:
    """Chinese at the root, as the farm runs."""
    settings.LANGUAGE_CODE = "zh-hans"
    clear_url_caches()
    yield
    clear_url_caches()


def test_the_language_of_news_and_of_the_page_that_follows(client, in_chinese):
    signs_in(client)
    client.post(reverse("account:language"), {"language": "en"})
    assert Customer.objects.get().language == "en"

    follows = client.post(reverse("account:language"), {"language": "zh-hans"}, follow=True)

    assert Customer.objects.get().language == "zh-hans"
    assert "消息与设备" in follows.content.decode()
    assert client.post(reverse("account:language"), {"language": "xx"}).status_code == 302
    assert Customer.objects.get().language == "zh-hans"


def test_nobody_gets_news_who_did_not_say_yes(client):
    signs_in(client)

    assert 'name="agrees" checked' not in client.get(PLACE).content.decode()
    assert not consents.holds(Customer.objects.get())


def test_each_yes_and_no_is_kept_with_its_time_and_text(client, clock):
    customer = signs_in(client).customer
    said = reverse("account:consent")

    client.post(said, {"agrees": "on"})
    client.post(said, {"agrees": "on"})
    assert consents.holds(customer)
    clock.shift(dt.timedelta(days=1))
    client.post(said)

    assert not consents.holds(customer)
    kept = [(one.is_given, one.version, one.at, one.language) for one in Consent.objects.order_by("pk")]
    assert kept == [
        (True, consents.VERSION, NOW, "en"),
        (False, consents.VERSION, NOW + dt.timedelta(days=1), "en"),
    ]
    assert Consent.objects.first().text == consents.wording()
    assert "You said no on" in client.get(PLACE).content.decode()


def test_signing_out_everywhere_else_leaves_this_device(client, clock):
    phone, lost = client, Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130"})
    signs_in(lost)
    clock.shift(dt.timedelta(minutes=5))
    signs_in(phone)
    assert "Android" in phone.get(PLACE).content.decode()

    phone.post(reverse("account:devices"))

    assert phone.get(PLACE).status_code == 200
    assert lost.get(PLACE).status_code == 302
    assert "Android" not in phone.get(PLACE).content.decode()


def test_signing_in_again_on_a_device_ends_the_sign_in_before(client, clock):
    first = signs_in(client)
    clock.shift(dt.timedelta(minutes=5))
    signs_in(client)

    first.refresh_from_db()
    assert first.ended_at is not None
    assert SignIn.objects.running(NOW + dt.timedelta(minutes=5)).count() == 1


def test_forms_of_other_sites_change_nothing(client):
    signs_in(client)
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = client.cookies
    names = ("language", "consent", "devices", "erasure", "new-address", "sign-out")

    assert [careful.post(reverse(f"account:{name}")).status_code for name in names] == [403] * len(names)
    assert Customer.objects.count() == 1
