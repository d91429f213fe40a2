"""The settings of a deployment: what must be said is asked for, and callers are told apart behind a proxy."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from axes.helpers import get_client_ip_address
from django.db import close_old_connections, connection
from django.test import RequestFactory

pytestmark = pytest.mark.once("settings are read before any database")
ROOT = Path(__file__).resolve().parent.parent
SAID = {
    "DATABASE_URL": "postgres://nobody@localhost:1/none",
    "SECRET_KEY": "only for tests " * 4,
    "TICKET_KEYS": "TST:" + "A" * 43,
}
SHOW = "from beizhen import settings; print(settings.PAYMENT_PROVIDERS, settings.SMS_PORT)"
READ = (*SAID, "PAYMENT_PROVIDERS", "SMS_PORT")


def read_settings(var: Path, show: str = SHOW, **variables: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: text for name, text in os.environ.items() if name.removesuffix("_FILE") not in READ}
    surroundings = {**kept, "BEIZHEN_VAR": str(var), **variables}
    return subprocess.run([sys.executable, "-c", show], cwd=ROOT, env=surroundings, capture_output=True, text=True)


def test_an_embedded_farm_practises_and_keeps_its_texts(tmp_path):
    assert read_settings(tmp_path).stdout == "['practice'] farm.notify.Kept\n"


@pytest.mark.parametrize("named", [{}, {"PAYMENT_PROVIDERS": ""}])
def test_a_farm_on_a_server_must_say_who_takes_the_money(tmp_path, named):
    refused = read_settings(tmp_path, **SAID, **named)

    assert refused.returncode != 0
    assert "ImproperlyConfigured: Set PAYMENT_PROVIDERS" in refused.stderr


@pytest.mark.parametrize("named", ["desk", "desk,practice"])
def test_the_desk_is_no_way_for_customers_to_pay(tmp_path, named):
    refused = read_settings(tmp_path, PAYMENT_PROVIDERS=named)

    assert refused.returncode != 0
    assert "ImproperlyConfigured: Set PAYMENT_PROVIDERS to one that customers can pay through" in refused.stderr


def test_a_farm_on_a_server_takes_what_it_is_told(tmp_path):
    told = read_settings(tmp_path, **SAID, PAYMENT_PROVIDERS="practice", SMS_PORT="a.texting.Service")

    assert told.stdout == "['practice'] a.texting.Service\n", told.stderr


def test_the_line_end_of_a_file_is_no_part_of_what_it_says(tmp_path):
    said = tmp_path / "said"
    said.write_text("one,two\n")
    show = "from beizhen import settings; print(settings.ALLOWED_HOSTS, [settings.HEALTH_TOKEN])"

    told = read_settings(tmp_path, show, ALLOWED_HOSTS_FILE=str(said), HEALTH_TOKEN_FILE=str(said))

    assert told.stdout == "['one', 'two'] ['one,two']\n", told.stderr


def test_the_readme_names_every_variable():
    source = (ROOT / "beizhen" / "settings.py").read_text()
    told = (ROOT / "README.md").read_text()

    names = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', source))

    assert len(names) > 30
    assert {name for name in names if f"`{name}`" not in told} == set()


def test_how_the_database_is_reached_may_stand_in_its_address(tmp_path):
    said = {**SAID, "DATABASE_URL": "postgres://nobody@localhost:1/none?sslmode=verify-full"}
    show = "from beizhen import settings; print(settings.DATABASES['default']['OPTIONS'])"

    told = read_settings(tmp_path, show, **said, PAYMENT_PROVIDERS="practice")

    assert "'sslmode': 'verify-full'" in told.stdout, told.stderr
    assert "statement_timeout=5000" in told.stdout


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
