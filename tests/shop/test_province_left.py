"""A province leaves the table of freight while orders to it are on their way: they stay what they are."""

import datetime as dt
import html

import pytest
import time_machine

from shop import freight, parcels, planning
from shop.links import order_path, token_of
from shop.models import Order
from tests.builders import DAY, NOW, a_paid_order, a_ship_date, a_shop, an_order, packed
from tests.rest import refused, sent

pytestmark = pytest.mark.django_db
LIAONING = "210000"
NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(settings):
    settings.PACKING_BENCH = "staff"
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def leaves(monkeypatch):
    return lambda: monkeypatch.delitem(freight.ZONES, LIAONING)


def planned(order: Order) -> Order:
    planning.plan_day(ship_date=order.ship_date, now=NOW)
    return order


def page_of(client, order: Order, part: str = "") -> str:
    answer = client.get(order_path(order) + part)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (lambda order: order, "We pack them for Thu 10 Sep."),
        (planned, "They leave on Thu 10 Sep."),
        (packed, "They leave on Thu 10 Sep."),
    ],
    ids=["paid", "planned", "packed"],
)
def test_the_page_of_an_order_says_when_it_leaves_and_promises_no_arrival(client, leaves, state, words):
    a_shop()
    order = state(a_paid_order())
    leaves()

    page = page_of(client, order)

    assert words in page
    assert "rrives by" not in page


def test_a_parcel_that_left_after_that_says_only_that_it_is_on_its_way(client, leaves):
    a_shop()
    order = packed(a_paid_order())
    leaves()
    parcels.hand_over(order=order, waybill_no="", by="packer", now=NOW)

    page = page_of(client, order)

    assert "On the way to you" in page
    assert "Put the grapes in the fridge as soon as they come." in page
    assert "rrives by" not in page


def test_an_unpaid_order_can_still_be_paid(client, leaves):
    a_shop()
    order = an_order()
    leaves()

    assert "Pay ¥" in page_of(client, order)
    assert client.post(f"{order_path(order)}payment/").status_code == 302


@pytest.mark.parametrize("part", ["ship-date/", "address/", "cancellation/"])
def test_what_can_be_changed_is_shown(client, leaves, part):
    a_shop()
    a_ship_date(NEXT)
    order = a_paid_order()
    leaves()

    page_of(client, order, part)


def test_another_date_is_refused_in_words(client, leaves):
    a_shop()
    a_ship_date(NEXT)
    order = a_paid_order()
    leaves()

    answer = sent(client, "put", f"orders/{token_of(order)}/ship-date", {"ship_date": str(NEXT)})

    refused(answer, 400, "bad_address")
    assert Order.objects.get().ship_date.date == DAY
