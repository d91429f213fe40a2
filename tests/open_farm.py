"""`manage.py up` as a test sees it: started on a free port with a folder of its own, looked at from outside."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "DEMO_CLOCK", "PUBLIC_URL", "ALLOWED_HOSTS", "PORT")
PATIENCE = 240.0
"""Seconds become minutes on a slow machine with many programs beside it: only what the farm promises has less."""
FASTER = {"JOB_LEASE_SECONDS": "10", "DEMO_HURRY": "10"}
"""What tests would only wait for: a dead worker's lease, a trial's parcel on the road."""


class OpenFarm:
    """A running farm: its address, what it printed, and its processes."""

    def __init__(self, var: Path, *arguments: str) -> None:
        self.var = var
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.said = var / "said"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                command("up", "--port", str(self.port), *arguments), env=environment(var), stdout=said, stderr=said
            )
        self.main = psutil.Process(self.process.pid)

    @property
    def words(self) -> str:
        return self.said.read_text()

    @property
    def story(self) -> str:
        """All it printed and logged, for whoever must find out what went wrong."""
        logs = sorted((self.var / "log").glob("*.log"))
        return "\n".join([self.words, *(f"== {log.name} ==\n{log.read_text()[-2000:]}" for log in logs)])

    def is_open(self) -> bool:
        assert self.process.poll() is None, self.story
        return "Ctrl-C stops everything" in self.words

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz/live", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def program(self, name: str) -> psutil.Process | None:
        """The main process of `web`, `worker` or `clock`, when it runs."""
        word = f"beizhen.{name}"
        return next((child for child in self.main.children() if _runs(child, word)), None)

    def everybody(self) -> list[psutil.Process]:
        return [self.main, *self.main.children(recursive=True)]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def open_farm(var: Path, *arguments: str) -> Iterator[OpenFarm]:
    farm = OpenFarm(var, *arguments)
    processes: list[psutil.Process] = []
    try:
        until(farm.is_open, story=lambda: farm.story)
        processes = farm.everybody()
        yield farm
        processes += farm.everybody() if farm.process.poll() is None else []
    finally:
        if farm.process.poll() is None:
            farm.stop()
        for process in processes:
            if process.is_running():
                process.kill()


def until(
    is_so: Callable[[], object], seconds: float = PATIENCE, story: Callable[[], str] = str, every: float = 0.2
) -> None:
    """Wait until `is_so()`; another process has no clock that a test could move. `story` is told when it never is."""
    latest = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < latest, f"still not so after {seconds:g} s\n{story()}"
        time.sleep(every)  # who asks more often keeps from working whom it waits for


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if _lives(process)]


def manage(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), env=environment(var), capture_output=True, text=True, check=False)


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def environment(var: Path) -> dict[str, str]:
    """What an ordinary user has: no services, a folder of their own."""
    plain = {name: value for name, value in os.environ.items() if name not in SERVICES}
    return {**FASTER, **plain, "BEIZHEN_VAR": str(var)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def login_in(words: str) -> tuple[str, str]:
    found = re.search(r"sign in as (\S+) with (\S+)", words)
    assert found, words
    return found[1], found[2]


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):  # it ends while it is looked at
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _runs(child: psutil.Process, word: str) -> bool:
    """Whether the process lives and was started with `word`; one that ends while it is looked at does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return child.status() != psutil.STATUS_ZOMBIE and word in child.cmdline()
    return False
