"""The signed link of an order: whoever has it may see and change the order, nobody can guess it."""

from django.http import Http404
from django.urls import reverse

from farm.security import sign, unsign
from shop.models import Order

PURPOSE = "order"


def order_path(order: Order) -> str:
    return reverse("shop:order", args=[sign(order.number, purpose=PURPOSE)])


def number_in(token: str) -> str:
    """The order number in a link's token.

    :raises Http404: when the token is not ours.
    """
    number = unsign(token, purpose=PURPOSE)
    if number is None:
        raise Http404
    return number


def order_in(token: str) -> Order:
    """The order behind a link's token, with its ship date.

    :raises Http404: when the token is not ours or the order is gone.
    """
    order = Order.objects.select_related("ship_date").filter(number=number_in(token)).first()
    if order is None:
        raise Http404
    return order
