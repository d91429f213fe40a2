"""What stories ask of one order again and again: shapes for `farm.rows`, which are written once."""

from shop.models import Order
from shop.models.orders import OrderQuerySet


def numbered(number: str) -> OrderQuerySet:
    return Order.objects.filter(number=number)


def numbered_with_date(number: str) -> OrderQuerySet:
    return numbered(number).select_related("ship_date")
