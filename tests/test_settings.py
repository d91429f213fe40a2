"""The settings of a deployment: what must be said is asked for, and callers are told apart behind a proxy."""

import errno
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import environ
import pytest
from axes.helpers import get_client_ip_address
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection
from django.test import RequestFactory
from environ.fileaware_mapping import FileAwareMapping

from beizhen.first_start import kept_secret
from farm.payments import providers
from farm.security import TICKET_KEY
from shop import carriers

pytestmark = pytest.mark.once("settings are read before any database")
ROOT = Path(__file__).resolve().parent.parent
SAID = {
    "DATABASE_URL": "postgres://nobody@localhost:1/none",
    "SECRET_KEY": "only for tests " * 4,
    "TICKET_KEYS": "TST:" + "A" * 43,
}
READ = (*SAID, "PAYMENT_PROVIDERS", "SMS_PORT", "REDIS_URL", "CACHE_URL", "EMAIL_URL")


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


def manage(command: str, surroundings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "manage.py", command]
    return subprocess.run(words, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)


def test_the_farms_folder_is_its_owners_alone(read_settings):
    told = read_settings()

    assert told.VAR.stat().st_mode & 0o777 == 0o700


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


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("HOLD_MINUTES", "fifteen", "HOLD_MINUTES is 'fifteen': it must be a whole number from 1 to "),
        ("HOLD_MINUTES", "0", "a whole number from 1 to "),
        ("HOLD_MINUTES", "-5", "a whole number from 1 to "),
        ("HOLD_MINUTES", "1.5", "a whole number from 1 to "),
        ("HOLD_MINUTES", "9" * 20, "a whole number from 1 to "),
        ("GLANCE_SECONDS", "nan", "GLANCE_SECONDS is 'nan': it must be a number from 0 to "),
        ("DEMO_HURRY", "1e1", "a number from 0.1 to "),
        ("BEHIND_TLS", "enabled", "BEHIND_TLS is 'enabled': it must be 1 (on) or 0 (off)."),
        ("CARRIER", "sf", "CARRIER is 'sf': it must be one of simulated, manual."),
        ("RAIN_OTHERWISE", "Credit", "it must be one of refund, credit."),
        ("THROTTLE_ORDER", "12/fortnight", "THROTTLE_ORDER is '12/fortnight': it must read like 12/min or 300/hour."),
        ("PAYMENT_PROVIDERS", "practice,alipay", "PAYMENT_PROVIDERS has alipay: known are practice, desk."),
        ("TICKET_KEYS", "nonsense", "ticket_key): a comma list of `id:seed`, each id once"),
        ("DATABASE_URL", "mysql://me:secret@there/farm", "DATABASE_URL must begin with postgres:// or postgresql://."),
        ("DATABASE_URL", "postgres://me:secret/x@there/farm", "DATABASE_URL cannot be read. Signs in a password"),
        ("EMAIL_URL", "smtp://me:secret/x@there:25", "EMAIL_URL cannot be read."),
        ("EMAIL_URL", "smpt://me@there:25", "EMAIL_URL cannot be read."),
        ("CSRF_TRUSTED_ORIGINS", "farm.example", "CSRF_TRUSTED_ORIGINS has farm.example: each must read like https://"),
        ("CSRF_TRUSTED_ORIGINS", "https://ok.example,https://farm.example/shop", "has https://farm.example/shop: each"),
        ("ALLOWED_HOSTS", "127.0.0.1,https://farm.example", "ALLOWED_HOSTS has https://farm.example: each must read"),
        ("ALLOWED_HOSTS", "farm.example:8000", "ALLOWED_HOSTS has farm.example:8000: each must read like farm.example"),
        ("PUBLIC_URL", "farm.example", "PUBLIC_URL must begin with http:// or https://."),
        ("FARM_PHONE", "ask li", "FARM_PHONE is 'ask li': it must read like 0416-662 1234 or +86 416 662 1234."),
        ("TICKET_KEYS", ",".join(["T1:" + "A" * 43] * 2), "each id once"),
        ("CACHE_URL", "nonsense", "CACHE_URL must begin with redis://"),
        ("SECRET_KEY_FILE", "/no/such/file", "SECRET_KEY_FILE names a file that cannot be read"),
        ("BEIZHEN_VAR", "/dev/null/farm", "BEIZHEN_VAR must name a folder"),
    ],
)
def test_what_is_not_understood_stops_the_start_by_its_name(read_settings, name, text, told):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**{**SAID, "PAYMENT_PROVIDERS": "practice", name: text})

    assert told in str(refused.value)
    assert "secret" not in str(refused.value)


def test_hosts_are_taken_as_people_write_them(read_settings):
    said = ["farm.example", ".farm.example", "127.0.0.1", "[::1]", "*"]

    assert said == read_settings(ALLOWED_HOSTS=", ".join(said)).ALLOWED_HOSTS


def test_origins_are_taken_as_browsers_write_them(read_settings):
    said = ["https://farm.example", "https://*.farm.example", "http://localhost:8000", "http://[::1]:8000"]

    assert said == read_settings(CSRF_TRUSTED_ORIGINS=", ".join(said)).CSRF_TRUSTED_ORIGINS


@pytest.mark.parametrize("path", ["a.texting.Service", "nothing", "farm.notify.Carrier", "farm.notify.notify"])
def test_what_sends_texts_is_looked_for_at_the_start(tmp_path, path):
    asked = {**os.environ, "BEIZHEN_VAR": str(tmp_path), "SMS_PORT": path}

    told = manage("verify", asked)

    assert told.returncode == 2
    assert told.stderr.startswith(f"SMS_PORT is '{path}': it must be the dotted path of a class with a method send")
    assert told.stderr.count("\n") == 1


def test_an_empty_variable_is_none(read_settings):
    told = read_settings(HOLD_MINUTES="", CARRIER=" ", THROTTLE_ORDER="", BEHIND_TLS="", PUBLIC_URL="", STATIC_ROOT="")

    assert (told.HOLD_MINUTES, told.CARRIER, told.BEHIND_TLS) == (15, "simulated", False)
    assert (told.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["order"], told.PUBLIC_URL[:7]) == ("12/min", "http://")
    assert str(told.VAR / "static") == told.STATIC_ROOT


def test_a_secret_is_taken_as_it_stands(read_settings):
    assert read_settings(SECRET_KEY="$HOME", HEALTH_TOKEN="$tr0ng").HEALTH_TOKEN == "$tr0ng"


def test_a_kept_ticket_key_may_end_as_editors_end_a_file(read_settings, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "ticket_key").write_text(f"{SAID['TICKET_KEYS']}\n")

    assert [SAID["TICKET_KEYS"]] == read_settings().TICKET_KEYS


def test_blanks_in_a_list_belong_to_no_name(read_settings):
    assert read_settings(ALLOWED_HOSTS="farm.example, shop.example ,").ALLOWED_HOSTS == ["farm.example", "shop.example"]


@pytest.mark.parametrize(("name", "has"), [("CARRIER", carriers.ADAPTERS), ("PAYMENT_PROVIDERS", providers.ADAPTERS)])
def test_the_settings_know_what_the_house_has_adapters_for_and_nothing_else(read_settings, name, has):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(**{name: "nobody"})

    [known] = re.findall(r"(?:one of|known are) (.+)\.$", str(refused.value))
    assert set(known.split(", ")) == set(has)


def test_a_key_is_made_before_there_is_one(tmp_path):
    asked = {**os.environ, **SAID, "BEIZHEN_VAR": str(tmp_path), "TICKET_KEYS_FILE": "/no/such/file"}
    del asked["SECRET_KEY"], asked["TICKET_KEYS"]

    made = manage("ticket_key", asked)

    assert TICKET_KEY.fullmatch(made.stdout.strip()), made.stderr


def test_wrong_settings_are_one_line_and_no_drift(tmp_path):
    asked = {**os.environ, "BEIZHEN_VAR": str(tmp_path), "HOLD_MINUTES": "fifteen"}

    told = manage("verify", asked)

    assert told.returncode == 2
    assert told.stderr.startswith("HOLD_MINUTES is 'fifteen'")
    assert told.stderr.count("\n") == 1


class TestKeptSecret:
    def test_it_is_made_once_and_its_owner_alone_reads_it(self, tmp_path):
        first = kept_secret(tmp_path / "key")

        assert len(first) > 50
        assert kept_secret(tmp_path / "key") == first
        assert (tmp_path / "key").stat().st_mode & 0o077 == 0
        assert [file.name for file in tmp_path.iterdir()] == ["key"]

    def test_of_two_that_start_at_once_one_makes_it_for_both(self, tmp_path):
        def slowly() -> str:
            (tmp_path / "key").write_text("the other's")
            return "ours"

        assert kept_secret(tmp_path / "key", slowly) == "the other's"

    def test_it_is_made_where_a_file_has_but_one_name(self, tmp_path, monkeypatch):
        def fails(*_: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", fails)

        first = kept_secret(tmp_path / "key")

        assert (len(first) > 50, kept_secret(tmp_path / "key")) == (True, first)
        assert [file.name for file in tmp_path.iterdir()] == ["key"]

    def test_a_start_that_fails_half_way_leaves_none(self, tmp_path, monkeypatch):
        def fails(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", fails)

        with pytest.raises(ImproperlyConfigured, match="key can be neither read nor made: No space left on device"):
            kept_secret(tmp_path / "key")

        assert list(tmp_path.iterdir()) == []

    def test_an_empty_one_is_named(self, tmp_path):
        (tmp_path / "key").touch()

        with pytest.raises(ImproperlyConfigured, match="key is empty: bring it back"):
            kept_secret(tmp_path / "key")


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
