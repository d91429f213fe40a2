"""The farm remembers who visits."""

import datetime as dt

from farm import customers
from tours.models import Booking


def on_confirmed(*, number: str, now: dt.datetime, **_: object) -> None:
    """Keep the visitor of a sure booking; walk-ins leave no name."""
    booking = Booking.objects.get(number=number)
    if booking.phone:
        customers.remember(
            phone=booking.phone, name=booking.name, language=booking.language, since=booking.held_at, now=now
        )
