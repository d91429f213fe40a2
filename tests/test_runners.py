"""Several runners share a suite: each test runs once, all is told as if one process ran it, and nothing gets lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.open_farm import until

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.once("no database in it"), pytest.mark.slow(seconds=7)]
WAITS_FOR_THE_OTHER = """
import os, pathlib, pytest, time

@pytest.fixture(scope="module", autouse=True)
def kept():
    with open("set-up-{name}", "a") as file:
        file.write(".")
    yield
    pathlib.Path("put-away-{name}").touch()
{before}
def test_both_run_at_once(tmp_path):
    assert os.environ["BEIZHEN_TEST_RUNNER"] in tmp_path.parts
    pathlib.Path("ran-{name}").write_text(os.environ["BEIZHEN_TEST_RUNNER"])
    latest = time.monotonic() + 20
    while not pathlib.Path("ran-{other}").exists():
        assert time.monotonic() < latest
        time.sleep(0.01)
"""
BEFORE = """
def test_the_file_begins():
    pathlib.Path("began-{name}").write_text(os.environ["BEIZHEN_TEST_RUNNER"])
"""
PAIRS = {"a_east": "a_west", "a_west": "a_east", "b_north": "b_south", "b_south": "b_north"}
"""Who waits for whom: two files of two tests, then two of one."""
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
    time.sleep(0.3)
    pathlib.Path("put-away").touch()

def test_it_takes_long(begun):
    try:
        pathlib.Path("started").touch()  # whoever sees it may stop this at once
        time.sleep(60)
    finally:
        time.sleep(0.3)
        pathlib.Path("ended").touch()
"""
BORROWS = """
import pytest

@pytest.fixture(scope="session")
def lent():
    yield
    raise RuntimeError("nobody gave it back")

def test_it_borrows(lent):
    pass
"""
EXITS = """
import pytest

def test_it_leaves():
    pytest.exit("that is enough", returncode=7)
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
    variables |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    shared = ["-p", "tests.runners", "--runners", "2", f"--basetemp={folder / 'tmp'}"]
    command = [sys.executable, "-m", "pytest", "-q", *shared, *options]
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=folder, env=variables, start_new_session=True, **told)


def ended(suite: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit code and what it printed."""
    with suite:
        printed, _ = suite.communicate(timeout=60)
    return suite.returncode, printed


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> tuple[Path, int, str]:
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "conftest.py").write_text(BREAKS)
    pairs = {
        name: WAITS_FOR_THE_OTHER.format(
            name=name, other=other, before=BEFORE.format(name=name) if name.startswith("a") else ""
        )
        for name, other in PAIRS.items()
    }
    return folder, *ended(started(folder, {**pairs, "tells": TELLS, "zz_dies": DIES, "zz_told": NEVER_TOLD}))


def test_files_run_at_once_and_each_stays_with_its_runner(mixed):
    folder, _, printed = mixed
    runner = {path.name: path.read_text() for path in folder.iterdir() if path.name.startswith(("began-", "ran-"))}

    assert "FAILED test_a_" not in printed
    assert "FAILED test_b_" not in printed
    assert {runner["ran-a_east"], runner["ran-a_west"]} == {"runner0", "runner1"}
    assert [runner[f"began-{name}"] for name in ("a_east", "a_west")] == [
        runner[f"ran-{name}"] for name in ("a_east", "a_west")
    ]


def test_what_a_file_sets_up_is_set_up_once_and_put_away(mixed):
    folder, _, _ = mixed

    assert [(folder / f"set-up-{name}").read_text() for name in PAIRS] == ["."] * len(PAIRS)
    assert all((folder / f"put-away-{name}").exists() for name in PAIRS)


def test_what_a_test_says_and_how_it_failed_is_shown(mixed):
    _, code, printed = mixed

    assert code == 1
    assert "assert 3 == 4" in printed
    assert "said before it failed" in printed
    assert "Warm: the cold room is warm" in printed
    assert "8 passed" in printed
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


def test_what_the_last_puts_away_badly_is_told(tmp_path):
    code, printed = ended(started(tmp_path, {"borrows": BORROWS}))

    assert code == 1
    assert "ERROR at teardown of test_it_borrows" in printed
    assert "nobody gave it back" in printed


def test_a_test_can_end_the_run(tmp_path):
    code, printed = ended(started(tmp_path, {"exits": EXITS}))

    assert code == 7
    assert "that is enough" in printed


def test_what_talks_with_the_terminal_runs_in_one_process(tmp_path):
    code, printed = ended(started(tmp_path, {"told": NEVER_TOLD}, "--setup-show"))

    assert code == 0
    assert "test_told.py::test_it_is_never_told" in printed


def test_a_run_that_is_stopped_puts_everything_away_before_it_ends(tmp_path):
    suite = started(tmp_path, {"starts": STARTS_SOMETHING})
    until(lambda: (tmp_path / "started").exists(), every=0.02)

    os.killpg(suite.pid, signal.SIGTERM)  # the runner too, and then its parent asks it once more
    ended(suite)

    assert (tmp_path / "ended").exists()
    assert (tmp_path / "put-away").exists()


def test_runners_put_things_away_when_their_parent_is_gone(tmp_path):
    suite = started(tmp_path, {"starts": STARTS_SOMETHING})
    until(lambda: (tmp_path / "started").exists(), every=0.02)

    suite.kill()
    ended(suite)

    until(lambda: (tmp_path / "put-away").exists(), every=0.02)
    assert (tmp_path / "ended").exists()
