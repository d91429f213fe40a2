"""Run the whole suite on SQLite and on real PostgreSQL and Valkey at once, and close with one summary of both."""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import browser, databases, once, servers
from tests.pace import Pace

ROOT = Path(__file__).resolve().parent.parent
MOST_RUNNERS = 8  # each has two of Valkey's sixteen databases
CONNECTIONS = "12"  # of each runner: the races let eight hands hold one at once, and the server has a hundred
MOMENT_SECONDS, PATIENCE_SECONDS = 2, 60
BEGAN = time.monotonic()
OURS = (
    "DATABASE_URL", "DATABASE_PASSWORD", "REDIS_URL", "CACHE_URL", "SECRET_KEY", "TICKET_KEYS",
    "PAYMENT_PROVIDERS", "LEAVE_OUT",
)  # fmt: skip
SECRETS = {"SECRET_KEY": "only for tests " * 4, "TICKET_KEYS": "TST:" + "A" * 43}
COUNTS = {"passed": ("passed", "xpassed"), "failed": ("failed", "error"), "skipped": ("skipped", "xfailed")}
RAN_ONCE = {
    "services": "with servers of their own ran once, beside PostgreSQL",
    "once": "that prove doors, words and files ran once, beside SQLite",
}
EXPLAINED = {2: "stopped early", 3: "pytest itself broke", 4: "pytest refused its options", 5: "no test was found"}


class Outcome(NamedTuple):
    """How one run of the suite ended."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    remark: str = ""
    without_browser: int = 0
    ran_once: Mapping[str, int] = {}


class Run:
    """One pytest under way on one database, in a folder of its own."""

    def __init__(self, name: str, home: Path, suite: "subprocess.Popen[bytes]", output: Path | None) -> None:
        self.name = name
        self.home = home
        self.suite = suite
        self.output = output

    def outcome(self) -> Outcome:
        """Wait for its end, show what it printed unless it was seen already, and return what it counted."""
        began = time.monotonic()
        code = _wait_for(self.suite)
        if self.output:
            print(f"\n== {self.name} ==\n{self.output.read_text(errors='replace')}", flush=True)
        counts = self.home / "counts.json"
        found = counts.exists()
        numbers = json.loads(counts.read_text()) if found else {"seconds": time.monotonic() - began, "failed": 0}
        remark = "" if code in (0, 1) and found else EXPLAINED.get(code, f"pytest ended with {code}")
        if remark and not numbers["failed"]:
            numbers["failed"] = 1  # a run that broke counts one failure more than it saw
        return Outcome(self.name, **numbers, remark=remark)


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for and print the summary; 0 only when every run found tests and none failed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.run", description=__doc__, epilog="All other options go to pytest.", allow_abbrev=False
    )
    parser.add_argument("--only", choices=["sqlite", "postgres"], help="run on one of the two only")
    chosen, passed_on = parser.parse_known_args(arguments)
    began = time.monotonic()
    if not browser.CHROMIUM:
        fate = "FAIL" if browser.IN_CI else "are LEFT OUT"
        print(f"\n{browser.MISSING}\nTests in a browser {fate}.", file=sys.stderr)
    with Pace() as pace:
        outcomes = {"sqlite": on_sqlite, "postgres": on_services, None: both}[chosen.only](passed_on)
    print(summary(outcomes, time.monotonic() - began, pace.words()), flush=True)
    return 1 if any(outcome.failed or outcome.remark for outcome in outcomes) else 0


def both(arguments: Sequence[str]) -> list[Outcome]:
    """Run on both at once: while one waits for its processes, the other works. SQLite's output is seen as it comes."""
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(1) as aside:
        starting = aside.submit(stack.enter_context, _services())  # while SQLite's database is migrated
        first = stack.enter_context(running("SQLite", {"LEAVE_OUT": "services"}, arguments))
        try:
            services = starting.result() | {"LEAVE_OUT": "once"}
        except servers.NoServer as reason:
            return [first.outcome(), _no_servers(reason)]
        second = stack.enter_context(running("PostgreSQL", services, arguments, is_seen=False))
        outcome = first.outcome()
        return [outcome] if outcome.remark == EXPLAINED[2] else [outcome, second.outcome()]


def on_sqlite(arguments: Sequence[str]) -> list[Outcome]:
    with running("SQLite", {"LEAVE_OUT": "services"}, arguments) as run:
        return [run.outcome()]


def on_services(arguments: Sequence[str]) -> list[Outcome]:
    """Run the suite on servers of its own; a server that cannot be had counts as a failure."""
    try:
        with _services() as services, running("PostgreSQL", services, arguments) as run:
            return [run.outcome()]
    except servers.NoServer as reason:
        return [_no_servers(reason)]


@contextlib.contextmanager
def running(name: str, variables: dict[str, str], arguments: Sequence[str], *, is_seen: bool = True) -> Iterator[Run]:
    """Start pytest on copies of a migrated database; what is unseen is kept. It never outlives the block."""
    surroundings = {key: text for key, text in os.environ.items() if key.removesuffix("_FILE") not in OURS}
    # As many as there are cores for each of two runs: journeys wait for their processes, and others use that time.
    runners = min(max(2, os.cpu_count() or 1), MOST_RUNNERS)
    shared = ["-p", "tests.run", "-p", "tests.runners", "--runners", str(runners), "--reuse-db"]
    command = [sys.executable, "-m", "pytest", *shared, *arguments]
    with tempfile.TemporaryDirectory(prefix="beizhen-tests-") as private, contextlib.ExitStack() as stack:
        output = None if is_seen else Path(private) / "output"
        said = stack.enter_context(output.open("wb")) if output else None
        if is_seen:
            print(f"\n== {name} ==", flush=True)
        surroundings |= variables | {"BEIZHEN_TEST_HOME": private, "BEIZHEN_VAR": str(Path(private) / "finding")}
        databases.copy_for_runners(Path(private), surroundings, runners)
        suite = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=said, stderr=said)
        try:
            yield Run(name, Path(private), suite, output)
        finally:
            if suite.poll() is None:
                suite.terminate()
                suite.wait(PATIENCE_SECONDS)


def summary(outcomes: Sequence[Outcome], seconds: float, pace: str = "") -> str:
    """Lay out the runs as a table, then what ran once only, with the sum in plain words as the last line."""
    lines = ["", f"{'':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"]
    for one in outcomes:
        line = f"{one.name:<12}{one.passed:>8}{one.failed:>8}{one.skipped:>9}{one.seconds:>9.1f}  {one.remark}"
        lines.append(line.rstrip())
    if len(outcomes) > 1:
        lines += [""] + [f"{count} {RAN_ONCE[mark]}." for one in outcomes for mark, count in one.ran_once.items()]
    if unseen := sum(one.without_browser for one in outcomes):
        lines.append(f"{unseen} tests in a browser were LEFT OUT. {browser.MISSING}")
    lines += [pace] if pace else []
    passed, failed, skipped = (sum(counts) for counts in zip(*(one[1:4] for one in outcomes), strict=True))
    counted = f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    return "\n".join([*lines, f"{counted} in {seconds:.0f} s"])


@contextlib.contextmanager
def _services() -> Iterator[dict[str, str]]:
    with servers.postgres() as database, servers.valkey() as redis:
        addresses = {
            "DATABASE_URL": database.url,
            "REDIS_URL": redis.url,
            "CACHE_URL": redis.url.removesuffix("0") + "1",
        }
        rest = {"DATABASE_POOL": CONNECTIONS, "PAYMENT_PROVIDERS": "practice", **SECRETS}
        yield addresses | rest


def _no_servers(reason: servers.NoServer) -> Outcome:
    print(f"\n{reason}", file=sys.stderr)
    return Outcome("PostgreSQL", failed=1, remark="the servers did not start")


def _wait_for(suite: "subprocess.Popen[bytes]") -> int:
    """Wait for pytest; whoever stops us stops it too, and it gets the time to end its tests in order."""
    try:
        return suite.wait()
    except KeyboardInterrupt:  # a terminal's, which pytest hears too, or meant for us alone
        with contextlib.suppress(subprocess.TimeoutExpired):
            return suite.wait(MOMENT_SECONDS)
        suite.terminate()
        return suite.wait(PATIENCE_SECONDS)


def _stop(number: int, _: object) -> None:
    """Leave through every `finally` when we are told to end, so that servers and folders go too."""
    sys.exit(128 + number)


# What follows is the pytest plugin of those runs (`-p tests.run`).


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """What runs beside SQLite only is not even loaded beside PostgreSQL."""
    return True if os.environ.get("LEAVE_OUT") == "once" and once.is_all_of(collection_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the slow files first, so that none runs alone at the end; leave out the other's.

    They wait more than they work. Beside SQLite, whose run is longer, those of PostgreSQL come last: at one time only
    one of the two waits.
    """
    home, other = os.environ.get("BEIZHEN_TEST_HOME"), os.environ.get("LEAVE_OUT")
    items.sort(key=_seconds, reverse=other != "once")
    if not home or not other:
        return
    if other == "services":  # SQLite's run has loaded all files
        ran_once = Counter(mark for item in items for mark in RAN_ONCE if item.get_closest_marker(mark))
        (Path(home) / "ran_once.json").write_text(json.dumps(ran_once))
    config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker(other)])
    items[:] = [item for item in items if not item.get_closest_marker(other)]


def _seconds(item: pytest.Item) -> int:
    slow = item.get_closest_marker("slow")
    return int(slow.kwargs.get("seconds", 10)) if slow else 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave the counts where `Run` reads them."""
    if home := os.environ.get("BEIZHEN_TEST_HOME"):
        stats, ran_once = terminalreporter.stats, Path(home) / "ran_once.json"
        counts: dict[str, Any] = {
            kind: sum(len(stats.get(word, [])) for word in words) for kind, words in COUNTS.items()
        }
        counts["ran_once"] = json.loads(ran_once.read_text()) if ran_once.exists() else {}
        if not browser.CHROMIUM:
            counts["without_browser"] = sum("browser" in report.keywords for report in stats.get("skipped", []))
        counts["seconds"] = time.monotonic() - BEGAN
        (Path(home) / "counts.json").write_text(json.dumps(counts))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:]))
