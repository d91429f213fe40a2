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
    if order.buyer_phone:  # empty: the customer asked to be forgotten before this was told
        name = "" if order.is_for_another else order.name
        customers.remember(phone=order.buyer_phone, name=name, language=order.language, since=order.placed_at, now=now)


def orders_of(customer: Customer) -> OrderQuerySet:
    """What was bought with the phone that the customer has proven to be theirs; nothing for a mail address."""
    return Order.objects.filter(buyer_phone=customer.phone) if customer.phone else Order.objects.none()


def given_to(customer: Customer) -> OrderQuerySet:
    """What others bought for them: theirs is where it goes, not what it cost and not the order."""
    if not customer.phone:
        return Order.objects.none()
    return Order.objects.for_others().filter(phone=customer.phone)


def waiting_of(customer: Customer) -> QuerySet[WaitingOrder]:
    """Their places in line for full ship dates."""
    return WaitingOrder.objects.filter(phone=customer.phone) if customer.phone else WaitingOrder.objects.none()
