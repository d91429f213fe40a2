"""What stories ask of one order again and again: shapes for `farm.rows`, which are written once."""

from typing import Any

from django.db.models import QuerySet

from shop.models import Order
from shop.models.orders import OrderQuerySet


def numbered(number: str) -> OrderQuerySet:
    return Order.objects.filter(number=number)


def held_still(number: str) -> QuerySet[Any]:
    """The order's own row, locked until commit; its ship date is read after it, never with it.

    PostgreSQL joins before it waits. When the order led to another date by then, it finds no row that does both.
    """
    return numbered(number).select_for_update().values_list("pk")


def numbered_with_date(number: str) -> OrderQuerySet:
    return numbered(number).select_related("ship_date")
