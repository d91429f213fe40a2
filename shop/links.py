"""The signed links of orders and of places in line: whoever has one may see and change, nobody can guess it."""

from django.http import Http404
from django.urls import reverse

from farm import rows
from farm.security import sign, unsign
from shop import asked
from shop.models import Order, WaitingOrder
from shop.models.orders import OrderQuerySet

PURPOSE, IN_LINE = "order", "waiting-order"


def token_of(order: Order) -> str:
    return sign(order.number, purpose=PURPOSE)


def order_path(order: Order) -> str:
    """The order's page for people."""
    return page_of(token_of(order))


def page_of(token: str) -> str:
    return reverse("shop:order", args=[token])


def number_in(token: str) -> str:
    """The order number in a link's token.

    :raises Http404: when the token is not ours.
    """
    number = unsign(token, purpose=PURPOSE)
    if number is None:
        raise Http404
    return number


def order_in(token: str, orders: OrderQuerySet | None = None) -> Order:
    """The order behind a link's token, with its ship date or as `orders` loads it.

    :raises Http404: for a forged token as for an order that is gone.
    """
    number = number_in(token)
    order = rows.first(asked.numbered_with_date, number) if orders is None else orders.filter(number=number).first()
    if order is None:
        raise Http404
    return order


def delivery_path() -> str:
    """The page about deliveries and refunds."""
    return reverse("shop:delivery")


def passport_path(code: str) -> str:
    """The page of a box, for whoever holds it."""
    return reverse("shop:passport", args=[code])


def waiting_token(waiting: WaitingOrder) -> str:
    return sign(waiting.number, purpose=IN_LINE)


def waiting_path(waiting: WaitingOrder) -> str:
    """The page of a place in line."""
    return reverse("shop:waiting", args=[waiting_token(waiting)])


def waiting_in(token: str) -> WaitingOrder:
    """The place in line behind a link's token, with its ship date.

    :raises Http404: for a forged token as for one that is gone.
    """
    known = WaitingOrder.objects.select_related("ship_date")
    waiting = known.filter(number=unsign(token, purpose=IN_LINE)).first()
    if waiting is None:
        raise Http404
    return waiting
