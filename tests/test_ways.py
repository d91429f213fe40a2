"""The ways in which the two whole journeys are walked: each in ways that hold every pair, together in all eight."""

from itertools import combinations

import pytest

from tests.browser import WAYS
from tests.storefront import test_from_home_to_doorstep as shop
from tests.tours import test_pages_browser as visits

JOURNEYS = [
    shop.test_grapes_are_found_ordered_paid_and_delivered,
    visits.test_a_family_books_saturday_pays_a_deposit_moves_to_sunday_and_opens_its_tickets,
]
pytestmark = pytest.mark.once("no database in it")


def ways_of(journey) -> list[str]:
    [names] = [mark.args[0] for mark in journey.pytestmark if mark.name == "ways"]
    return list(names)


def pairs_in(names) -> set[tuple[str, str]]:
    return {pair for name in names for pair in combinations(name.split()[:3], 2)}


@pytest.mark.parametrize("journey", JOURNEYS)
def test_every_two_of_language_size_and_scripts_meet_and_most_people_come_their_way(journey):
    walked = ways_of(journey)

    assert pairs_in(walked) == pairs_in(WAYS)
    assert "zh-hans phone with scripts" in walked


def test_the_two_journeys_together_are_walked_in_every_way():
    walked = [name for journey in JOURNEYS for name in ways_of(journey)]

    assert len(WAYS) == 8
    assert set(walked) == set(WAYS)
