"""People the farm knows by phone number: one row each, whatever they bought or booked."""

import datetime as dt

from farm.models import Customer


def remember(*, phone: str, name: str, language: str, since: dt.datetime, now: dt.datetime) -> None:
    """Keep the customer, with the name and language of the newest order or booking."""
    customer = Customer(phone=phone, name=name, language=language, first_seen_at=since, last_seen_at=now)
    Customer.objects.bulk_create(
        [customer],
        update_conflicts=True,
        unique_fields=["phone"],
        update_fields=["name", "language", "last_seen_at"],
    )
