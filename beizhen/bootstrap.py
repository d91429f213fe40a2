"""Bring `.venv` to the locked packages on a machine that has a Python and nothing else; the Makefile runs it first."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # For a script Python looks in its own directory first, where `celery` would be ours and not the package.
    sys.path.pop(0)

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
from typing import Iterator, NamedTuple, Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "prepared.txt"
UV = "uv==0.13.9"
TOOL = "pytest"  # stands for the tools and test servers: where it is, somebody wants them all
OLDEST, TOO_NEW = (3, 11), (3, 14)
WELL_KNOWN = ("python3.12", "python3.11", "python3.13", "python3", "/usr/bin/python3")
MUCH_FASTER = 0.8  # of the other's time; one that somebody built plainly takes 1.6 times that of a distribution's
TOGETHER = 0.7  # seconds; one that a script of pyenv's starts needs two tenths until it works
PATIENCE = 60  # seconds until a command that says nothing is no Python
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
PROBE = """
import sys
print('%d.%d' % sys.version_info[:2], flush=True)
import contextlib, ensurepip, os, time, venv
class Box:
    def __init__(self, units): self.units = units
    def next(self): return Box(self.units + 1)
def took():
    began = time.process_time()
    sum(box.next().units for box in map(Box, range(9999)))
    return time.process_time() - began
with contextlib.suppress(AttributeError, OSError):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
seconds = [took()]
while len(seconds) < 10 or time.monotonic() < float(sys.argv[1]):
    seconds.append(took())
print(min(seconds))
"""

NO_PYTHON = """Beizhen needs Python 3.11, 3.12 or 3.13, and found {found}.
Install one (on Debian or Ubuntu: apt install python3 python3-venv), or name the one to use:
make up PYTHON=/path/to/python3.12"""
NO_VENV = """{found} cannot create virtual environments here: its venv module is not complete.
On Debian or Ubuntu: apt install python3-venv (or python{version}-venv), then run the same command again."""
NO_ENVIRONMENT = """The virtual environment could not be created in {venv}.
Check that you may write there and that the disk is not full, then run the same command again."""
NO_INDEX = """The package index could not be reached.
Check the network (behind a proxy set HTTPS_PROXY, with a mirror set PIP_INDEX_URL), then run the same command again;
what was already fetched is kept."""
NO_PACKAGE = """A locked package cannot be had for this Python and this machine; the lines above say which.
Try another Python (make up PYTHON=python3.12), or check that the mirror in use is complete, then run it again."""
NO_SPACE = "The disk is full: make room, then run the same command again."
OUT_OF_REACH = ("could not connect", "connection", "network", "timed out", "resolve", "dns", "proxy", "sending request")


class Problem(Exception):
    """Something the person at the keyboard can mend, in one or two sentences."""


class Interpreter(NamedTuple):
    """A Python on this machine, by the command that starts it."""

    command: str
    version: tuple[int, int]
    seconds: float | None  # for a little work; None when it cannot create virtual environments

    @property
    def fits(self) -> bool:
        return OLDEST <= self.version < TOO_NEW

    def __str__(self) -> str:
        return "Python {}.{} ({})".format(*self.version, self.command)


def main(arguments: Sequence[str]) -> int:
    """Prepare the environment; `--dev` adds the tools and the test servers."""
    try:
        with _one_at_a_time():
            prepare("dev" if "--dev" in arguments else "run")
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


def prepare(group: str) -> None:
    """Bring `.venv` to the locked packages of a group (`run` or `dev`), or return at once when it is there already."""
    chosen = find_python() if os.environ.get("PYTHON") else None
    prepared, prepared_group = _read_stamp()
    version = _venv_version()
    is_same = version is not None and prepared == _fingerprint(version) and group in (prepared_group, "run")
    if is_same and (chosen is None or chosen.version == version):
        return
    # Once the tools are in, they stay, whoever put them there: `make up` must not take them from a test run beside it.
    group = "dev" if "dev" in (group, prepared_group) or (VENV / "bin" / TOOL).exists() else "run"
    version = _make_environment(version, chosen)
    STAMP.unlink(missing_ok=True)
    _install(group)
    STAMP.write_text(f"{_fingerprint(version)} {group}\n")


def find_python() -> Interpreter:
    """Return the Python to build on: the one asked for by $PYTHON, else the running one, else a well-known name.

    Where another build of the same version is much faster, that one: the farm is as fast as its Python.

    :raises Problem: when none fits, or none of those that fit can create a virtual environment.
    """
    named = os.environ.get("PYTHON")
    commands = (named,) if named else _distinct(sys.executable, *WELL_KNOWN)
    seen = _probe(commands)
    fitting = [python for python in seen if python.fits]
    if not fitting:
        found = " and ".join(dict.fromkeys(map(str, seen))) or f"no working {named or 'python3'}"
        raise Problem(NO_PYTHON.format(found=found))
    able = {python: python.seconds for python in fitting if python.seconds is not None}
    if not able:
        raise Problem(NO_VENV.format(found=fitting[0], version="{}.{}".format(*fitting[0].version)))
    first = next(iter(able))
    fastest = min((python for python in able if python.version == first.version), key=able.__getitem__)
    return fastest if able[fastest] < able[first] * MUCH_FASTER else first


def _distinct(*commands: str) -> tuple[str, ...]:
    """The commands that are there, each program once."""
    programs: dict[str, str] = {}
    for command in commands:
        if found := shutil.which(command):
            programs.setdefault(os.path.realpath(found), command)
    return tuple(programs.values())


def _probe(commands: Sequence[str]) -> list[Interpreter]:
    """Ask commands which Pythons they are, and leave out those that are none.

    All work at once, and on one core where the system lets them: a machine that is busy now and quiet then disturbs
    them alike.
    """
    began = time.monotonic()
    until = began + (TOGETHER if len(commands) > 1 else 0)
    asked = []
    with contextlib.ExitStack() as stack:
        for command in commands:
            with contextlib.suppress(OSError):
                probe = [command, "-I", "-c", PROBE, str(until)]
                process = subprocess.Popen(probe, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                stack.enter_context(process)
                stack.callback(process.kill)
                asked.append((command, process))
        return [python for command, process in asked if (python := _heard(command, process, began + PATIENCE))]


def _heard(command: str, process: subprocess.Popen[bytes], until: float) -> Interpreter | None:
    try:
        answer, _ = process.communicate(timeout=max(1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    found = re.match(rb"(\d+)\.(\d+)(?:\s+(\d+(?:\.\d+)?(?:e-?\d+)?)\s*$)?", answer)
    if not found:
        return None
    seconds = float(found[3]) if process.returncode == 0 and found[3] else None
    return Interpreter(command, (int(found[1]), int(found[2])), seconds)


def _venv_version() -> tuple[int, int] | None:
    """Return the Python version `.venv` was built on, or None when it has to be built."""
    with contextlib.suppress(OSError):
        written = re.search(r"(?m)^version(?:_info)? *= *(\d+)\.(\d+)", (VENV / "pyvenv.cfg").read_text())
        if written and (VENV / "bin" / "python").exists():
            return int(written[1]), int(written[2])
    return None


def _make_environment(version: tuple[int, int] | None, chosen: Interpreter | None) -> tuple[int, int]:
    """Build `.venv` on a Python unless a sound one of a fitting version stands there; return its version."""
    is_fitting = version is not None and OLDEST <= version < TOO_NEW and (not chosen or version == chosen.version)
    if version and is_fitting and _run([str(VENV / "bin" / "python"), "-c", "import pip._internal"]) is None:
        return version
    python = chosen or find_python()
    _say(f"Creating .venv with {python}")
    log = _run([python.command, "-m", "venv", "--clear", str(VENV)])
    if log is not None:
        print(_last_lines(log), file=sys.stderr)
        raise Problem(NO_SPACE if "No space left" in log else NO_ENVIRONMENT.format(venv=VENV))
    return python.version


def _install(group: str) -> None:
    """Install what uv.lock says, with uv; through pip and the same hashes where only a pip mirror can be reached."""
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    uv = str(VENV / "bin" / "uv")
    only, spare = (["--no-dev"], ["--inexact"]) if group == "run" else ([], [])
    _say("Installing the locked packages{}".format(" and the tools" if group == "dev" else ""))
    log = None if _has_uv() else _run([*pip, "install", "--retries", "2", UV])
    if log is not None:
        raise _explained(log)
    log = _run([uv, "sync", "--frozen", "--no-progress", *only, *spare])
    if log is None:
        return
    _say("uv could not, trying pip")
    with tempfile.NamedTemporaryFile("w+", suffix=".txt") as wanted:
        export = [uv, "export", "--frozen", "--no-emit-project", "--quiet", "--output-file", wanted.name, *only]
        if _run(export) is not None or _run([*pip, "install", "--retries", "2", "-r", wanted.name]) is not None:
            raise _explained(log)


def _has_uv() -> bool:
    """Whether our uv is there already and starts; pip would need seconds to say so."""
    is_ours = any(VENV.glob("lib/python*/site-packages/{}.dist-info".format(UV.replace("==", "-"))))
    return is_ours and _run([str(VENV / "bin" / "uv"), "--version"]) is None


def _explained(log: str) -> Problem:
    """Show the end of a tool's log and return what to do about it."""
    print(_last_lines(log), file=sys.stderr)
    if "No space left" in log:
        return Problem(NO_SPACE)
    return Problem(NO_INDEX if any(word in log.lower() for word in OUT_OF_REACH) else NO_PACKAGE)


def _run(command: Sequence[str]) -> str | None:
    """Run a tool quietly in the project; return None when it succeeded, else all it printed."""
    surroundings = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    # Company networks sign with their own authority, which the system knows and uv's own list does not.
    surroundings.setdefault("UV_SYSTEM_CERTS", "1")
    surroundings["UV_PYTHON_DOWNLOADS"] = "never"
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stdout.decode(errors="replace") or f"exit code {done.returncode}"


def _fingerprint(version: tuple[int, int]) -> str:
    """Sum up everything the environment depends on: the lock, the groups, uv, the Python and where it stands."""
    parts = [(ROOT / name).read_bytes() for name in ("uv.lock", "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*parts, UV.encode(), repr(version).encode(), str(ROOT).encode()])).hexdigest()


def _read_stamp() -> tuple[str, str]:
    """Return the fingerprint and the group of the last finished run, or two empty words."""
    try:
        fingerprint, group = STAMP.read_text().split()
    except (OSError, ValueError):
        return "", ""
    return fingerprint, group


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold back a second run (make -j, another terminal) until the first has finished."""
    with open(__file__, "rb") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _last_lines(log: str, count: int = 12) -> str:
    return "\n".join("  " + line for line in log.strip().splitlines()[-count:])


def _say(sentence: str) -> None:
    print(f"{sentence} ...", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
