"""`manage.py`: what is wrong with the database is said in two lines, not in a traceback."""

import pytest

from tests.open_farm import manage

pytestmark = [pytest.mark.once("each test has a folder of its own"), pytest.mark.slow(seconds=10)]
COMMANDS = {
    "migrate": ("migrate",),
    "demo": ("demo", "--days", "1"),
    "verify": ("verify",),
    "changepassword": ("changepassword", "boss"),
}


@pytest.fixture
def damaged(tmp_path):
    (tmp_path / "beizhen.sqlite3").write_bytes(b"no database at all" * 100)
    return tmp_path


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_damaged_database_is_told_with_the_way_out(damaged, words):
    told = manage(damaged, *words)

    assert told.returncode == 2
    assert told.stderr.startswith("The farm's database cannot be used: file is not a database\nLook at BEIZHEN_VAR")
    assert told.stderr.count("\n") == 2


def test_who_wants_to_see_it_all_does(damaged):
    told = manage(damaged, "migrate", "--traceback")

    assert told.stderr.startswith("Traceback")
    assert "file is not a database" in told.stderr


def test_an_older_database_is_no_drift(tmp_path):
    manage(tmp_path, "migrate", "farm", "0001")

    told = manage(tmp_path, "verify")

    assert told.returncode == 2
    assert "manage.py migrate" in told.stderr


def test_no_database_is_no_drift_and_none_is_made(tmp_path):
    told = manage(tmp_path, "verify")

    assert (told.returncode, f"there is no {tmp_path}/beizhen.sqlite3" in told.stderr) == (2, True)
    assert not (tmp_path / "beizhen.sqlite3").exists()
