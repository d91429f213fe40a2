import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beizhen import front
from beizhen.front import Season
from shop.models import ShipDate
from tests.builders import DAY, NOW, a_box, a_lot, a_ship_date, a_shop, a_variety
from tests.visits import a_slot, an_experience

pytestmark = pytest.mark.django_db
SATURDAY = dt.date(2026, 9, 12)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def page_of(client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_shows_the_varieties_of_the_season_from_their_lowest_price(client):
    a_shop()
    a_box("kyoho-5000", name_en="Kyoho 5 kg", net_grams=5000, price_fen=12000)
    a_box("late-2500", variety=a_variety("late"), season_from=DAY + dt.timedelta(days=9))

    page = page_of(client)

    assert "from ¥68.00" in page
    assert page.count('class="bunch"') == 1
    assert "drawings/grape-kyoho.svg" in page
    assert "season-autumn.svg" in page
    assert "within 48 hours of delivery" in page


def test_home_says_what_ships_next_and_until_when_it_can_be_ordered(client, now):
    a_shop()

    before = page_of(client)
    now.move_to(dt.datetime.combine(DAY - dt.timedelta(days=1), dt.time(9), NOW.tzinfo))
    tomorrow = page_of(client)

    assert "Ships next" in before
    assert "order by 9 Sep, 20:00" in before
    assert "Ships tomorrow" in tomorrow
    assert "order by 20:00 today" in tomorrow
    assert "500 boxes left" in tomorrow


def test_home_leaves_full_and_closed_dates_out(client):
    a_shop()
    ShipDate.objects.update(taken=500)
    a_ship_date(DAY + dt.timedelta(days=1), is_closed=True)

    assert "All boxes of the coming weeks are promised" in page_of(client)


def test_home_invites_to_what_has_seats_this_weekend(client):
    a_slot(date=SATURDAY)

    page = page_of(client)

    assert "Come and visit this weekend" in page
    assert "Sat 12 Sep" in page


def test_an_empty_farm_says_so_and_stays_beautiful(client):
    page = page_of(client)

    assert "The harvest is over" in page
    assert "All boxes of the coming weeks are promised" in page
    assert "Come and visit" not in page


def test_home_costs_the_same_with_one_and_with_three_of_everything(client):
    a_shop()
    a_slot(date=SATURDAY)
    with CaptureQueriesContext(connection) as one:
        page_of(client)
    for n, code in enumerate(("shine", "hamburg"), start=1):
        variety = a_variety(code)
        a_box(f"{code}-2500", variety=variety)
        a_lot(f"L-{code}", variety=variety)
        a_ship_date(DAY + dt.timedelta(days=n))
        a_slot(date=SATURDAY, experience=an_experience(f"visit-{n}"))
    with CaptureQueriesContext(connection) as three:
        page_of(client)

    assert len(three) == len(one) <= 8


def test_the_year_follows_the_vines():
    assert [front.season(dt.date(2026, month, 15)).value for month in range(1, 13)] == [
        *["winter"] * 3,
        *["spring"] * 2,
        *["summer"] * 2,
        *["autumn"] * 3,
        *["winter"] * 2,
    ]
    assert set(front.MONTHS) == set(Season)
