"""Several runners share a suite: each test runs once, all is told as if one process ran it, and nothing gets lost."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connection

from tests.open_farm import until

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.once("no database in it")
WAITS_FOR_THE_OTHER = """
import os, pathlib, pytest, time, warnings

@pytest.fixture(scope="module")
def kept():
    yield
    pathlib.Path("put-away-{name}").touch()

def test_both_run_at_once(kept, tmp_path):
    assert tmp_path.is_dir()
    pathlib.Path("ran-{name}").write_text(os.environ["BEIZHEN_TEST_RUNNER"])
    latest = time.monotonic() + 20
    while not pathlib.Path("ran-{other}").exists():
        assert time.monotonic() < latest
        time.sleep(0.01)

def test_the_same_runner_goes_on_with_the_file(kept):
    assert pathlib.Path("ran-{name}").read_text() == os.environ["BEIZHEN_TEST_RUNNER"]
"""
TELLS = """
import pytest, warnings

def test_it_fails():
    print("said before it failed")
    boxes = 3
    assert boxes == 4

@pytest.mark.skip(reason="too early in the year")
def test_it_is_left_out():
    pass

def test_it_warns():
    class Warm(UserWarning):
        pass

    warnings.warn("the cold room is warm", Warm)
"""
DIES = """
import os, signal

def test_it_lives():
    pass

def test_it_dies():
    os.kill(os.getpid(), signal.SIGKILL)

def test_it_is_never_reached():
    pass
"""
BREAKS = """
import os

def pytest_runtest_logfinish(nodeid):
    if "never_told" in nodeid and "BEIZHEN_TEST_RUNNER" in os.environ:
        raise RuntimeError("the wire is cut")
"""
NEVER_TOLD = """
def test_it_is_never_told():
    pass
"""
STARTS_SOMETHING = """
import pathlib, pytest, time

@pytest.fixture
def begun():
    yield
    pathlib.Path("put-away").touch()

def test_it_takes_long(begun):
    pathlib.Path("started").touch()
    time.sleep(60)
"""
FAILS_AMID = """
import pathlib, time

def test_it_fails():
    while not pathlib.Path("started").exists():
        time.sleep(0.01)
    assert False

def test_nobody_wants_it_now():
    pathlib.Path("unwanted").touch()
"""


def started(folder: Path, files: dict[str, str], *options: str) -> "subprocess.Popen[str]":
    """Begin to run these files with two runners, far from the farm's own tests and settings."""
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").touch()
    variables = {name: text for name, text in os.environ.items() if not name.startswith(("BEIZHEN_", "DJANGO_"))}
    plain = ["-p", "no:django", "-p", "no:schemathesis", "-p", "no:hypothesispytest", f"--basetemp={folder / 'tmp'}"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.runners", "--runners", "2", *plain, *options]
    variables["PYTHONPATH"] = str(ROOT)
    return subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(suite: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit code and what it printed."""
    with suite:
        printed, _ = suite.communicate(timeout=60)
    return suite.returncode, printed


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> tuple[Path, int, str]:
    folder = tmp_path_factory.mktemp("mixed")
    pair = {one: WAITS_FOR_THE_OTHER.format(name=one, other=two) for one, two in (("east", "west"), ("west", "east"))}
    (folder / "conftest.py").write_text(BREAKS)
    return folder, *ended(started(folder, {**pair, "tells": TELLS, "zz_dies": DIES, "zz_told": NEVER_TOLD}))


def test_files_run_at_once_and_each_stays_with_its_runner(mixed):
    folder, _, printed = mixed

    assert {(folder / f"ran-{name}").read_text() for name in ("east", "west")} == {"runner0", "runner1"}
    assert all((folder / f"put-away-{name}").exists() for name in ("east", "west"))
    assert not re.search(r"FAILED test_(east|west)", printed)


def test_what_a_test_says_and_how_it_failed_is_shown(mixed):
    _, code, printed = mixed

    assert code == 1
    assert "assert 3 == 4" in printed
    assert "said before it failed" in printed
    assert "Warm: the cold room is warm" in printed
    assert "6 passed" in printed
    assert "1 skipped" in printed


def test_a_runner_that_dies_fails_what_it_had_taken(mixed):
    _, _, printed = mixed

    assert "4 failed" in printed
    assert "FAILED test_zz_dies.py::test_it_dies" in printed
    assert "FAILED test_zz_dies.py::test_it_is_never_reached" in printed
    assert "signal 9" in printed


def test_a_runner_that_breaks_says_why(mixed):
    _, _, printed = mixed

    assert "RuntimeError: the wire is cut" in printed
    assert "FAILED test_zz_told.py::test_it_is_never_told" in printed
    assert "exit code 1" in printed


def test_the_first_failure_ends_the_others_in_order(tmp_path):
    code, _ = ended(started(tmp_path, {"amid": FAILS_AMID, "starts": STARTS_SOMETHING}, "-x"))

    assert code == 1
    assert (tmp_path / "put-away").exists()
    assert not (tmp_path / "unwanted").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_runners_put_things_away_when_their_parent_is_gone(tmp_path, how):
    suite = started(tmp_path, {"starts": STARTS_SOMETHING})
    until(lambda: (tmp_path / "started").exists())

    suite.send_signal(how)
    ended(suite)

    until(lambda: (tmp_path / "put-away").exists())


def test_a_runner_has_a_folder_and_places_of_its_own(tmp_path):
    runner = os.environ.get("BEIZHEN_TEST_RUNNER")
    if not runner:
        pytest.skip("one process runs these tests")

    assert settings.VAR.name == runner
    assert storages["private"].path("") == str(settings.VAR / "private")
    assert settings.CACHES["default"]["LOCATION"] == settings.VAR / "cache"
    assert Path(cache._dir) == settings.VAR / "cache"
    assert runner in str(connection.settings_dict["TEST"]["NAME"])
    assert runner in tmp_path.parts
