"""Lists that staff look at all day are read from an index, however many orders were delivered in all the years."""

import pytest
from django.db import connection  # noqa: F401  # the condition of skipif reads it

from shop.models import Order

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL plans by statistics that a test has not"),
]
PAGE = 51


@pytest.mark.parametrize("status", ["paid", "planned", "picked", "packed"])
def test_the_newest_orders_of_a_living_state_come_from_its_index(status):
    plan = Order.objects.filter(status=status).order_by("-pk")[:PAGE].explain()

    assert "USING INDEX orders_to_send" in plan
    assert "TEMP B-TREE" not in plan
