import datetime as dt

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop import basket
from shop.models import Box
from tests.builders import NOW, a_box, a_shop, a_variety

SKUS = st.text("abcxyz-_059", min_size=1, max_size=50)
SCRIPT = {"Accept": "application/json"}

unhurried = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(db):
    a_shop()


def kept(client: Client) -> str:
    return client.cookies["basket"].value if "basket" in client.cookies else ""


def put_in(client: Client, sku: str = "kyoho-2500", quantity: object = 1, **headers: str):
    return client.post("/basket/boxes/", {"sku": sku, "quantity": quantity}, headers=headers)


def page_of(client: Client) -> str:
    answer = client.get("/basket/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


@pytest.mark.once("no database in it")
@unhurried
@given(st.dictionaries(SKUS, st.integers(1, 999), max_size=basket.MOST_KINDS))
def test_a_basket_is_read_as_it_was_written(contents):
    assert basket.read(basket.written(contents)) == contents


@pytest.mark.once("no database in it")
@unhurried
@given(st.text())
def test_no_cookie_breaks_the_basket(text):
    contents = basket.read(text)

    assert len(contents) <= basket.MOST_KINDS
    assert all(0 < quantity < 1000 for quantity in contents.values())


@pytest.mark.usefixtures("shop")
def test_boxes_put_in_add_up_and_the_basket_shows_them_with_the_freight_to_expect(client):
    put_in(client)
    answer = put_in(client, quantity=2)

    page = page_of(client)

    assert (answer.status_code, answer["Location"]) == (302, "/basket/")
    assert kept(client) == "kyoho-2500:3"
    assert "¥204.00" in page
    assert "¥28.00 to ¥148.00" in page


@pytest.mark.usefixtures("shop")
def test_a_script_gets_the_count_and_stays_on_its_page(client):
    answer = put_in(client, quantity=2, **SCRIPT)

    assert (answer.status_code, answer.json()) == (200, {"count": 2})
    assert kept(client) == "kyoho-2500:2"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("quantity", ["-1", "x", "", "0", "１", "9" * 40])
def test_a_quantity_that_is_none_counts_as_one_box_and_never_as_more_than_an_order_may_have(client, quantity):
    put_in(client, quantity=quantity)

    assert kept(client) == "kyoho-2500:1"

    put_in(client, quantity=400)

    assert kept(client) == "kyoho-2500:50"


@pytest.mark.usefixtures("shop")
def test_boxes_that_no_longer_fit_are_not_said_to_be_in(client):
    put_in(client, quantity=50)

    with_script = put_in(client, **SCRIPT)
    put_in(client)

    said = "At most 50 of Kyoho 2.5 kg in one order: so many are in your basket."
    assert with_script.json() == {"count": 50, "said": said}
    assert said in page_of(client)
    assert kept(client) == "kyoho-2500:50"


@pytest.mark.usefixtures("shop")
def test_one_kind_more_than_a_basket_holds_is_said_to_be_left_out(client):
    full = "|".join(f"{a_box(f'box-{number}', is_offered=number > 0).sku}:1" for number in range(basket.MOST_KINDS))
    client.cookies["basket"] = full

    with_script = put_in(client, **SCRIPT)
    put_in(client)

    said = "A basket holds 20 kinds of boxes. Order these first, or take one out."
    assert with_script.json() == {"count": 20, "said": said}
    assert said in page_of(client)
    assert kept(client) == full


@pytest.mark.usefixtures("shop")
def test_what_the_shop_never_had_fills_no_basket(client):
    client.cookies["basket"] = "|".join(f"box-{number}:1" for number in range(basket.MOST_KINDS))

    assert put_in(client, **SCRIPT).json() == {"count": 1}
    assert kept(client) == "kyoho-2500:1"


@pytest.mark.usefixtures("shop")
def test_what_the_shop_does_not_have_is_not_put_in(client):
    answer = put_in(client, sku="nothing", **SCRIPT)

    assert answer.status_code == 404
    assert kept(client) == ""


@pytest.mark.usefixtures("shop")
def test_another_site_puts_nothing_in(client):
    answer = put_in(client, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert kept(client) == ""


@pytest.mark.usefixtures("shop")
def test_quantities_change_and_boxes_are_taken_out(client):
    a_box("kyoho-5000", net_grams=5000)
    client.cookies["basket"] = "kyoho-2500:1|kyoho-5000:2"

    client.post("/basket/changes/", {"quantity-kyoho-2500": "4", "quantity-kyoho-5000": "2", "quantity-other": "9"})
    more = kept(client)
    client.post("/basket/changes/", {"quantity-kyoho-2500": "x", "quantity-kyoho-5000": "2", "remove": "kyoho-5000"})
    fewer = kept(client)
    client.post("/basket/changes/", {"quantity-kyoho-2500": "0"})

    assert (more, fewer, kept(client)) == ("kyoho-2500:4|kyoho-5000:2", "kyoho-2500:4", "")
    assert "Your basket is empty" in page_of(client)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("quantity", "leads_to", "contents"),
    [("7", "/order/", "kyoho-2500:7"), ("60", "/basket/", "kyoho-2500:60"), ("0", "/basket/", "")],
    ids=["some", "more than an order may have", "none"],
)
def test_a_quantity_is_kept_on_the_way_to_the_order_and_one_that_cannot_be_is_shown(
    client, quantity, leads_to, contents
):
    put_in(client)

    answer = client.post("/basket/changes/", {"quantity-kyoho-2500": quantity, "order": "1"})

    assert (answer.status_code, answer["Location"], kept(client)) == (302, leads_to, contents)


def test_changing_needs_the_pages_token():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/basket/changes/", {"remove": "kyoho-2500"}).status_code == 403


@pytest.mark.usefixtures("shop")
def test_boxes_whose_season_is_over_are_shown_and_not_counted(client):
    a_box("old", name_en="Old box", season_until=NOW.date() - dt.timedelta(days=1))
    a_box("shine-2500", name_en="Withdrawn box", variety=a_variety("shine"), is_offered=False)
    client.cookies["basket"] = "kyoho-2500:1|old:2|shine-2500:1|never-was:3"

    page = page_of(client)

    assert page.count("Its season is over, so it is not counted") == 2
    assert "Old box" in page
    assert "Withdrawn box" in page
    assert "never-was" not in page
    assert "¥68.00" in page


@pytest.mark.usefixtures("shop")
def test_more_than_an_order_may_have_is_cut_and_said(client):
    Box.objects.update(max_per_order=3)
    client.cookies["basket"] = "kyoho-2500:7"

    page = page_of(client)

    assert "At most 3 of it" in page
    assert "¥204.00" in page


@pytest.mark.usefixtures("shop")
def test_the_basket_costs_the_same_queries_for_one_and_for_many(client, django_assert_max_num_queries):
    for n in range(3):
        a_box(f"box-{n}")
        a_box(f"gone-{n}", is_offered=False)
    client.cookies["basket"] = "|".join(f"{kind}-{n}:1" for kind in ("box", "gone") for n in range(3))

    with django_assert_max_num_queries(4):
        page_of(client)
