"""The farm remembers who bought: one row per phone number."""

import datetime as dt

from farm.models import Customer
from shop.models import Order


def on_paid(*, number: str, now: dt.datetime, **_: object) -> None:
    """Keep the customer of a paid order, with the name and language of the newest one."""
    order = Order.objects.get(number=number)
    customer = Customer(
        phone=order.phone, name=order.name, language=order.language, first_seen_at=order.placed_at, last_seen_at=now
    )
    Customer.objects.bulk_create(
        [customer],
        update_conflicts=True,
        unique_fields=["phone"],
        update_fields=["name", "language", "last_seen_at"],
    )
