"""The farm remembers who visits, and shows them their visits."""

import datetime as dt
from typing import TypeVar

from django.db.models import Model, QuerySet, Sum, Value
from django.db.models.functions import Greatest, Lower

from farm import customers, rows
from farm.models import Customer
from tours.models import Booking, Credit, WaitingParty

Row = TypeVar("Row", bound=Model)


def on_confirmed(*, number: str, now: dt.datetime, **_: object) -> None:
    """Keep the visitor of a sure booking; walk-ins leave no name."""
    booking = rows.one(_numbered, number)
    if booking.phone:
        customers.remember(
            phone=booking.phone, name=booking.name, language=booking.language, since=booking.held_at, now=now
        )


def _numbered(number: str) -> QuerySet[Booking]:
    return Booking.objects.filter(number=number)


def bookings_of(customer: Customer) -> QuerySet[Booking]:
    """The bookings of the phone or the mail address that the customer has proven to be theirs, the newest first."""
    return _of(customer, Booking.objects.all())


def listed_bookings_of(customer: Customer) -> QuerySet[Booking]:
    """The same for a list: with what is visited, and in `heads` everybody who comes, as an infant takes no seat."""
    heads = Sum(Greatest("units__people", Value(1)))
    return bookings_of(customer).select_related("slot__experience").annotate(heads=heads)


def waiting_of(customer: Customer) -> QuerySet[WaitingParty]:
    """Their parties in line for full times."""
    return _of(customer, WaitingParty.objects.all())


def credits_of(customer: Customer) -> QuerySet[Credit]:
    """Credits belong to a phone."""
    return Credit.objects.filter(phone=customer.phone) if customer.phone else Credit.objects.none()


def _of(customer: Customer, known: QuerySet[Row]) -> QuerySet[Row]:
    if customer.phone:
        return known.filter(phone=customer.phone)
    mine: QuerySet[Row] = known.alias(mail=Lower("email")).filter(mail=customer.email)  # type: ignore[assignment]  # an alias is in the stubs another row
    return mine if customer.email else known.none()
