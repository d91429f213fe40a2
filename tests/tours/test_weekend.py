import datetime as dt

import pytest

from tests.visits import NOW, SATURDAY, a_slot, an_experience
from tours import weekend

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SUNDAY = SATURDAY + dt.timedelta(days=1)


def test_each_experience_is_named_once_with_its_first_free_time():
    a_slot(time=dt.time(9), seats=0)
    a_slot(time=dt.time(11))
    a_slot(SUNDAY)
    a_slot(SATURDAY - dt.timedelta(days=1), experience=an_experience("friday"))

    seen = weekend.look(NOW, TODAY)

    assert [(visit.experience.code, visit.opening.starts_at.hour) for visit in seen.visits] == [("picking", 3)]
    assert (seen.first, seen.last, seen.is_next) == (SATURDAY, SUNDAY, False)


def test_when_nothing_is_left_the_next_weekend_is_shown():
    a_slot(seats=0)
    a_slot(SATURDAY + dt.timedelta(days=8))

    seen = weekend.look(NOW, TODAY)

    assert [visit.opening.date for visit in seen.visits] == [SATURDAY + dt.timedelta(days=8)]
    assert seen.is_next


def test_on_a_sunday_this_weekend_is_today():
    a_slot()
    a_slot(SUNDAY, dt.time(16))

    seen = weekend.look(dt.datetime.combine(SUNDAY, dt.time(10), NOW.tzinfo), SUNDAY)

    assert [visit.opening.date for visit in seen.visits] == [SUNDAY]
    assert seen.first == SUNDAY


def test_no_visits_are_nothing_to_show():
    assert weekend.look(NOW, TODAY).visits == []
