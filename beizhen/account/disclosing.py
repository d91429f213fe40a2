"""Everything that the farm holds about a customer, of all rooms, in one file."""

import datetime as dt
from typing import Any

from farm import disclosure
from farm.models import Customer
from shop import disclosure as shop
from tours import disclosure as tours


def held_about(customer: Customer, *, now: dt.datetime) -> dict[str, Any]:
    """The whole of it, in a fixed number of queries; times carry their zone, money is fen."""
    about = spoken_of(customer)
    ground = disclosure.held_about(customer, about=about)
    return {"made_at": now, **ground, **shop.held_about(customer), **tours.held_about(customer)}


def spoken_of(customer: Customer) -> list[str]:
    """The names under which messages speak of the customer's orders, visits and places in line."""
    return [*shop.spoken_of(customer), *tours.spoken_of(customer)]
