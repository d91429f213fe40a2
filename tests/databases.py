"""One migrated database for a whole run: every worker begins with a copy of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent
FIRST = "first"
COPIED = "copied-{worker}"
"""A file in the run's folder, once this worker has its copy."""
KEPT = ("django_content_type", "auth_permission")
"""What migrations leave behind and no story writes."""


def copy_for_workers(home: Path, variables: Mapping[str, str], workers: int) -> None:
    """Give each worker of a run a copy of its own; when migrations fail, none: workers then try, and say why not."""
    if _makes_first(home, variables):
        for number in range(workers):
            worker = f"gw{number}"
            _copy_for_worker(home, worker, variables)
            (home / COPIED.format(worker=worker)).touch()


def has_copy() -> bool:
    """Whether this process is a worker with a copy of its own; one that takes the place of a dead one is not."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "none")
    return (Path(os.environ.get("BEIZHEN_TEST_HOME", "nowhere")) / COPIED.format(worker=worker)).exists()


def take_copy() -> None:
    """Work on this worker's copy as it is; the plugin would migrate it once more to find nothing to do."""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    name = connection.creation._get_test_db_name()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def _makes_first(home: Path, variables: Mapping[str, str]) -> bool:
    """Migrate a database from nothing, on the server that `variables` name or as a file in `home`."""
    variables = {**variables, "BEIZHEN_VAR": str(home / FIRST), "STATEMENT_TIMEOUT_MS": "0"}
    if server := variables.get("DATABASE_URL"):
        with psycopg.connect(server, autocommit=True) as connected:
            connected.execute(f"CREATE DATABASE {FIRST}")
        variables["DATABASE_URL"] = urlsplit(server)._replace(path=f"/{FIRST}").geturl()
    # Checks would load every page of the site, and the gates of `make check` run them.
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, check=False)
    return done.returncode == 0


def _copy_for_worker(home: Path, worker: str, variables: Mapping[str, str]) -> None:
    """Copy it to the name that pytest-django will look for."""
    if server := variables.get("DATABASE_URL"):
        name = f"test_{urlsplit(server).path.removeprefix('/')}_{worker}"
        with psycopg.connect(server, autocommit=True) as connected:
            connected.execute(f"CREATE DATABASE {name} TEMPLATE {FIRST}")
    else:
        (home / worker).mkdir()
        shutil.copyfile(home / FIRST / "beizhen.sqlite3", home / worker / f"test.sqlite3_{worker}")


def empty(_: object = None) -> None:
    """Leave what a migration leaves: Django's own flush empties every table and writes all permissions again."""
    tables = set(connection.introspection.django_table_names(include_views=False)) - set(KEPT)
    has_rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in sorted(tables))
    with transaction.atomic(), connection.cursor() as cursor:  # keys to other tables are checked at its end
        cursor.execute(has_rows)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")
