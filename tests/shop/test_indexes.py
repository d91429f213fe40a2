"""Lists that staff look at all day are read from an index, however many orders were delivered in all the years."""

import datetime as dt

import pytest
from django.db import connection  # noqa: F401  # the condition of skipif reads it

from farm.admin import places
from farm.models import LedgerEntry, Movement, Payment
from shop import checkout, tracking
from shop.models import Order
from tests.builders import NOW, a_shop, an_order
from tests.plans import plans

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once("PostgreSQL plans by statistics that a test has not"),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL plans by statistics that a test has not"),
]
PAGE = 51


@pytest.mark.parametrize("status", ["paid", "planned", "picked", "packed"])
def test_the_newest_orders_of_a_living_state_come_from_its_index(status):
    plan = Order.objects.filter(status=status).order_by("-pk")[:PAGE].explain()

    assert "USING INDEX orders_to_send" in plan
    assert "TEMP B-TREE" not in plan


def test_parcels_that_should_have_arrived_come_from_the_index_of_those_on_the_road():
    plan = tracking.overdue(Order.objects.all(), today=NOW.date()).order_by("-pk")[:PAGE].explain()

    assert "USING INDEX parcels_to_ask_about" in plan
    assert "SCAN shop_order" not in plan


def test_orders_whose_hold_ended_are_found_without_reading_all_orders():
    a_shop()
    an_order()

    read = plans(lambda: checkout.expire_holds(NOW + dt.timedelta(minutes=16)), of="shop_order")

    assert Order.objects.get().status == "expired"
    assert len(read) >= 2
    assert all("USING INDEX orders_on_hold" in plan and "TEMP B-TREE" not in plan for plan in read), read


@pytest.mark.parametrize(("model", "column"), [(Movement, "holder"), (Payment, "payable"), (LedgerEntry, "payable")])
@pytest.mark.parametrize("term", ["order:BZ7K3M9QF2XA", "BV7K3M9QF2XA"])
def test_what_is_looked_for_by_name_or_number_comes_from_an_index(model, column, term):
    plan = model.objects.filter(places.named(column, term)).explain()

    assert "SCAN" not in plan, plan
