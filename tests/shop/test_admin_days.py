"""The staff's list of ship dates."""

import datetime as dt

import pytest
import time_machine

from shop.models import ShipDate
from tests.builders import DAY, NOW, a_ship_date
from tests.staff import a_boss, list_of, page_of

pytestmark = pytest.mark.django_db


def test_the_list_begins_with_today_and_ends_with_the_oldest(client):
    a_boss(client)
    days = {away: a_ship_date(DAY + dt.timedelta(days=away)) for away in (-2, 0, -1, 1)}

    with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
        page = client.get(list_of(ShipDate)).content.decode()

    assert sorted(days, key=lambda away: page.index(page_of(days[away]))) == [0, 1, -1, -2]
