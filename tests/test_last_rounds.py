"""The clock remembers when it rang, whatever became of the file in which it wrote that down."""

import datetime as dt
import json
import logging
from pathlib import Path

import pytest
import time_machine

from beizhen.clock import app
from beizhen.last_rounds import RememberingScheduler
from tests.builders import NOW

pytestmark = pytest.mark.once("a file, and no database")
EVENING, MORNING = NOW.replace(hour=22), NOW.replace(hour=8) + dt.timedelta(days=1)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "clock"


def a_clock(file: Path, now: dt.datetime) -> RememberingScheduler:
    """One that starts at that moment."""
    with time_machine.travel(now, tick=False):
        return RememberingScheduler(app, schedule_filename=str(file))


def is_due(clock: RememberingScheduler, entry: str, now: dt.datetime) -> bool:
    with time_machine.travel(now, tick=False):
        return bool(clock.schedule[entry].is_due().is_due)


def test_it_is_the_clock_of_the_farm():
    assert app.conf.beat_scheduler == f"{RememberingScheduler.__module__}:{RememberingScheduler.__name__}"


def test_a_night_that_it_slept_through_is_made_up(file):
    a_clock(file, EVENING).sync()

    assert is_due(a_clock(file, MORNING), "tidy", MORNING)
    assert not is_due(a_clock(file.with_name("another"), MORNING), "tidy", MORNING)


def test_what_it_did_it_does_not_do_again(file):
    a_clock(file, EVENING).sync()
    clock, later = a_clock(file, MORNING), MORNING + dt.timedelta(minutes=1)
    with time_machine.travel(MORNING, tick=False):
        clock.reserve(clock.schedule["tidy"])
    clock.sync()

    assert not is_due(a_clock(file, later), "tidy", later)
    assert is_due(a_clock(file, later), "tidy the shop", later)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b"\x00\x06\x15\x61\xff",
        b'{"tidy": 1}',
        b'{"tidy": "at night"}',
        b'{"tidy": "2026-09-07T22:00:00"}',
        b'{"tidy": "0001-01-01T00:00:00+08:00"}',
        b'{"tidy": "2999-01-01T00:00:00+08:00"}',
        b'{"an entry of an older farm": "2026-09-07T22:00:00+08:00"}',
    ],
)
def test_nonsense_is_forgotten_and_written_over(file, told):
    file.write_bytes(told)
    file.with_name("clock.new").write_bytes(b"what a clock left that was killed while it wrote")

    clock = a_clock(file, MORNING)
    clock.sync()

    assert not is_due(clock, "tidy", MORNING)
    assert is_due(clock, "tidy", MORNING + dt.timedelta(days=1))
    assert set(json.loads(file.read_bytes())) == set(app.conf.beat_schedule)
    assert [one.name for one in file.parent.iterdir()] == ["clock"]


def test_a_clock_that_cannot_write_goes_on(file, caplog):
    clock = a_clock(file.with_name("no folder") / "clock", MORNING)

    with caplog.at_level(logging.ERROR):
        clock.sync()

    assert "cannot be written" in caplog.text
