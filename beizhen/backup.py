"""Backups: one file that holds the whole database at one moment, looked through before it counts as one."""

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.utils import timezone

from shop.models import Order

PATTERN = "beizhen-????????-??????.{ending}"
PART = ".part"
LONGEST_SECONDS = 3600
ELSEWHERE = ("DATABASE_URL", "DATABASE_PASSWORD", "REDIS_URL", "CACHE_URL")
"""What a copy must not share with the farm: its database, and the cache where staff see the last report."""
SAFETY = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "gssencmode": "PGGSSENCMODE",
    "channel_binding": "PGCHANNELBINDING",
}
"""What DATABASE_URL may say about how safely the server is reached, and what the server's own tools call it."""
NO_TOOL = """{tool} is not here. It comes with PostgreSQL's client tools of the server's version or newer (on Debian or
Ubuntu: apt install postgresql-client); with Compose run it where the server is:
  docker compose exec -T postgres pg_dump -U beizhen -Fc beizhen > beizhen.dump"""


NO_FARM = "{database} holds no farm, so there is no backup. Look at BEIZHEN_VAR and DATABASE_URL."


class BackupFailed(Exception):
    """There is no backup, or it cannot be trusted; the message says why. Nothing half-done is left under its name."""


def make(*, folder: Path, keep: int, now: dt.datetime) -> Path:
    """Write a backup into `folder` while the farm runs, look through it, and delete all but the newest `keep`.

    :raises BackupFailed: when it could not be written or is damaged; older backups stay.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear_up(folder, now)
    is_sqlite = connection.vendor == "sqlite"
    name = PATTERN.format(ending="sqlite3" if is_sqlite else "dump")
    place = folder / name.replace("????????-??????", f"{timezone.localtime(now):%Y%m%d-%H%M%S}")
    part = place.with_name(place.name + PART)
    try:
        _nobody_else_reads(part)
        _copy_sqlite(part) if is_sqlite else _dump_postgres(part)
        _is_on_disk(part)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    for old in sorted(folder.glob(name))[:-keep]:
        old.unlink()
    return place


def verify(place: Path) -> None:
    """Open a copy of the backup as a farm of its own and re-add everything in it.

    :raises BackupFailed: with the findings, when the copy does not open or its books do not add up.
    """
    with tempfile.TemporaryDirectory(prefix="beizhen-backup-") as home:
        opened = _opened_sqlite if place.suffix == ".sqlite3" else _opened_postgres
        with opened(place, Path(home)) as variables:
            inherited = {name: text for name, text in os.environ.items() if name.removesuffix("_FILE") not in ELSEWHERE}
            surroundings = {**inherited, "BEIZHEN_VAR": home, **variables}
            _run([sys.executable, "manage.py", "verify"], environment=surroundings, shows_output=True)


def _clear_up(folder: Path, now: dt.datetime) -> None:
    """A killed run leaves its unfinished file behind."""
    for part in folder.glob(f"*{PART}"):
        if now.timestamp() - part.stat().st_mtime > LONGEST_SECONDS:
            part.unlink()


def _nobody_else_reads(part: Path) -> None:
    """It holds names, phones and streets."""
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _copy_sqlite(part: Path) -> None:
    """One snapshot in one step: who writes meanwhile neither waits for it nor is seen in it."""
    source = Path(str(connection.settings_dict["NAME"])).resolve()
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=20)) as living,
            contextlib.closing(sqlite3.connect(part)) as copy,
        ):
            living.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm beside it
            found = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
            strangers = copy.execute("PRAGMA foreign_key_check").fetchmany(5)
            tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} could not be copied to {part.parent}: {error}") from error
    if Order._meta.db_table not in tables:
        raise BackupFailed(NO_FARM.format(database=source))
    if found != ["ok"] or strangers:
        raise BackupFailed(f"The copy is damaged: {found} {strangers}")


def _dump_postgres(part: Path) -> None:
    """pg_dump reads one snapshot; pg_restore can list only what is whole."""
    database = str(connection.settings_dict["NAME"])
    address = _pg_address(database)
    _run([_tool("pg_dump"), "--format=custom", "--no-password", f"--file={part}"], environment=address)
    _run([_tool("pg_restore"), "--list", str(part)], environment=address)
    if Order._meta.db_table not in connection.introspection.table_names():
        raise BackupFailed(NO_FARM.format(database=database))


@contextlib.contextmanager
def _opened_sqlite(place: Path, home: Path) -> Any:
    shutil.copyfile(place, home / "beizhen.sqlite3")
    yield {}


@contextlib.contextmanager
def _opened_postgres(place: Path, home: Path) -> Any:
    """The dump restored into a database of its own on the same server, dropped afterwards."""
    scratch = f"beizhen_check_{os.getpid()}"
    address, into = _pg_address(str(connection.settings_dict["NAME"])), _pg_address(scratch)
    _run([_tool("createdb"), "--no-password", scratch], environment=address)
    try:
        restore = [_tool("pg_restore"), "--no-password", "--exit-on-error", "--no-owner", f"--dbname={scratch}"]
        _run([*restore, str(place)], environment=into)
        yield {"DATABASE_URL": _url_of(scratch), "DATABASE_PASSWORD": into["PGPASSWORD"]}
    finally:
        _run([_tool("dropdb"), "--no-password", "--force", scratch], environment=address)


def _url_of(database: str) -> str:
    known = connection.settings_dict
    place = f"postgres://{known['USER']}@{known['HOST']}:{known['PORT'] or 5432}/{database}"
    safety = {name: text for name, text in known["OPTIONS"].items() if name in SAFETY}
    return f"{place}?{urlencode(safety)}" if safety else place


def _pg_address(database: str) -> dict[str, str]:
    """Where the server is, as its own tools read it: the password never stands in a list of processes."""
    known = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(known.get(ours) or "") for name, ours in names.items()}
    safety = {name: str(known["OPTIONS"][ours]) for ours, name in SAFETY.items() if ours in known["OPTIONS"]}
    return {**os.environ, **given, **safety, "PGDATABASE": database}


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupFailed(NO_TOOL.format(tool=name))
    return found


def _run(command: Sequence[str], *, environment: dict[str, str], shows_output: bool = False) -> None:
    """Run a tool of the system in the house.

    :raises BackupFailed: with the end of what it said, when it failed.
    """
    done = subprocess.run(  # noqa: S603  # our own words, no shell
        command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=LONGEST_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        said = f"{done.stdout if shows_output else ''}\n{done.stderr}".strip()
        raise BackupFailed(f"{Path(command[0]).name} failed:\n{said[-4000:]}")


def _is_on_disk(part: Path) -> None:
    with part.open("rb") as written:
        os.fsync(written.fileno())
