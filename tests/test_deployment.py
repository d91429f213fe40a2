"""The commands of docker-compose.yml run by hand: they start, answer their health checks, and stop when told to."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests import databases, servers
from tests.test_compose import BIN, OURS, ROOT, SERVICES, check_of, command_of, filled

pytestmark = [pytest.mark.slow(seconds=30), pytest.mark.services]

RUNNING = [name for name in OURS if name != "migrate"]
PATIENCE_SECONDS = 60
READY = {"web": "Started worker-2", "beat": "beat: Starting"}
"""What a service writes when it is about to serve; workers say that they are ready."""


class Deployment:
    """The services of ours as plain processes, beside real servers, with the variables that Compose would set."""

    def __init__(self, place: Path, database: str, broker: servers.Server) -> None:
        self.port = servers._free_port()
        self.place = place
        self.variables = self._variables(database, broker)

    def _variables(self, database: str, broker: servers.Server) -> dict[str, str]:
        password = urlsplit(database).password or ""
        declared = {name: filled(text) for name, text in SERVICES["web"]["environment"].items()}
        secrets = {
            "secret_key": "only for tests " * 4,
            "ticket_keys": "TST:" + "A" * 43,
            "postgres_password": password,
        }
        for secret, text in secrets.items():
            (self.place / secret).write_text(f"{text}\n")  # as editors end a file
        files = {name: f"{self.place}/{Path(path).name}" for name, path in declared.items() if name.endswith("_FILE")}
        addresses = {
            # The password comes from its file, as it does in the container.
            "DATABASE_URL": database.replace(f":{password}", ""),
            "REDIS_URL": broker.url,
            "CACHE_URL": broker.url.removesuffix("0") + "1",
        }
        search = {"PATH": f"{BIN}:{os.environ['PATH']}", "BEIZHEN_VAR": str(self.place / "var")}
        return {**declared, **files, **addresses, **search}

    def words(self, words: list[str]) -> list[str]:
        """A command with the container's port and temporary folder replaced by ours."""
        return [word.replace("8000", str(self.port)).replace("/tmp/", f"{self.place}/") for word in words]

    def run(self, words: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.words(words), cwd=ROOT, env=self.variables, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )

    @contextlib.contextmanager
    def running(self, service: str) -> Iterator["subprocess.Popen[bytes]"]:
        with (self.place / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                self.words(command_of(service)),
                cwd=ROOT,
                env=self.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self, service: str) -> str:
        return (self.place / f"{service}.log").read_text(errors="replace")[-2000:]


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with _a_database() as database, servers.valkey(aof=True) as broker:
        farm = Deployment(tmp_path_factory.mktemp("farm"), database, broker)
        migrated = farm.run(command_of("migrate"))
        assert migrated.returncode == 0, migrated.stderr
        yield farm


@contextlib.contextmanager
def _a_database() -> Iterator[str]:
    """A copy of the run's migrated database, which was an empty one before; without a run, an empty one."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        with servers.postgres() as own:
            yield own.url
        return
    name = f"deployment_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {databases.FIRST}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def services(deployment: Deployment) -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(deployment.running(name)) for name in RUNNING}


def comes_true(question: Callable[[], bool]) -> bool:
    latest = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < latest:
        if question():
            return True
        time.sleep(0.2)  # other processes start up; there is no clock of ours to move
    return False


def is_healthy(farm: Deployment, service: str) -> bool:
    return farm.run(check_of(service)).returncode == 0


def answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def test_every_service_starts_and_is_healthy(deployment, services):
    for name in services:
        word = READY.get(name, "ready.")
        comes_true(lambda name=name, word=word: word in deployment.log(name))  # or the check says what is wrong
        assert comes_true(partial(is_healthy, deployment, name)), deployment.log(name)

    assert answers(f"http://127.0.0.1:{deployment.port}/healthz/ready")


def test_the_web_service_starts_a_dead_worker_again(deployment, services):
    url = f"http://127.0.0.1:{deployment.port}/healthz/ready"
    process = services["web"]
    assert comes_true(lambda: answers(url)), deployment.log("web")

    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)

    assert len(children) >= 2
    assert comes_true(lambda: answers(url)), deployment.log("web")


def test_every_service_stops_in_order(services):
    for process in services.values():
        process.terminate()
    codes = {name: process.wait(PATIENCE_SECONDS) for name, process in services.items()}

    assert codes == dict.fromkeys(RUNNING, 0)


@pytest.mark.parametrize("service", ["web", "worker-orders"])
def test_a_health_check_says_when_nothing_answers(deployment, services, service):
    services[service].terminate()
    services[service].wait(PATIENCE_SECONDS)

    assert not is_healthy(deployment, service)


@pytest.mark.parametrize("service", ["redis-broker", "redis-cache"])
def test_redis_takes_every_option(service):
    words = command_of(service)[1:]
    options = {words[at].removeprefix("--"): words[at + 1] for at in range(0, len(words), 2)}

    with servers.valkey(aof=True) as server:
        client = redis.from_url(server.url)
        answers = [client.config_set(name, value) for name, value in options.items()]

    assert answers == [True] * len(options)
