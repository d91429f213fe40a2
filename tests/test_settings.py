"""The settings of a deployment: what must be said is asked for, and callers are told apart behind a proxy."""

import os
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import environ
import pytest
from axes.helpers import get_client_ip_address
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection
from django.test import RequestFactory
from environ.fileaware_mapping import FileAwareMapping

pytestmark = pytest.mark.once("settings are read before any database")
ROOT = Path(__file__).resolve().parent.parent
SAID = {
    "DATABASE_URL": "postgres://nobody@localhost:1/none",
    "SECRET_KEY": "only for tests " * 4,
    "TICKET_KEYS": "TST:" + "A" * 43,
}
READ = (*SAID, "PAYMENT_PROVIDERS", "SMS_PORT")


@pytest.fixture
def read_settings(tmp_path, monkeypatch):
    """What a process with these variables would read, in a folder of its own."""

    def read(**variables: str) -> SimpleNamespace:
        for name in os.environ:
            if name.removesuffix("_FILE") in READ:
                monkeypatch.delenv(name)
        for name, text in {"BEIZHEN_VAR": str(tmp_path / "var"), **variables}.items():
            monkeypatch.setenv(name, text)
        monkeypatch.setattr(environ.FileAwareEnv, "ENVIRON", FileAwareMapping())  # it keeps what it once read
        return SimpleNamespace(**runpy.run_path(str(ROOT / "beizhen" / "settings.py")))

    return read


def test_an_embedded_farm_practises_and_keeps_its_texts(read_settings):
    told = read_settings()

    assert (told.PAYMENT_PROVIDERS, told.SMS_PORT) == (["practice"], "farm.notify.Kept")


@pytest.mark.parametrize("named", [{}, {"PAYMENT_PROVIDERS": ""}])
def test_a_farm_on_a_server_must_say_who_takes_the_money(read_settings, named):
    with pytest.raises(ImproperlyConfigured, match="Set PAYMENT_PROVIDERS: who takes the money"):
        read_settings(**SAID, **named)


@pytest.mark.parametrize("named", ["desk", "desk,practice"])
def test_the_desk_is_no_way_for_customers_to_pay(read_settings, named):
    with pytest.raises(ImproperlyConfigured, match="Set PAYMENT_PROVIDERS to one that customers can pay through"):
        read_settings(PAYMENT_PROVIDERS=named)


def test_a_farm_on_a_server_takes_what_it_is_told(read_settings):
    told = read_settings(**SAID, PAYMENT_PROVIDERS="practice", SMS_PORT="a.texting.Service")

    assert (told.PAYMENT_PROVIDERS, told.SMS_PORT) == (["practice"], "a.texting.Service")


def test_the_line_end_of_a_file_is_no_part_of_what_it_says(read_settings, tmp_path):
    said = tmp_path / "said"
    said.write_text("one,two\n")

    told = read_settings(ALLOWED_HOSTS_FILE=str(said), HEALTH_TOKEN_FILE=str(said))

    assert (told.ALLOWED_HOSTS, told.HEALTH_TOKEN) == (["one", "two"], "one,two")


def test_the_readme_names_every_variable():
    source = (ROOT / "beizhen" / "settings.py").read_text()
    told = (ROOT / "README.md").read_text()

    names = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', source))

    assert len(names) > 30
    assert {name for name in names if f"`{name}`" not in told} == set()


def test_how_the_database_is_reached_may_stand_in_its_address(read_settings):
    said = {**SAID, "DATABASE_URL": "postgres://nobody@localhost:1/none?sslmode=verify-full"}

    options = read_settings(**said, PAYMENT_PROVIDERS="practice").DATABASES["default"]["OPTIONS"]

    assert options["sslmode"] == "verify-full"
    assert "statement_timeout=5000" in options["options"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "caller"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"),
        (2, "5.5.5.5, 6.6.6.6, 7.7.7.7", "6.6.6.6"),
        (2, "7.7.7.7", "7.7.7.7"),
        (1, " , ", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_who_signs_in_counts_by_the_address_our_own_proxy_saw(settings, proxies, forwarded, caller):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/staff/login/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")

    assert get_client_ip_address(request) == caller


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a server's connections wait in a pool")
@pytest.mark.django_db(transaction=True)
def test_an_embedded_farm_opens_its_file_once_and_not_for_every_page():
    connection.ensure_connection()
    kept = connection.connection

    close_old_connections()  # as after every page and every task

    assert connection.connection is kept
