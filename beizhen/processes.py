"""One tree of processes: its programs are started, started again when they die, and none outlives it."""

import contextlib
import ctypes
import fcntl
import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

GRACE_SECONDS = 12.0
STEADY_SECONDS = 20.0
BACK_OFF_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
LOOK_SECONDS = 0.1
LONGEST_LOG = 5_000_000
LOG_SECONDS = 10.0
MARK = "BEIZHEN_TREE"
"""In the environment of every process of a tree, also of those its programs start, so that none can get lost."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class DiedAtStart(Exception):
    """A program ended before it was ready; the message holds the end of its log."""


class RunsAlready(Exception):
    """Another process holds the folder; the message is its number."""


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process alone; the kernel lets go of it however the process ends.

    :raises RunsAlready: when a farm runs from it.
    """
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise RunsAlready(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@dataclass(frozen=True)
class Program:
    """Something that is to run all the time; its output goes to `<name>.log`."""

    name: str
    command: tuple[str, ...]


@dataclass
class _Child:
    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float = field(default_factory=time.monotonic)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Tree:
    """Used as `with Tree(…) as tree`: at the end of the block every process of it is gone, whatever happened."""

    def __init__(self, *, mark: str, logs: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._mark = mark
        self._logs = logs
        self._environment = {**os.environ, **environment, MARK: mark}
        self._say = say
        self._children: list[_Child] = []
        self._news: queue.SimpleQueue[int] = queue.SimpleQueue()  # the one queue that a signal handler may put into
        self._stops_asked = 0
        self._old_handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        kill_marked(self._mark)
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._old_handlers[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stop()
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)

    def start(self, program: Program, *, is_ready: Callable[[], bool] = lambda: True) -> bool:
        """Start a program and wait until it is ready; False when the tree was asked to stop before that.

        :raises DiedAtStart: when it ends before it was ready.
        """
        child = _Child(program)
        self._children.append(child)
        self._fork(child)
        while not self._stops_asked and not is_ready():
            self._wait(LOOK_SECONDS)
            if not child.is_alive and not self._stops_asked:
                raise DiedAtStart(_last_lines(self._log_of(program)))
        return not self._stops_asked

    def watch(self) -> None:
        """Start again whatever dies, until somebody asks to stop (SIGINT, SIGTERM or SIGHUP)."""
        while not self._stops_asked:
            for child in self._children:
                self._look_after(child)
                _turn_over(self._log_of(child.program))
            now = time.monotonic()
            moments = [child.start_at for child in self._children if child.process is None]
            self._wait(max(0.0, min([*moments, now + LOG_SECONDS]) - now))

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._fork_or_wait(child)
        elif child.process.poll() is not None:
            _kill_group(child.process.pid)  # what it left behind: pool processes, web workers on the same port
            child.deaths = 0 if now - child.started_at > STEADY_SECONDS else child.deaths + 1
            wait = BACK_OFF_SECONDS[min(child.deaths, len(BACK_OFF_SECONDS) - 1)]
            child.start_at = now + wait
            self._say(f"{child.program.name} {_ending(child.process.returncode)}; it starts again in {wait:g} s.")
            child.process = None

    def _fork_or_wait(self, child: _Child) -> None:
        """What cannot be started now, on a full disk or a full machine, is no reason to end the others."""
        try:
            self._fork(child)
        except OSError as error:
            wait = BACK_OFF_SECONDS[-1]
            child.start_at = time.monotonic() + wait
            self._say(f"{child.program.name} cannot be started ({error}); it is tried again in {wait:g} s.")

    def _fork(self, child: _Child) -> None:
        with self._log_of(child.program).open("ab") as output:
            child.process = subprocess.Popen(  # noqa: S603  # our own fixed commands, no shell
                child.program.command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(die_with, os.getpid()),
            )
        child.started_at = time.monotonic()

    def _stop(self) -> None:
        """Ask every program to end, wait a while, then end it; a second Ctrl-C ends the waiting."""
        asked_before = self._stops_asked
        for child in self._children:
            if child.is_alive and child.process:
                child.process.terminate()
        latest = time.monotonic() + GRACE_SECONDS
        while any(child.is_alive for child in self._children) and time.monotonic() < latest:
            self._wait(LOOK_SECONDS)
            if self._stops_asked > max(asked_before, 1):
                break
        for child in self._children:
            if child.process:
                _kill_group(child.process.pid)
                child.process.wait()
        kill_marked(self._mark)

    def _wait(self, seconds: float) -> None:
        with contextlib.suppress(queue.Empty):
            if self._news.get(timeout=seconds) != signal.SIGCHLD:
                self._stops_asked += 1

    def _hear(self, number: int, _: FrameType | None) -> None:
        self._news.put(number)

    def _log_of(self, program: Program) -> Path:
        return self._logs / f"{program.name}.log"


def marked(mark: str) -> list[int]:
    """The processes that belong to the tree `mark`, as far as the system tells (Linux does)."""
    return [pid for pid in _processes() if pid != os.getpid() and _has_mark(pid, mark)]


def kill_marked(mark: str) -> None:
    """End at once whatever an earlier tree of this mark left behind."""
    for pid in marked(mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _processes() -> Iterator[int]:
    with contextlib.suppress(FileNotFoundError):
        yield from (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _has_mark(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # gone in the meantime, or another user's
        return False


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def die_with(parent: int) -> None:
    """In the new process: ask the kernel for a SIGTERM when the parent dies, however it dies."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before it could be asked
        os._exit(1)


def _ending(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"


def _turn_over(log: Path) -> None:
    """A long log becomes `.old.log`, also while its program appends to it; on a full disk it stays as it is."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LONGEST_LOG:
            shutil.copyfile(log, log.with_suffix(".old.log"))
            os.truncate(log, 0)


def _last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-count:])
