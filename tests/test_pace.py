"""A run says how much of their best its cores gave."""

import time

import pytest

from tests import pace
from tests.pace import Pace, share

pytestmark = pytest.mark.once("no database in it")


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [([8.0] * 40, 1.0), ([8.0] * 20 + [24.0] * 20, 0.5), ([1.0] + [8.0] * 39, 1.0)],
    ids=["always alone", "half the time a neighbour", "one that was luck"],
)
def test_the_share_is_that_of_an_average_piece(pieces, expected):
    assert share(pieces) == pytest.approx(expected, rel=0.03)


def test_it_is_said_when_enough_was_seen(monkeypatch):
    monkeypatch.setattr(pace, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(pace, "_piece", lambda: time.sleep(0.001) or 8.0)

    with Pace() as seen:
        early = seen.words()
        while len(seen.pieces) < pace.ENOUGH:
            time.sleep(0.001)

    assert early == ""
    assert seen.words() == "The cores gave 100% of their best."


def test_a_piece_takes_some_of_a_core():
    assert 0 < pace._piece() < 1
