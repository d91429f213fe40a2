"""What a page may cost: eight queries however many rows there are, and nothing at all when it has not changed."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import builders, visits
from tests.builders import DAY, NOW
from tests.storefront.states import STATES
from tests.visits import SATURDAY

pytestmark = [pytest.mark.django_db, pytest.mark.once("a page asks the same beside any database")]
MOST_QUERIES, MOST_OF_ONES_OWN = 8, 20
PUBLIC = ["home", "shelf", "box", "visits list", "experience", "delivery", "help page", "privacy"]
PERSONAL = {"changing a booking", "cancelling a booking", "booking rained out"}
LISTS = [*PUBLIC, "order form", "booking form"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def more_of_everything() -> None:
    """Three more varieties with boxes and lots, a week of dates, two more experiences with their times."""
    for code in ("summer-black", "shine-muscat", "red-globe"):
        variety = builders.a_variety(code, name_en=code, name_zh=code)
        builders.a_box(f"{code}-2500", variety=variety)
        builders.a_lot(f"L-{code}", variety=variety)
    for n in range(5, 12):
        builders.a_ship_date(DAY + dt.timedelta(days=n))
    for code in ("tasting", "walk"):
        for n in range(3):
            visits.a_slot(SATURDAY, dt.time(9 + n), experience=visits.an_experience(code, position=n))


@pytest.mark.parametrize("name", STATES)
def test_a_page_asks_little_of_the_database(client, settings, name):
    """A page that anybody may open asks for eight at most; what forms of one visit share was read a moment before."""
    settings.GLANCE_SECONDS = 1
    path = STATES[name]()()
    client.get(path)

    assert queries_of(client, path) <= (MOST_OF_ONES_OWN if name in PERSONAL else MOST_QUERIES)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_no_more_when_there_is_more_to_show(client, name):
    path = STATES[name]()()
    few = queries_of(client, path)
    more_of_everything()

    assert queries_of(client, path) == few


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_that_has_not_changed_is_not_sent_again(client, name):
    path = STATES[name]()()
    etag = client.get(path)["ETag"]

    again = client.get(path, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
