"""Staff's programs move and cancel orders over REST, if they may."""

import datetime as dt

import pytest
import time_machine

from shop import planning
from shop.models import Order, ShipDate
from tests.builders import DAY, NOW, a_paid_order, a_ship_date, a_shop
from tests.rest import refused, sent
from tests.staff import a_member
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_planned_order_is_moved_and_cancelled_over_the_api(client):
    day, next_day = a_shop(), a_ship_date(DAY + dt.timedelta(days=1))
    moves, goes = a_paid_order(), a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)
    a_member(client, "shop")

    moved = sent(client, "put", f"staff/orders/{moves.number}/ship-date", {"ship_date": str(next_day.date)}).json()
    cancelled = sent(client, "post", f"staff/orders/{goes.number}/cancellation").json()

    assert (moved["status"], moved["ship_date"], moved["wave"]) == ("paid", "2026-09-11", None)
    assert (cancelled["status"], cancelled["wave"]) == ("cancelled", None)
    assert list(ShipDate.objects.order_by("date").values_list("taken", flat=True)) == [0, 1]


def test_a_move_that_cannot_be_is_refused_with_its_field(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1), limit=1, taken=1)
    order = a_paid_order()
    a_member(client, "shop")
    place = f"staff/orders/{order.number}/ship-date"

    full = refused(sent(client, "put", place, {"ship_date": "2026-09-11"}), 409, "sold_out")
    unknown = refused(sent(client, "put", place, {"ship_date": "2026-12-24"}), 409, "date_not_open")
    refused(sent(client, "put", place, {"ship_date": "soon"}), 400, "invalid")
    refused(sent(client, "put", "staff/orders/BZ0/ship-date", {"ship_date": "2026-09-11"}), 404, "not_found")

    assert [document["fields"][0]["field"] for document in (full, unknown)] == ["ship_date"] * 2
    assert Order.objects.get().ship_date.date == DAY


def test_the_packing_bench_neither_moves_nor_cancels_orders(client):
    order = a_shop_with_a_paid_order()
    a_member(client, "packing")

    move = sent(client, "put", f"staff/orders/{order.number}/ship-date", {"ship_date": "2026-09-11"})
    refused(move, 403, "permission_denied")
    refused(sent(client, "post", f"staff/orders/{order.number}/cancellation"), 403, "permission_denied")

    assert Order.objects.get().status == "paid"


def test_orders_that_must_be_moved_are_found(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1))
    stranded, _ = a_paid_order(), a_paid_order(date=DAY + dt.timedelta(days=1))
    ShipDate.objects.filter(date=DAY).update(is_closed=True)
    a_member(client, "packing")

    found = client.get("/api/v1/staff/orders?stranded=true").json()["results"]

    assert [order["number"] for order in found] == [stranded.number]
