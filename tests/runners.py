"""Many runners for one suite: its tests are found once, then the process forks, and each runner takes file after file.

A pytest plugin: `-p tests.runners --runners 2`. What was imported and compiled to find the tests is there for every
runner, in memory that they share; `databases.settle_in` gives each a folder and databases of its own.
"""

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from beizhen.processes import die_with
from tests import databases

WORD = 4
"""Bytes of a portion's number in the heap: a pipe holds sixteen thousand of them."""
GRACE_SECONDS = 15.0
"""For what a test has started to end in order. Some tests wait for a farm that the same Ctrl-C has closed."""
LOST = "Nobody told how this test went: a runner ended by {endings}."


Warned = tuple[tuple[str, str, str, int], dict[str, Any]]
"""Its words, the name of its class, its file and line, in plain data; and the rest of what pytest's hook is given."""


class Stop(NamedTuple):
    """What a test said with `pytest.exit`."""

    words: str
    code: int | None


class Told(NamedTuple):
    """What a runner tells of one test: its place in the session, its reports as plain data, its warnings."""

    index: int
    reports: Sequence[dict[str, Any]]
    warned: Sequence[Warned]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--runners", type=int, default=1, help="so many processes share the tests, file by file")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run all tests on as many runners as were asked for; None leaves them to pytest and this one process."""
    option = session.config.option
    talks = option.usepdb or option.trace or option.setupshow or option.setupplan  # with the terminal, test by test
    if option.runners < 2 or option.collectonly or talks or session.testsfailed:
        return None
    crew = Crew(session)
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        crew.fork(option.runners)
        crew.listen()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        crew.end()
        signal.signal(signal.SIGTERM, before)
    return True


class Crew:
    """The runners of a session, as the process that forked them knows them."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.runners: dict[Connection, int] = {}
        """On which wire each tells, and its process."""
        self.untold = set(range(len(session.items)))
        self.endings: list[str] = []

    def fork(self, count: int) -> None:
        """Start so many runners; each begins with all that was found, and with nothing of the others'."""
        assert threading.active_count() == 1, f"a fork would lose {threading.enumerate()}"
        portions = _by_file(self.session.items)
        heap = _heap(len(portions))
        folder, parent = self.session.config._tmp_path_factory.getbasetemp(), os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        for number in range(count):
            ours, theirs = Pipe(duplex=False)
            process = os.fork()
            if not process:
                for wire in (*self.runners, ours):
                    wire.close()
                Runner(self.session, f"runner{number}", theirs).work(_taken(heap, portions), folder, parent)
            theirs.close()
            self.runners[ours] = process
        os.close(heap)

    def listen(self) -> None:
        """Report what is told as if it had happened here, until all runners have ended or somebody wants to stop."""
        wires = set(self.runners)
        while wires:
            for wire in wait(wires):
                try:
                    told = wire.recv()
                except (EOFError, OSError):  # at the end of what it told, or in the middle of a word
                    wires.discard(wire)
                    self.endings += _bad_ending(os.waitpid(self.runners.pop(wire), 0)[1])
                    continue
                if isinstance(told, Stop):
                    raise pytest.exit.Exception(*told)
                self._report(told)
        endings = LOST.format(endings=", ".join(self.endings))
        for index in sorted(self.untold):
            self._report(Told(index, [self._lost(index, endings)], []))
        if self.endings:
            raise self.session.Failed(endings)

    def end(self) -> None:
        """Ask whoever still works to put things away and go; who takes too long for that is ended."""
        for wire, process in self.runners.items():
            wire.close()
            os.kill(process, signal.SIGTERM)
        latest = time.monotonic() + GRACE_SECONDS
        for process in self.runners.values():
            while os.waitpid(process, os.WNOHANG) == (0, 0):
                if time.monotonic() > latest:
                    os.kill(process, signal.SIGKILL)
                time.sleep(0.02)

    def _report(self, told: Told) -> None:
        session, config, hook = self.session, self.session.config, self.session.config.hook
        item = session.items[told.index]
        self.untold.discard(told.index)
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for data in told.reports:
            report = hook.pytest_report_from_serializable(config=config, data=data)
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        for (words, kind, file, line), told_when in told.warned:
            said = warnings.WarningMessage(words, type(kind, (Warning,), {}), file, line)
            hook.pytest_warning_recorded.call_historic(kwargs={**told_when, "warning_message": said})
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

    def _lost(self, index: int, words: str) -> dict[str, Any]:
        item, config = self.session.items[index], self.session.config
        report = pytest.TestReport(item.nodeid, item.location, {item.name: 1}, "failed", words, "call")
        data: dict[str, Any] = config.hook.pytest_report_to_serializable(config=config, report=report)
        return data


class Runner:
    """One of them: the process that runs tests and tells of them. A plugin of that process."""

    def __init__(self, session: pytest.Session, name: str, wire: Connection) -> None:
        self.session = session
        self.name = name
        self.wire = wire
        self._capture = session.config.pluginmanager.getplugin("capturemanager")
        self.reports: list[dict[str, Any]] = []
        self.warned: list[Warned] = []
        self.last: int | None = None

    def work(self, taken: Iterable[Sequence[int]], folder: Path, parent: int) -> NoReturn:
        """Run what is taken from the heap until there is no more; the process ends here."""
        code = 1
        try:
            die_with(parent)
            signal.signal(signal.SIGINT, _stop)
            self._settle_in(folder)
            for portion in taken:
                for index, following in pairwise([*portion, None]):
                    self._run(index, following)
            self._put_away()
            code = 0
        except (KeyboardInterrupt, BrokenPipeError):
            self._put_away()
        except pytest.exit.Exception as stop:
            self._put_away()
            self.wire.send(Stop(str(stop.msg), stop.returncode))
        except BaseException:  # whatever it was, the process must not go on as its parent
            self._capture.stop_global_capturing()
            traceback.print_exc()
            self._put_away()
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _settle_in(self, folder: Path) -> None:
        """What was the parent's alone: the terminal, the file its output went to, its folder and its databases."""
        config = self.session.config
        config.pluginmanager.unregister(name="terminalreporter")
        self._capture.stop_global_capturing()
        self._capture.start_global_capturing()
        config._tmp_path_factory._basetemp = folder / self.name
        (folder / self.name).mkdir(mode=0o700)
        config.workerinput = {"workerid": self.name}  # as xdist does: pytest-django names databases by it
        config.pluginmanager.register(self)
        self.warned.clear()  # of finding the tests: the parent has them
        databases.settle_in(self.name)

    def _run(self, index: int, following: int | None) -> None:
        """Run a test. After the last of its file, what the file set up is put away and the session's things stay."""
        session = self.session
        next_one = session if following is None else session.items[following]
        session.items[index].config.hook.pytest_runtest_protocol(item=session.items[index], nextitem=next_one)
        self._tell(index)
        if session.shouldfail or session.shouldstop:
            raise KeyboardInterrupt

    def _tell(self, index: int) -> None:
        self.last = index
        self.wire.send(Told(index, self.reports, self.warned))
        self.reports, self.warned = [], []

    def _put_away(self) -> None:
        """End what tests have started, undisturbed; what goes wrong with it is told as its last test's."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        call = pytest.CallInfo.from_call(lambda: self.session._setupstate.teardown_exact(None), "teardown")
        if call.excinfo and self.last is not None:
            item = self.session.items[self.last]
            self.pytest_runtest_logreport(pytest.TestReport.from_item_and_call(item, call))
            with contextlib.suppress(OSError):
                self._tell(self.last)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        config = self.session.config
        self.reports.append(config.hook.pytest_report_to_serializable(config=config, report=report))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: tuple[str, int, str] | None
    ) -> None:
        said = warning_message
        words = str(said.message), said.category.__name__, said.filename, said.lineno
        self.warned.append((words, {"when": when, "nodeid": nodeid, "location": location}))


def _by_file(items: Sequence[pytest.Item]) -> list[list[int]]:
    """The tests of each file, in the order in which the files begin: what a file sets up is set up by one runner."""
    files: dict[Path, list[int]] = {}
    for index, item in enumerate(items):
        files.setdefault(item.path, []).append(index)
    return list(files.values())


def _heap(portions: int) -> int:
    """A pipe with the number of every portion in it: whoever reads one has it, and nobody else gets it."""
    heap, filling = os.pipe()
    os.write(filling, b"".join(number.to_bytes(WORD, "big") for number in range(portions)))
    os.close(filling)
    return heap


def _taken(heap: int, portions: Sequence[Sequence[int]]) -> Iterator[Sequence[int]]:
    while number := os.read(heap, WORD):
        yield portions[int.from_bytes(number, "big")]


def _bad_ending(status: int) -> list[str]:
    """How a process ended that did not end well."""
    code = os.waitstatus_to_exitcode(status)
    return [] if code == 0 else [f"signal {-code}" if code < 0 else f"exit code {code}"]


def _stop(*_: object) -> NoReturn:
    """Leave through every `finally`, and let nobody interrupt that."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
