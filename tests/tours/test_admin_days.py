"""Times and days of visits in the staff's tool: which come first, and what is added by a slip of the hand."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.staff import list_of
from tests.visits import NOW, SATURDAY, a_slot, an_experience
from tours.models import Slot, VisitorsDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_september", "boss")]
DAYS = [SATURDAY + dt.timedelta(days=number) for number in (-9, -30, 2, 1)]


@pytest.mark.parametrize("kind", [Slot, VisitorsDay])
def test_what_comes_stands_before_what_is_past(client, kind):
    experience = an_experience()
    for date in DAYS:
        a_slot(date, experience=experience)

    shown = client.get(list_of(kind)).context_data["cl"].result_list

    assert [row.date for row in shown] == [DAYS[3], DAYS[2], DAYS[0], DAYS[1]]


@pytest.mark.parametrize(("year", "is_added"), [(NOW.year, True), (NOW.year + 100, False)])
def test_a_time_in_another_century_is_a_slip_of_the_hand(client, year, is_added):
    typed = {"experience": an_experience().pk, "starts_at_0": f"{year}-09-20", "starts_at_1": "09:30", "limit": 20}

    page = client.post(reverse("admin:tours_slot_add"), typed, follow=True).content.decode()

    assert ("This is more than two years ahead" in page) is not is_added
    assert Slot.objects.exists() is is_added
