"""The front door of the visits: the list, an experience with its calendar, the words that come before any choice."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm.models import ClosedDay
from tests.builders import FARM_TIME
from tests.visits import NOW, SATURDAY, a_day, a_slot, an_experience

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def shown(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        shown(client, path)
    return len(queries)


def test_the_list_names_each_experience_with_its_price_and_next_times(client):
    slot = a_slot(seats=20)

    page = shown(client, "/visits/")

    assert "Kyoho picking" in page
    assert "one person from ¥88.00" in page
    assert "2 hours" in page
    assert f"/visits/picking/book/?slot={slot.pk}" in page
    assert "20 seats left" in page
    assert "drawings/visit-vineyard.svg" in page


def test_the_list_speaks_chinese(client):
    a_slot()

    page = client.get("/zh-hans/visits/").content.decode()

    assert "巨峰采摘" in page
    assert "9月12日" in page


def test_what_can_we_do_on_saturday(client):
    slot = a_slot(SATURDAY)
    a_slot(SUNDAY, experience=an_experience("tasting", name_en="Tasting in the cold store", position=2))

    page = shown(client, f"/visits/?day={SATURDAY}")

    assert "On Sat 12 Sep" in page
    assert f"slot={slot.pk}" in page
    assert page.index("Kyoho picking") < page.index("Tasting in the cold store") < page.index("Not held on this day.")


def test_the_days_to_choose_begin_with_the_weekend(client):
    for days in (-2, -1, 0, 1, 7):
        a_slot(SATURDAY + dt.timedelta(days=days))

    days = re.findall(r'class="when__day[^"]*" href="\?day=([0-9-]+)"', shown(client, "/visits/"))

    assert days == ["2026-09-12", "2026-09-13", "2026-09-10", "2026-09-11", "2026-09-19"]


def test_a_day_that_is_full_can_still_be_looked_at_and_is_marked(client):
    a_slot(SUNDAY)

    page = shown(client, f"/visits/?day={SATURDAY}")

    assert f'when__day--chosen" href="?day={SATURDAY}"' in page


def test_a_far_day_reads_its_own_times_and_not_all_until_then(client):
    near, far = a_slot(SATURDAY), a_slot(SATURDAY + dt.timedelta(days=200))

    with CaptureQueriesContext(connection) as queries:
        page = shown(client, f"/visits/?day={far.date}")

    assert f"slot={far.pk}" in page
    assert f"slot={near.pk}" not in page
    assert f'href="?day={near.date}"' in page
    spans = [query["sql"] for query in queries if str(far.date) in query["sql"] and str(NOW.date()) in query["sql"]]
    assert [sql for sql in spans if "BETWEEN" in sql] == []


@pytest.mark.parametrize("day", ["yesterday", "2026-02-31", "1999-01-01", "9999-12-31", "2026-09-12'--"])
def test_a_day_that_is_none_shows_the_next_times(client, day):
    slot = a_slot()

    assert f"slot={slot.pk}" in shown(client, f"/visits/?day={day}")


def test_a_farm_without_visits_says_so(client):
    assert "The farm takes no visitors at the moment." in shown(client, "/visits/")


def test_the_list_costs_the_same_with_one_and_with_three_experiences(client):
    a_slot()
    one = queries_of(client, "/visits/")
    for code in ("tasting", "walk"):
        a_slot(experience=an_experience(code))
        a_slot(SUNDAY, experience=an_experience(code))

    assert queries_of(client, "/visits/") == one <= 4


def test_an_experience_says_its_terms_and_prices_before_anything_is_chosen(client):
    a_slot(experience=an_experience(bring_en="Sun hat\nGood shoes", rules_en="Children stay with adults"))

    page = shown(client, "/visits/picking/")

    for words in ("Until 2 days before", "all your money back", "Until 1 day before", "50 % back", "nothing back"):
        assert words in page
    for words in ("¥220.00", "free", "Sun hat", "Children stay with adults", "Under the vines", "Chinese and English"):
        assert words in page


def test_each_ticket_says_for_which_ages_it_is_and_who_must_come_along(client):
    a_slot()

    pages = [client.get(f"{prefix}/visits/picking/").content.decode() for prefix in ("", "/zh-hans")]

    assert "needs no seat · up to 3 years · with a grown-up, at most 2 for each grown-up" in pages[0]
    assert "不占名额 · 3 岁及以下 · 须有大人同行，每位大人最多带 2 名" in pages[1]


def test_the_calendar_shows_seats_and_every_reason_why_there_are_none(client):
    a_slot(seats=20, taken=13)
    a_slot(time=dt.time(14, 0), seats=4, taken=4)
    a_slot(time=dt.time(16, 0), is_closed=True, closed_reason_en="rain", closed_reason_zh="下雨")
    a_slot(time=dt.time(18, 0), cut_off_at=NOW)

    page = shown(client, f"/visits/picking/?day={SATURDAY}")

    assert "7 seats left" in page
    assert "sold out" in page
    assert "closed: rain" in page
    assert "bookings have closed" in page


def test_a_closed_day_says_why_and_lists_no_times(client):
    for hour in (10, 14):
        a_slot(time=dt.time(hour), is_closed=True, closed_reason_en="Rain")
    a_slot(SUNDAY)

    calendar, that_day = shown(client, f"/visits/picking/?day={SATURDAY}"), shown(client, f"/visits/?day={SATURDAY}")

    for page in (calendar, that_day):
        assert page.count("Closed on this day: Rain") == 1
        assert "10:00" not in page
    assert re.findall(r"day__slot day__slot--\w+\">([\d:]+)", calendar) == ["09:30"]  # Sunday's
    assert f'href="?day={SUNDAY}#times"' in calendar


def test_a_day_on_which_the_whole_farm_is_closed_says_so_though_its_times_are_gone(client):
    a_slot(SUNDAY)
    ClosedDay.objects.create(date=SATURDAY, reason_zh="检修", reason_en="Repairs")

    calendar = shown(client, "/visits/picking/")

    assert f'day--closed" href="?day={SATURDAY}#times"' in calendar
    for path in ("/visits/picking/", "/visits/"):
        assert "Closed on this day: Repairs" in shown(client, f"{path}?day={SATURDAY}")


def test_a_full_day_of_the_farm_is_sold_out_at_every_time(client):
    slot = a_slot()
    day = a_day()
    day.taken = day.limit
    day.save(update_fields=["taken"])

    assert f"/visits/picking/wait/?slot={slot.pk}" in shown(client, "/visits/picking/")


def test_the_calendar_opens_at_the_first_time_with_seats_and_turns_without_scripts(client):
    a_slot(dt.date(2026, 11, 7))

    assert "November 2026" in shown(client, "/visits/picking/")
    assert "October 2026" in shown(client, "/visits/picking/?month=2026-10")
    assert "?month=2026-09" in shown(client, "/visits/picking/?month=2026-10")
    assert "?month=2026-08" not in shown(client, "/visits/picking/?month=2026-09")


def test_each_day_of_the_calendar_shows_its_seats_and_from_which_price(client):
    golden = an_experience().price_lists.create(name="Golden week")
    golden.prices.create(ticket_type=an_experience().ticket_types.get(code="adult"), price_fen=9950)
    a_slot(seats=20)
    a_slot(SUNDAY, seats=8, price_list=golden)

    page = shown(client, "/visits/picking/")

    assert re.findall(r"day__left\">(\d+ left)<", page) == ["20 left", "8 left"]
    assert re.findall(r"day__price\">([^<]+)<", page) == ["¥88", "¥99.50"]


def test_the_list_of_a_day_names_that_days_price(client):
    holiday = an_experience().price_lists.create(name="Holiday")
    holiday.prices.create(ticket_type=an_experience().ticket_types.get(code="adult"), price_fen=9950)
    a_slot(), a_slot(SUNDAY, price_list=holiday)

    pages = [shown(client, f"/visits/?day={day}") for day in (SATURDAY, SUNDAY)]

    assert "one person from ¥88.00" in pages[0]
    assert "one person from ¥99.50" in pages[1]
    assert f'href="/visits/picking/?day={SUNDAY}#times"' in pages[1]


def test_the_end_of_a_month_shows_four_weeks_all_the_same(client):
    last = dt.date(2026, 9, 29)
    a_slot(last), a_slot(dt.date(2026, 10, 10)), a_slot(dt.date(2026, 10, 26))

    with time_machine.travel(dt.datetime.combine(last, dt.time(5, 0), FARM_TIME), tick=False):
        page = shown(client, "/visits/picking/?month=2026-09")

    assert re.findall(r'href="\?day=([0-9-]+)', page) == ["2026-09-29", "2026-10-10"]
    assert 'day__month">Oct<' in page


def test_a_sold_out_day_leads_on_to_the_next_ones_with_seats(client):
    a_slot(seats=2, taken=2)
    a_slot(SUNDAY)
    a_slot(dt.date(2026, 11, 7))

    assert 'class="chip" href="?day=2026-09-13#times"' in shown(client, f"/visits/picking/?day={SATURDAY}")
    assert 'class="chip" href="?day=2026-11-07#times"' in shown(client, "/visits/picking/?month=2026-10")
    assert "Seats again on" not in shown(client, f"/visits/picking/?day={SUNDAY}")


def test_a_calendar_costs_the_same_with_one_and_with_many_times(client):
    a_slot()
    one = queries_of(client, "/visits/picking/")
    for days in range(1, 15):
        a_slot(SATURDAY + dt.timedelta(days=days))

    assert queries_of(client, "/visits/picking/") == one <= 8


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "day=2026-02-30", "month=0001-01", "month=9999-12"])
def test_a_month_that_is_none_opens_the_first_with_seats(client, query):
    a_slot()

    assert "September 2026" in shown(client, f"/visits/picking/?{query}")


def test_the_calendar_costs_the_same_with_one_and_with_three_slots(client):
    a_slot()
    one = queries_of(client, "/visits/picking/")
    for hour in (14, 16):
        a_slot(time=dt.time(hour, 0))

    assert queries_of(client, "/visits/picking/") == one <= 12


@pytest.mark.parametrize("path", ["/visits/", "/visits/picking/"])
def test_what_has_not_changed_is_not_sent_again(client, path):
    slot = a_slot()
    etag = client.get(path)["ETag"]

    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304

    slot.taken = 5
    slot.save(update_fields=["taken"])

    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("path", ["/visits/nothing/", "/visits/nothing/book/?slot=1", "/visits/off-sale/"])
def test_what_is_not_on_sale_is_not_there(client, path):
    a_slot(experience=an_experience("off-sale", is_on_sale=False))

    assert client.get(path).status_code == 404
