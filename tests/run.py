"""Run the whole suite on SQLite and again on real PostgreSQL and Valkey, and close with one summary of both."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
MOST_WORKERS = 8  # each has two of Valkey's sixteen databases
CONNECTIONS = "12"  # of each worker: the races let eight hands hold one at once, and the server has a hundred
PATIENCE_SECONDS = 60
OURS = (
    "DATABASE_URL", "DATABASE_PASSWORD", "REDIS_URL", "CACHE_URL", "SECRET_KEY", "TICKET_KEYS", "PAYMENT_PROVIDERS",
)  # fmt: skip
SECRETS = {"SECRET_KEY": "only for tests " * 4, "TICKET_KEYS": "TST:" + "A" * 43}
COUNTS = {"passed": ("passed", "xpassed"), "failed": ("failed", "error"), "skipped": ("skipped", "xfailed")}
EXPLAINED = {2: "stopped early", 3: "pytest itself broke", 4: "pytest refused its options", 5: "no test was found"}


class Outcome(NamedTuple):
    """How one run of the suite ended."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    remark: str = ""


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for and print the summary; 0 only when every run found tests and none failed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.run", description=__doc__, epilog="All other options go to pytest.", allow_abbrev=False
    )
    parser.add_argument("--only", choices=["sqlite", "postgres"], help="run on one of the two only")
    chosen, passed_on = parser.parse_known_args(arguments)
    outcomes = []
    if chosen.only != "postgres":
        outcomes.append(run_suite("SQLite", {}, passed_on))
    if chosen.only != "sqlite" and not (outcomes and outcomes[-1].remark == EXPLAINED[2]):
        outcomes.append(on_services(passed_on))
    print(summary(outcomes), flush=True)
    return 1 if any(outcome.failed or outcome.remark for outcome in outcomes) else 0


def on_services(arguments: Sequence[str]) -> Outcome:
    """Run the suite on servers of its own; a server that cannot be had counts as a failure."""
    try:
        with servers.postgres() as database, servers.valkey() as redis:
            addresses = {"DATABASE_URL": database.url, "REDIS_URL": redis.url, "CACHE_URL": redis.url}
            rest = {"DATABASE_POOL": CONNECTIONS, "PAYMENT_PROVIDERS": "practice"}
            return run_suite("PostgreSQL", addresses | SECRETS | rest, arguments)
    except servers.NoServer as reason:
        print(f"\n{reason}", file=sys.stderr)
        return Outcome("PostgreSQL", failed=1, remark="the servers did not start")


def run_suite(name: str, variables: dict[str, str], arguments: Sequence[str]) -> Outcome:
    """Run pytest once with these variables set, its output passing through, and return what this module counted."""
    print(f"\n== {name} ==", flush=True)
    surroundings = {key: text for key, text in os.environ.items() if key.removesuffix("_FILE") not in OURS}
    # One more than there are cores: journeys wait for their process trees, and others use that time.
    workers = str(min((os.cpu_count() or 1) + 1, MOST_WORKERS))
    shared = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-p", "tests.run", *shared, *arguments]
    with tempfile.TemporaryDirectory(prefix="beizhen-tests-") as private:
        surroundings |= variables | {"BEIZHEN_TEST_HOME": private}
        began = time.monotonic()
        code = _wait_for(subprocess.Popen(command, cwd=ROOT, env=surroundings))
        seconds = time.monotonic() - began
        return _outcome(name, code, Path(private) / "counts.json", seconds)


def summary(outcomes: Sequence[Outcome]) -> str:
    """Lay out both runs as a table, with the sum in plain words as the last line."""
    lines = ["", f"{'':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"]
    for one in outcomes:
        line = f"{one.name:<12}{one.passed:>8}{one.failed:>8}{one.skipped:>9}{one.seconds:>9.1f}  {one.remark}"
        lines.append(line.rstrip())
    passed, failed, skipped = (sum(counts) for counts in zip(*(one[1:4] for one in outcomes), strict=True))
    lines += ["", f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")]
    return "\n".join(lines)


def _wait_for(suite: "subprocess.Popen[bytes]") -> int:
    """Wait for pytest; whoever stops us stops it too, and it gets the time to end its tests in order."""
    try:
        return suite.wait()
    except KeyboardInterrupt:
        return suite.wait(PATIENCE_SECONDS)
    finally:
        if suite.poll() is None:
            suite.terminate()
            suite.wait(PATIENCE_SECONDS)


def _stop(number: int, _: object) -> None:
    """Leave through every `finally` when we are told to end, so that servers and folders go too."""
    sys.exit(128 + number)


def _outcome(name: str, code: int, counts: Path, seconds: float) -> Outcome:
    """Read what the plugin below counted; a run that broke counts one failure more than it saw."""
    numbers = json.loads(counts.read_text()) if counts.exists() else dict.fromkeys(COUNTS, 0)
    remark = "" if code in (0, 1) and counts.exists() else EXPLAINED.get(code, f"pytest ended with {code}")
    if remark and not numbers["failed"]:
        numbers["failed"] = 1
    return Outcome(name, **numbers, seconds=seconds, remark=remark)


# What follows is the pytest plugin of those runs (`-p tests.run`).


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Give every worker a folder and databases of its own, before Django reads its settings."""
    if home := os.environ.get("BEIZHEN_TEST_HOME"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
        os.environ["BEIZHEN_VAR"] = str(Path(home) / worker)
        number = 2 * int(worker.removeprefix("gw"))
        for name, database in (("REDIS_URL", number), ("CACHE_URL", number + 1)):
            if name in os.environ:
                os.environ[name] = f"{os.environ[name].rpartition('/')[0]}/{database}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the slow files first, so that none runs alone at the end; what has servers of its own runs only once."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if os.environ.get("BEIZHEN_TEST_HOME") and "DATABASE_URL" not in os.environ:
        left_out = [item for item in items if item.get_closest_marker("services")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave the counts where `run_suite` reads them."""
    if home := os.environ.get("BEIZHEN_TEST_HOME"):
        stats = terminalreporter.stats
        counts = {kind: sum(len(stats.get(word, [])) for word in words) for kind, words in COUNTS.items()}
        (Path(home) / "counts.json").write_text(json.dumps(counts))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:]))
