"""The farm remembers who bought, and shows them what they bought."""

import datetime as dt

from django.db.models import QuerySet

from farm import customers, rows
from farm.models import Customer
from shop import asked
from shop.models import Order, WaitingOrder
from shop.models.orders import OrderQuerySet

ENDED = (Order.Status.DELIVERED, Order.Status.CANCELLED, Order.Status.EXPIRED)


def on_paid(*, number: str, now: dt.datetime, **_: object) -> None:
    order = rows.one(asked.numbered, number)
    if order.phone:  # empty: the customer asked to be forgotten before this was told
        customers.remember(phone=order.phone, name=order.name, language=order.language, since=order.placed_at, now=now)


def orders_of(customer: Customer) -> OrderQuerySet:
    """The orders of the phone that the customer has proven to be theirs, the newest first; none for a mail address."""
    return Order.objects.filter(phone=customer.phone) if customer.phone else Order.objects.none()


def waiting_of(customer: Customer) -> QuerySet[WaitingOrder]:
    """Their places in line for full ship dates."""
    return WaitingOrder.objects.filter(phone=customer.phone) if customer.phone else WaitingOrder.objects.none()
