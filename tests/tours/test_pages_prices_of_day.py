"""An experience's page says what its chosen day costs, as the booking form does one press later."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.visits import NOW, SATURDAY, a_slot, a_ticket_type, an_experience
from tours.models import PriceList

pytestmark = pytest.mark.django_db
FRIDAY, SUNDAY = (SATURDAY + dt.timedelta(days=days) for days in (-1, 1))
PICKING = "/visits/picking/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def a_list(name: str = "Weekend", **prices: int) -> PriceList:
    prices = prices or {"adult": 11000, "child": 5500}
    made = an_experience().price_lists.create(name=name)
    for code, price_fen in prices.items():
        made.prices.create(ticket_type=an_experience().ticket_types.get(code=code), price_fen=price_fen)
    return made


def costs(client, path: str) -> str:
    """The card of prices, as it is read: no tags, single spaces."""
    card = re.search(r'<section class="card" aria-labelledby="prices">(.*?)</section>', client.get(path).text, re.S)
    assert card
    return " ".join(re.sub(r"<[^>]+>", " ", card[1]).split())


def prices(words: str) -> list[str]:
    return re.findall(r"¥[0-9.]+", words)


def test_the_table_says_what_the_chosen_day_costs(client):
    a_slot(FRIDAY)
    weekend = a_slot(SATURDAY, price_list=a_list())

    usual, dearer = (costs(client, f"{PICKING}?day={day}") for day in (FRIDAY, SATURDAY))
    form = client.get(f"{PICKING}book/?slot={weekend.pk}").text

    assert usual.startswith("What it costs on Fri 11 Sep")
    assert dearer.startswith("What it costs on Sat 12 Sep")
    assert [prices(usual), prices(dearer)] == [["¥88.00", "¥44.00", "¥220.00"], ["¥110.00", "¥55.00", "¥220.00"]]
    assert all(price in form for price in prices(dearer))


def test_the_day_that_the_page_chooses_itself_is_named_too(client):
    a_slot(SATURDAY, price_list=a_list())

    words = costs(client, PICKING)

    assert words.startswith("What it costs on Sat 12 Sep")
    assert prices(words)[0] == "¥110.00"


def test_each_day_has_a_kept_page_of_its_own(client, settings):
    settings.GLANCE_SECONDS = 60
    a_slot(FRIDAY)
    a_slot(SATURDAY, price_list=a_list())

    shown = [prices(costs(client, f"{PICKING}?day={day}"))[0] for day in (FRIDAY, SATURDAY, FRIDAY)]

    assert shown == ["¥88.00", "¥110.00", "¥88.00"]


def test_times_of_a_day_with_other_prices_have_tables_of_their_own(client):
    for hour, price_list in ((9, None), (11, None), (18, a_list("Evening", adult=12000))):
        a_slot(SATURDAY, dt.time(hour), price_list=price_list)

    words = costs(client, f"{PICKING}?day={SATURDAY}")

    assert words.index("09:00 · 11:00") < words.index("¥88.00") < words.index("18:00") < words.index("¥120.00")


def test_lists_that_ask_the_same_are_one_table(client):
    a_slot(SATURDAY, price_list=a_list("Weekend"))
    a_slot(SATURDAY, dt.time(14), price_list=a_list("Feast"))

    words = costs(client, f"{PICKING}?day={SATURDAY}")

    assert prices(words) == ["¥110.00", "¥55.00", "¥220.00"]
    assert "14:00" not in words


def test_a_time_that_is_closed_or_over_sets_no_price_and_a_full_one_does(client):
    weekend = a_list()
    a_slot(FRIDAY)
    a_slot(SATURDAY, price_list=weekend, is_closed=True)
    a_slot(SUNDAY, seats=2, taken=2, price_list=weekend)

    closed, full = (costs(client, f"{PICKING}?day={day}") for day in (SATURDAY, SUNDAY))

    assert (closed.startswith("What it costs on"), prices(closed)[0]) == (False, "¥88.00")
    assert (full.startswith("What it costs on Sun 13 Sep"), prices(full)[0]) == (True, "¥110.00")


def test_usual_prices_say_which_days_cost_more_and_dearer_ones_that_others_differ(client):
    a_slot(FRIDAY)
    a_slot(SATURDAY, price_list=a_list())
    a_slot(SUNDAY, price_list=a_list("Cheaper", adult=8000))

    usual, dearer, empty = (costs(client, PICKING + of) for of in ("", f"?day={SATURDAY}", "?month=2026-12"))

    assert "The next days that cost more: Sat 12 Sep" in usual
    assert "13 Sep" not in usual
    assert "Other days have other prices" in dearer
    assert (empty.startswith("What it costs on"), prices(empty)[0]) == (False, "¥88.00")
    assert "The next days that cost more: Sat 12 Sep" in empty


def test_a_farm_with_one_price_says_nothing_of_others(client):
    weekend = a_list()
    a_slot(SATURDAY, price_list=weekend)
    a_slot(SUNDAY, price_list=weekend)

    assert "other prices" not in costs(client, PICKING)


def test_the_table_speaks_chinese(client):
    a_slot(FRIDAY)
    a_slot(SATURDAY, price_list=a_list())

    words = costs(client, f"/zh-hans{PICKING}")

    assert words.startswith("9月11日 星期五的费用")
    assert "接下来价格较高的日子： 9月12日 星期六" in words


def test_cards_and_cells_name_a_grown_ups_price_and_not_a_pensioners(client):
    a_ticket_type(an_experience(), "senior", price_fen=6600, min_age=60, needs_proof=True)
    a_slot(SATURDAY, price_list=a_list("Weekend", adult=11000, senior=8800))

    home, usual, chosen = (client.get(path).text for path in ("/", "/visits/", f"/visits/?day={SATURDAY}"))
    cells = re.findall(r'day__price">([^<]+)<', client.get(PICKING).text)

    named = [re.findall(r"one person from (¥[0-9.]+)", page) for page in (home, usual, chosen)]
    assert (named, cells) == ([["¥110.00"], ["¥88.00"], ["¥110.00"]], ["¥110"])


def test_the_page_asks_no_more_with_more_days_and_lists(client):
    a_slot(FRIDAY)
    a_slot(SATURDAY, price_list=a_list())
    few = queries_of(client)
    for n in range(2, 5):
        a_slot(FRIDAY, dt.time(10 + n), price_list=a_list(f"List {n}", adult=9000 + n))
        a_slot(SATURDAY + dt.timedelta(days=n), price_list=a_list(f"Other {n}", adult=10000 + n))

    assert queries_of(client) <= few


def queries_of(client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{PICKING}?day={FRIDAY}")
    return len(queries)
