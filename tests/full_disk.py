"""A disk that takes nothing more, under either database, for as long as a test needs it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

NO_ROOM = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON shop_order EXECUTE FUNCTION no_room()
"""
HARDLY_A_WORD = 1


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite is this process's, whose files cannot grow; PostgreSQL is told so, as its disk is not ours to fill."""
    with _files_that_do_not_grow() if connection.vendor == "sqlite" else _a_server_without_room():
        yield


@contextmanager
def _files_that_do_not_grow() -> Iterator[None]:
    _run("PRAGMA wal_checkpoint(TRUNCATE)")  # or there is room left in the log
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (HARDLY_A_WORD, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@contextmanager
def _a_server_without_room() -> Iterator[None]:
    """Orders find no room for a row, everybody no room beside the tables."""
    name = connection.settings_dict["NAME"]
    _run(NO_ROOM)
    _run(f"ALTER DATABASE {name} SET temp_file_limit = 0")
    _connect_anew()
    try:
        yield
    finally:
        _run("DROP FUNCTION no_room CASCADE")
        _run(f"ALTER DATABASE {name} RESET temp_file_limit")
        _connect_anew()


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _connect_anew() -> None:
    connection.close()
    connection.close_pool()
