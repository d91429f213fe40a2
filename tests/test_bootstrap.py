"""`.venv` is brought to the locked packages: by the real venv, pip and uv, in a house of two tiny packages.

Only what takes seconds of a computer and is not ours is lent: pip, which `venv` would unpack, and uv, which pip would
fetch. The environment that these tests run in was built with both.
"""

import importlib.util
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from beizhen import bootstrap

pytestmark = [pytest.mark.slow(seconds=3), pytest.mark.once("it builds an environment, before there is any farm")]

BIN = Path(sys.executable).parent
PROJECT = """[project]
name = "house"
version = "1"
requires-python = ">=3.11"
dependencies = ["grapes"]
[dependency-groups]
dev = ["pytest"]
[tool.uv]
package = false
[tool.uv.sources]
grapes = {path = "grapes-1-py3-none-any.whl"}
pytest = {path = "pytest-1-py3-none-any.whl"}
"""


def a_wheel(folder: Path, name: str, version: str = "1", command: str = "#!/bin/sh\n") -> None:
    """A package of nothing but one command of its own name."""
    whole = f"{name}-{version}"
    script = zipfile.ZipInfo(f"{whole}.data/scripts/{name}")
    script.external_attr = 0o100755 << 16  # a file that may be run
    with zipfile.ZipFile(folder / f"{whole}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(script, command)
        wheel.writestr(f"{whole}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{whole}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{whole}.dist-info/RECORD", "")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A locked project whose `.venv` has pip and our uv, but no package yet and no stamp."""
    for name in ("grapes", "pytest"):
        a_wheel(tmp_path, name)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    subprocess.run([BIN / "uv", "lock", "--offline", "--quiet"], cwd=tmp_path, check=True)
    has_pip = importlib.util.find_spec("pip") is not None
    venv.create(tmp_path / ".venv", with_pip=not has_pip, symlinks=True)
    _lend(tmp_path / ".venv", "uv", *(["pip"] if has_pip else []))
    (tmp_path / ".venv" / "bin" / "uv").symlink_to(BIN / "uv")
    for name, place in (("ROOT", ""), ("VENV", ".venv"), ("STAMP", ".venv/prepared.txt")):
        monkeypatch.setattr(bootstrap, name, tmp_path / place)
    monkeypatch.setattr(bootstrap, "WELL_KNOWN", ())
    if has_pip:
        monkeypatch.setattr(sys, "executable", str(_a_lending_python(tmp_path)))
    a_wheel(tmp_path, *bootstrap.UV.split("=="), f'#!/bin/sh\nexec {BIN}/uv "$@"\n')
    for name, text in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(tmp_path))):
        monkeypatch.setenv(name, text)
    monkeypatch.delenv("PYTHON", raising=False)
    return tmp_path


def _lend(environment: Path, *names: str) -> None:
    """Our own packages, so that nothing has to be fetched or built."""
    [packages] = environment.glob("lib/python*/site-packages")
    for name in names:
        for part in _parts(name):
            (packages / part.name).symlink_to(part)


def _parts(name: str) -> list[Path]:
    ours = Path(sysconfig.get_path("purelib"))
    return [ours / name, *ours.glob(f"{name}-*.dist-info")]


def _a_lending_python(house: Path) -> Path:
    """Our Python, but an environment that it makes is lent our pip."""
    made, pip = f"-m venv --clear {house}/.venv", " ".join(map(str, _parts("pip")))
    command = house / "python"
    command.write_text(f"""#!/bin/sh
[ "$*" = "{made}" ] || exec {sys.executable} "$@"
{sys.executable} {made} --without-pip && ln -s {pip} {house}/.venv/lib/python*/site-packages/
""")
    command.chmod(0o755)
    return command


def commands(house: Path) -> set[str]:
    return {name for name in ("grapes", "pytest") if (house / ".venv" / "bin" / name).exists()}


def test_tools_come_when_they_are_asked_for_and_stay_even_when_the_environment_is_built_anew(house):
    bootstrap.prepare("run")
    plain = commands(house)
    bootstrap.prepare("dev")
    after_a_test_run = commands(house)

    bootstrap.STAMP.unlink()
    bootstrap.prepare("run")
    without_a_stamp = commands(house), bootstrap.STAMP.read_text().split()[-1]

    bootstrap.STAMP.unlink()
    [pip] = (house / ".venv").glob("lib/python*/site-packages/pip")
    lost = pip.rename(pip.with_name("lost"))
    bootstrap.prepare("run")

    tools = {"grapes", "pytest"}
    assert (plain, after_a_test_run, without_a_stamp) == ({"grapes"}, tools, (tools, "dev"))
    assert (commands(house), lost.exists()) == (tools, False)


@pytest.fixture
def pythons(tmp_path, monkeypatch):
    """Stands in for the Pythons of a machine: the running one first, then others, each by what it answers."""

    def found(*answers: str) -> None:
        commands = []
        for number, answer in enumerate(answers):
            commands.append(str(tmp_path / f"python-{number}"))
            Path(commands[-1]).write_text(f"#!/bin/sh\n{answer}\n")
            Path(commands[-1]).chmod(0o755)
        monkeypatch.delenv("PYTHON", raising=False)
        monkeypatch.setattr(sys, "executable", commands[0])
        monkeypatch.setattr(bootstrap, "WELL_KNOWN", tuple(commands[1:]))

    return found


WITHOUT_VENV = "echo 3.11; exit 1"
BESIDE = "touch {0}; for look in $(seq 200); do [ -e {1} ] && echo 0.006 && exit; sleep 0.05; done; exit 1"
"""Works when another one works at the same moment."""


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        (["echo 3.11; echo 0.010", "echo 3.11; echo 0.006"], 1),
        (["echo 3.11; echo 0.010", "echo 3.11; echo 0.009"], 0),
        (["echo 3.11; echo 0.010", "echo 3.12; echo 0.006"], 0),
        ([WITHOUT_VENV, "echo 3.12; echo 0.010"], 1),
        (["echo 3.11", "echo 3.11; echo else", "echo 3.12; echo 0.010"], 2),
        (["echo 3.9; echo 0.001", "exit 127", "echo 3.12; echo 0.010"], 2),
    ],
    ids=[
        "much faster",
        "hardly faster",
        "of another version",
        "cannot build",
        "says nothing in reason",
        "too old",
    ],
)
def test_the_running_python_is_taken_unless_it_cannot_or_the_same_is_there_much_faster(pythons, answers, chosen):
    pythons(*answers)

    assert bootstrap.find_python().command.endswith(f"python-{chosen}")


def test_pythons_are_compared_while_they_work_beside_each_other(pythons, tmp_path):
    """One after the other they would meet a machine that is busy now and quiet then."""
    sides = [tmp_path / "one", tmp_path / "other"]
    pythons(*[f"echo 3.11; {BESIDE.format(*order)}" for order in (sides, sides[::-1])])

    assert bootstrap.find_python().command.endswith("python-0")


def test_a_python_that_hangs_keeps_nobody_from_the_others(pythons, monkeypatch):
    monkeypatch.setattr(bootstrap, "PATIENCE", 0.1)
    pythons("echo 3.9; echo 0.001", "exec sleep 30", "echo 3.12; echo 0.010")

    assert bootstrap.find_python().command.endswith("python-2")


def test_who_has_no_python_that_can_build_is_told_what_to_install(pythons):
    pythons(WITHOUT_VENV, "echo 3.9; echo 0.001")

    with pytest.raises(bootstrap.Problem, match="apt install python3-venv"):
        bootstrap.find_python()
