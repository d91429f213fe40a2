"""What search engines read of an experience: an event for each next time, with its price and whether it has seats."""

import datetime as dt

import pytest

from tests.visits import NOW, SATURDAY, a_slot, an_experience
from tours import availability
from tours.structured import MOST, event_facts

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)


def facts() -> dict:
    experience = an_experience()
    openings = availability.of_experience(experience=experience, first=SATURDAY, last=dt.date(2026, 12, 31), now=NOW)
    return event_facts(experience, openings)


def test_each_time_is_an_event_with_an_offer():
    a_slot(seats=20, taken=13)

    series = facts()
    event = series["subEvent"][0]

    assert (series["@type"], series["name"], series["url"][-16:]) == (
        "EventSeries",
        "Kyoho picking",
        "/visits/picking/",
    )
    assert (event["startDate"], event["endDate"]) == ("2026-09-12T09:30:00+08:00", "2026-09-12T11:30:00+08:00")
    assert (event["remainingAttendeeCapacity"], event["location"]["name"]) == (7, "Under the vines at the south gate")
    assert event["offers"]["price"] == "88.00"
    assert event["offers"]["availability"] == "https://schema.org/InStock"
    assert event["url"].startswith("http")


def test_a_full_time_is_sold_out_and_a_closed_one_no_event():
    a_slot(seats=2, taken=2)
    a_slot(SUNDAY, is_closed=True)

    events = facts()["subEvent"]

    assert [event["offers"]["availability"] for event in events] == ["https://schema.org/SoldOut"]


def test_the_next_ten_times_are_enough():
    for days in range(MOST + 2):
        a_slot(SATURDAY + dt.timedelta(days=days))

    assert len(facts()["subEvent"]) == MOST


def test_without_times_or_prices_there_are_none():
    assert "subEvent" not in facts()

    a_slot()
    an_experience().ticket_types.update(is_offered=False)

    assert "offers" not in facts()["subEvent"][0]
