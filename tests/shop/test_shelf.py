import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.models import Box, ShipDate
from tests.builders import DAY, NOW, a_box, a_lot, a_ship_date, a_shop, a_variety

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def a_full_shelf() -> None:
    a_box()
    a_box("kyoho-5000", name_en="Kyoho 5 kg", net_grams=5000, price_fen=9900)
    a_box("kyoho-gift", name_en="Kyoho gift", net_grams=5000, price_fen=16800, is_gift=True, packing_units=2)
    a_box("shine-2500", variety=a_variety("shine", name_en="Shine Muscat"), name_en="Shine 2.5 kg", price_fen=8800)


def page_of(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'class="row__name">([^<]+)<', page)


def test_the_shelf_shows_every_box_under_its_variety(client):
    a_full_shelf()

    page = page_of(client, "/shop/")

    assert names(page) == ["Kyoho 2.5 kg", "Kyoho 5 kg", "Kyoho gift", "Shine 2.5 kg"]
    assert page.count('class="variety"') == 2
    assert "¥68.00" in page
    assert "¥27.20/kg" in page


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("size=2500", ["Kyoho 2.5 kg", "Shine 2.5 kg"]),
        ("size=5000", ["Kyoho 5 kg"]),
        ("size=gift", ["Kyoho gift"]),
        ("up_to=10000", ["Kyoho 2.5 kg", "Kyoho 5 kg", "Shine 2.5 kg"]),
        ("size=2500&up_to=10000&order=-price", ["Shine 2.5 kg", "Kyoho 2.5 kg"]),
        ("order=price", ["Kyoho 2.5 kg", "Shine 2.5 kg", "Kyoho 5 kg", "Kyoho gift"]),
        ("order=weight", ["Kyoho 5 kg", "Kyoho 2.5 kg", "Kyoho gift", "Shine 2.5 kg"]),
        ("size=77&up_to=-3&order=%00", ["Kyoho 2.5 kg", "Kyoho 5 kg", "Kyoho gift", "Shine 2.5 kg"]),
    ],
)
def test_boxes_are_found_by_size_and_price_and_sorted(client, search, found):
    a_full_shelf()

    assert names(page_of(client, f"/shop/?{search}")) == found


def test_a_search_that_finds_nothing_says_what_to_try(client):
    a_full_shelf()

    page = page_of(client, "/shop/?size=gift&up_to=5000")

    assert "No box is like that" in page
    assert names(page) == []


def test_boxes_of_a_later_season_stand_apart_and_those_of_a_past_one_are_gone(client):
    a_shop()
    a_box("soon", name_en="Soon", variety=a_variety("soon"), season_from=DAY + dt.timedelta(days=20))
    a_box("past", name_en="Past", variety=a_variety("past"), season_until=NOW.date() - dt.timedelta(days=1))

    page = page_of(client, "/shop/")

    assert names(page) == ["Kyoho 2.5 kg", "Soon"]
    assert page.index("Coming later") < page.index("Ships from Wed 30 Sep")


def test_an_empty_shelf_says_that_the_harvest_is_over(client):
    assert "The harvest is over" in page_of(client, "/shop/")


def test_a_box_says_its_price_what_is_left_and_until_when_it_keeps(client):
    a_shop()

    page = page_of(client, "/shop/kyoho-2500/")

    for words in ("Kyoho 2.5 kg", "¥68.00", "2.5 kg of grapes", "Thu 10 Sep", "500 boxes left"):
        assert words in page
    assert "arrives 11 Sep to 14 Sep" in page
    assert "Tue 20 Oct" in page
    assert f"/order/?box-kyoho-2500=1&amp;ship_date={DAY}" in page


def test_a_box_whose_season_is_over_cannot_be_bought_but_is_still_explained(client):
    a_shop()
    Box.objects.update(is_offered=False)

    page = page_of(client, "/shop/kyoho-2500/")

    assert "Its season is over" in page
    assert "Buy now" not in page
    assert "boxes left" not in page


def test_a_box_that_was_never_sold_is_not_found(client):
    assert client.get("/shop/nothing/").status_code == 404


def test_shelf_and_box_cost_the_same_with_one_and_with_three_of_everything(client):
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page_of(client, path)
        return len(seen)

    a_shop()
    paths = ("/shop/", "/shop/kyoho-2500/")
    one = [queries(path) for path in paths]
    a_full_shelf()
    for n in range(1, 4):
        a_lot(f"more-{n}")
        a_ship_date(DAY + dt.timedelta(days=n))

    assert [queries(path) for path in paths] == one
    assert max(one) <= 8


@pytest.mark.parametrize("path", ["/shop/", "/shop/kyoho-2500/"])
def test_a_page_is_sent_again_only_when_something_was_sold(client, path):
    a_shop()
    client.cookies["basket"] = "kyoho-2500:1"
    etag = client.get(path)["ETag"]
    del client.cookies["basket"]
    same = client.get(path, headers={"If-None-Match": etag})
    Box.objects.update(price_fen=7000)
    ShipDate.objects.update(taken=1)
    changed = client.get(path, headers={"If-None-Match": etag})

    assert (same.status_code, changed.status_code) == (304, 200)
