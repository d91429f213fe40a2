"""One migrated database for a whole run: every runner of it begins with a copy, in a folder of its own."""

import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.signals import setting_changed
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parent.parent
FIRST = "first"
COPIED = "copied-{runner}"
"""A file in the run's folder, once this runner has its copy."""
EACH = 2
"""Of Valkey's databases a runner has two: one for the broker, one for the cache."""
KEPT = ("django_content_type", "auth_permission")
"""What migrations leave behind and no story writes."""


def copy_for_runners(home: Path, variables: Mapping[str, str], runners: int) -> None:
    """Give each runner of a run a copy of its own; when migrations fail, none: runners then try, and say why not."""
    if _makes_first(home, variables):
        for number in range(runners):
            runner = f"runner{number}"
            _copy_for(runner, home, variables)
            (home / COPIED.format(runner=runner)).touch()


def settle_in(runner: str) -> None:
    """Let this process, which was forked with another's settings, work in the folder and the databases of `runner`."""
    os.environ["BEIZHEN_TEST_RUNNER"] = runner
    if "BEIZHEN_TEST_HOME" not in os.environ:
        return
    from beizhen import settings as forked  # not above: who only starts a run of tests needs no folder

    os.environ["BEIZHEN_VAR"] = str(Path(os.environ["BEIZHEN_TEST_HOME"]) / runner)
    number = EACH * int(runner.removeprefix("runner"))
    for name, database in (("REDIS_URL", number), ("CACHE_URL", number + 1)):
        if name in os.environ:
            os.environ[name] = f"{os.environ[name].rpartition('/')[0]}/{database}"
    own = runpy.run_path(str(forked.__file__))
    connection.settings_dict["NAME"] = own["DATABASES"]["default"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = own["DATABASES"]["default"].get("TEST", {}).get("NAME")
    others = {name for name in own if name.isupper() and own[name] != getattr(forked, name)} - {"DATABASES"}
    for name in others:
        setattr(settings, name, own[name])
        setting_changed.send(sender=settle_in, setting=name, value=own[name], enter=True)


def has_copy() -> bool:
    """Whether this process is a runner with a copy of its own."""
    runner = os.environ.get("BEIZHEN_TEST_RUNNER", "none")
    return (Path(os.environ.get("BEIZHEN_TEST_HOME", "nowhere")) / COPIED.format(runner=runner)).exists()


def take_copy() -> None:
    """Work on this runner's copy as it is; the plugin would migrate it once more to find nothing to do."""
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


def _copy_for(runner: str, home: Path, variables: Mapping[str, str]) -> None:
    """Copy it to the name that pytest-django will look for."""
    if server := variables.get("DATABASE_URL"):
        name = f"test_{urlsplit(server).path.removeprefix('/')}_{runner}"
        with psycopg.connect(server, autocommit=True) as connected:
            connected.execute(f"CREATE DATABASE {name} TEMPLATE {FIRST}")
    else:
        (home / runner).mkdir()
        shutil.copyfile(home / FIRST / "beizhen.sqlite3", home / runner / f"test.sqlite3_{runner}")


def empty(_: object = None) -> None:
    """Leave what a migration leaves: Django's own flush empties every table and writes all permissions again."""
    tables = set(connection.introspection.django_table_names(include_views=False)) - set(KEPT)
    has_rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in sorted(tables))
    with transaction.atomic(), connection.cursor() as cursor:  # keys to other tables are checked at its end
        cursor.execute(has_rows)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")
