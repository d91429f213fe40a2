"""`manage.py up`: one tree of processes that serves, mends itself and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests

from beizhen.processes import DiedAtStart, Program, RunsAlready, Tree, only_one
from tests.open_farm import alive, login_in, manage, open_farm, until

SLEEPER = Program("sleeper", (sys.executable, "-c", "import signal; signal.pause()"))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells processes by their environment")


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    with open_farm(tmp_path_factory.mktemp("farm")) as farm:
        yield farm


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


def test_the_end_of_the_tree_is_the_end_of_its_programs(tmp_path):
    with a_tree(tmp_path) as tree:
        tree.start(SLEEPER)
        [child] = psutil.Process().children()

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


@pytest.mark.slow
def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = manage(tmp_path, "up", "--port", str(port))

    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert f"--port {port + 1}" in result.stderr
    assert f"PORT={port + 1}" in result.stderr


@pytest.mark.slow
def test_it_says_where_everything_is(farm):
    words = farm.words

    assert f"shop      {farm.address}/" in words
    assert f"staff     {farm.address}/staff/" in words
    assert f"API       {farm.address}/api/docs" in words


@pytest.mark.slow
@pytest.mark.parametrize("page", ["/", "/staff/login/", "/api/docs", "/api/schema", "/api/v1/boxes", "/healthz/ready"])
def test_every_address_it_names_answers(farm, page):
    assert requests.get(farm.address + page, timeout=20).status_code == 200


@pytest.mark.slow
def test_the_demo_login_signs_in(farm):
    name, password = login_in(farm.words)
    browser = requests.Session()
    browser.get(f"{farm.address}/staff/login/", timeout=20)

    answer = browser.post(
        f"{farm.address}/staff/login/",
        {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            "next": "/staff/",
        },
        timeout=20,
    )

    assert (answer.status_code, answer.url) == (200, f"{farm.address}/staff/")


@pytest.mark.slow
def test_no_log_holds_the_password(farm):
    _, password = login_in(farm.words)

    assert [log.name for log in (farm.var / "log").iterdir() if password in log.read_text()] == []


@pytest.mark.slow
def test_a_second_farm_in_the_same_folder_is_refused(farm):
    result = manage(farm.var, "up", "--port", str(farm.port + 1))

    assert result.returncode == 1
    assert f"already runs from {farm.var} (process {farm.process.pid})" in result.stderr


@pytest.mark.slow
def test_a_killed_web_worker_is_replaced(farm):
    web = farm.program("web")
    assert web is not None
    victim = max(web.children(), key=lambda child: child.memory_info().rss)

    victim.kill()

    until(lambda: not alive([victim]))
    until(farm.answers, 30)
    until(lambda: len(alive(web.children())) == 2, 30)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["web", "worker", "clock"])
def test_a_killed_program_is_back_within_half_a_minute(farm, name):
    victim = farm.program(name)
    assert victim is not None
    left_behind = victim.children(recursive=True)

    victim.kill()

    until(lambda: (again := farm.program(name)) is not None and again.pid != victim.pid, 30)
    until(farm.answers, 30)
    until(lambda: not alive(left_behind), 10)
    assert f"{name} was ended by signal 9; it starts again" in farm.words


@pytest.mark.slow
@LINUX
def test_a_killed_parent_leaves_nobody_and_the_next_start_finds_all_data(tmp_path):
    with open_farm(tmp_path) as farm:
        everybody = farm.everybody()
        farm.process.kill()
        farm.process.wait()
        until(lambda: not alive(everybody), 30)

    before = login_in(farm.words)
    with open_farm(tmp_path) as again:
        boxes = requests.get(f"{again.address}/api/v1/boxes", timeout=20).json()["results"]
        assert len(boxes) == 15
        assert login_in(again.words) == before


@pytest.mark.slow
def test_a_polite_end_leaves_nobody_behind(farm):
    everybody = farm.everybody()

    code = farm.stop()

    assert (code, alive(everybody)) == (0, [])
    assert "The farm is closed." in farm.words
