"""The signed links by which a customer reaches an order: whoever holds the token is its customer."""

from functools import cache

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from farm.security import sign, unsign
from shop.models import Order
from shop.models.orders import OrderQuerySet

PURPOSE = "order"


def links_of(order: Order) -> dict[str, str]:
    token = sign(order.number, purpose=PURPOSE)
    own = f"{_orders()}/{token}"
    return {"self": own, "pay": f"{own}/payment", "page": page_of(token)}


def page_of(token: str) -> str:
    """The order's page for people, which the shop's own pages serve."""
    return reverse("shop:order", args=[token])


def order_by(token: str, orders: OrderQuerySet | None = None) -> Order:
    """The order that a token speaks for.

    :raises Http404: for a forged token as for an order that is gone.
    """
    number = unsign(token, purpose=PURPOSE)
    if number is None:
        raise Http404
    chosen = Order.objects.select_related("ship_date") if orders is None else orders
    return get_object_or_404(chosen, number=number)


@cache
def _orders() -> str:
    return reverse("shop-api:orders")
