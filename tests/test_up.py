"""`manage.py up`: one tree of processes that serves, mends itself and leaves nothing behind."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from beizhen import processes
from beizhen.processes import DiedAtStart, Program, RunsAlready, Tree, only_one
from tests.open_farm import alive, command, environment, free_port, manage

pytestmark = pytest.mark.once("a process tree knows no database")
SLEEPER = Program("sleeper", (sys.executable, "-c", "import signal; signal.pause()"))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes by their environment")


def a_tree(folder: Path, say=print) -> Tree:
    return Tree(mark=str(folder), logs=folder / "log", environment={}, say=say)


def test_a_program_that_dies_at_start_shows_the_end_of_its_log(tmp_path):
    dying = Program("web", (sys.executable, "-c", "raise SystemExit('no grapes')"))

    with pytest.raises(DiedAtStart, match="no grapes"), a_tree(tmp_path) as tree:
        tree.start(dying, is_ready=lambda: False)


def test_a_dead_program_starts_again_with_a_word_about_it(tmp_path):
    said: list[str] = []

    def hear(words):
        said.append(words)
        os.kill(os.getpid(), signal.SIGTERM)

    with a_tree(tmp_path, hear) as tree:
        tree.start(Program("flower", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")))
        tree.watch()

    assert said == ["flower was ended by signal 9; it starts again in 1 s."]


def test_what_cannot_be_started_again_is_tried_later_and_the_others_live(tmp_path):
    said: list[str] = []

    def hear(words):
        said.append(words)
        if len(said) == 1:
            (tmp_path / "log").rename(tmp_path / "gone")
        else:
            os.kill(os.getpid(), signal.SIGTERM)

    others = set(psutil.Process().children())
    with a_tree(tmp_path, hear) as tree:
        tree.start(SLEEPER)
        [sleeper] = {*psutil.Process().children()} - others
        tree.start(Program("flower", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")))
        tree.watch()
        lives = alive([sleeper])

    assert "flower cannot be started" in said[1]
    assert "log/flower.log'); it is tried again in 30 s." in said[1]
    assert lives == [sleeper]


def test_a_log_turns_over_while_its_program_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LONGEST_LOG", 100)
    monkeypatch.setattr(processes, "LOG_SECONDS", 0.05)
    talk = """
import os, pathlib, sys, time
print("old" * 100, flush=True)
latest = time.monotonic() + 10
while not pathlib.Path(sys.argv[1]).exists() and time.monotonic() < latest:
    time.sleep(0.05)
time.sleep(0.2)
print("new", flush=True)
os.kill(os.getppid(), 15)
"""
    log, old = tmp_path / "log" / "talker.log", tmp_path / "log" / "talker.old.log"

    with a_tree(tmp_path) as tree:
        tree.start(Program("talker", (sys.executable, "-c", talk, str(old))))
        tree.watch()

    assert (old.read_text(), log.read_text()) == ("old" * 100 + "\n", "new\n")


def test_the_end_of_the_tree_is_the_end_of_its_programs(tmp_path):
    others = set(psutil.Process().children())
    with a_tree(tmp_path) as tree:
        tree.start(SLEEPER)
        [child] = {*psutil.Process().children()} - others

    assert not alive([child])


@LINUX
def test_what_an_earlier_tree_left_behind_is_ended_first(tmp_path):
    environment = {**os.environ, "BEIZHEN_TREE": str(tmp_path)}
    orphan = subprocess.Popen(SLEEPER.command, env=environment)
    stranger = subprocess.Popen(SLEEPER.command, env={**environment, "BEIZHEN_TREE": f"{tmp_path}-other"})

    with a_tree(tmp_path):
        ended = orphan.wait(10)
        other = stranger.poll()
    stranger.kill()
    stranger.wait()

    assert (ended, other) == (-signal.SIGKILL, None)


def test_one_folder_is_for_one_farm(tmp_path):
    with only_one(tmp_path), pytest.raises(RunsAlready, match=str(os.getpid())), only_one(tmp_path):
        pass


def test_the_folder_is_free_again_afterwards(tmp_path):
    with only_one(tmp_path):
        pass

    with only_one(tmp_path):
        assert (tmp_path / "up.lock").exists()


@pytest.mark.parametrize("port", [0, -1, 65_536, 99_999])
def test_a_port_that_cannot_be_is_refused_at_once(tmp_path, settings, port):
    settings.VAR = tmp_path

    with pytest.raises(CommandError, match="ports are numbers from 1 to 65535"):
        call_command("up", port=port)


@pytest.mark.parametrize(("found", "left"), [(0o755, 0o700), (0o775, 0o700), (0o750, 0o750), (0o1777, 0o1777)])
def test_the_folder_is_closed_to_other_users_unless_somebody_chose_its_mode(tmp_path, settings, found, left):
    settings.VAR = tmp_path
    tmp_path.chmod(found)

    with pytest.raises(CommandError):
        call_command("up", port=0)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == left


def test_a_folder_of_somebody_else_is_left_alone(tmp_path, settings, monkeypatch):
    settings.VAR = tmp_path
    tmp_path.chmod(0o755)
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)

    with pytest.raises(CommandError):
        call_command("up", port=0)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_database_that_is_damaged_is_told_with_the_way_out(tmp_path):
    (tmp_path / "beizhen.sqlite3").write_bytes(b"no database at all" * 100)

    told = manage(tmp_path, "up", "--port", str(free_port()))

    assert told.returncode == 2
    assert told.stderr.startswith("The farm's database cannot be used: file is not a database\nLook at BEIZHEN_VAR")


def test_a_folder_that_cannot_be_used_is_told_with_the_way_out(tmp_path):
    (tmp_path / "up.lock").mkdir()

    told = manage(tmp_path, "up", "--port", str(free_port()))

    assert told.returncode == 1
    assert "The farm could not be opened: [Errno 21] Is a directory" in told.stderr


@pytest.mark.slow(seconds=8)
def test_a_farm_that_was_open_says_so_when_it_has_to_close(tmp_path):
    nobody_reads, printed = os.pipe()
    os.close(nobody_reads)

    words = command("up", "--empty", "--port", str(free_port()))
    told = subprocess.run(words, env=environment(tmp_path), stdout=printed, stderr=subprocess.PIPE, text=True)
    os.close(printed)

    assert "The farm was open and had to close: [Errno 32] Broken pipe" in told.stderr
    assert "could not be opened" not in told.stderr


def test_a_taken_port_is_named_with_the_way_out(tmp_path, settings):
    settings.VAR = tmp_path
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError) as refused:
            call_command("up", port=port)

    assert f"Port {port} is taken" in str(refused.value)
    assert f"--port {port + 1}" in str(refused.value)
    assert f"PORT={port + 1}" in str(refused.value)
