"""Guessing the password of one of the staff is slow from however many addresses, and keeps nobody out of their own."""

import pytest
from django.test import Client
from django.urls import reverse

from farm.api import throttles
from farm.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "grape-harvest"


@pytest.fixture(autouse=True)
def five_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "staff-name", "5/day")


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("老板", password=PASSWORD)


def tried(client: Client, password: str, *, name: str = "老板", address: str = "10.9.9.9") -> int:
    """The status after typing a name and a password at the staff's door: 302 is in."""
    typed = {"username": name, "password": password}
    return client.post(reverse("admin:login"), typed, REMOTE_ADDR=address).status_code


def guessed_by_many(times: int = 7, name: str = "老板") -> list[int]:
    """Strangers, each from an address of their own."""
    return [tried(Client(), f"wrong-{n}", name=name, address=f"10.0.0.{n}") for n in range(times)]


def test_a_name_is_not_guessed_at_from_ever_new_addresses(client, boss):
    guesses = guessed_by_many()

    assert guesses == [200] * 5 + [429] * 2
    assert tried(client, PASSWORD) == 429


def test_who_is_locked_out_is_told_what_to_do(client, boss):
    guessed_by_many()

    page = client.post(reverse("admin:login"), {"username": "老板", "password": PASSWORD}).content.decode()

    assert "Too many tries to sign in" in page
    assert "Wait a quarter of an hour" in page


def test_a_name_written_otherwise_is_the_same(boss):
    User.objects.create_superuser("boss", password=PASSWORD)

    guesses = [guessed_by_many(2, name) for name in ("boss", " boss", "ｂｏｓｓ")]

    assert guesses == [[200, 200], [200, 200], [200, 429]]


def test_strangers_do_not_keep_a_boss_out_of_a_known_browser(client, boss):
    assert tried(client, PASSWORD) == 302
    client.post(reverse("admin:logout"))
    guessed_by_many()

    assert tried(client, PASSWORD) == 302


def test_a_known_browser_is_no_way_to_guess_without_end(client, boss):
    User.objects.create_user("packer", password=PASSWORD, is_staff=True)
    tried(client, PASSWORD, name="packer")
    client.post(reverse("admin:logout"))

    guesses = [tried(client, f"wrong-{n}", address=f"10.0.0.{n}") for n in range(6)]

    assert guesses == [200] * 5 + [429]


def test_one_address_locked_out_uses_up_no_tries_of_the_name(client, boss, monkeypatch):
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "staff-name", "20/day")

    guesses = [tried(Client(), f"wrong-{n}", address="10.0.0.1") for n in range(30)]

    assert guesses == [200] * 7 + [429] * 23
    assert tried(client, PASSWORD) == 302


def test_a_forged_mark_is_none(client, boss):
    client.cookies["known"] = f"{boss.pk}:x:y"
    guessed_by_many()

    assert tried(client, PASSWORD) == 429
