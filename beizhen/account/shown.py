"""Orders and visits as rows of the account's lists: how they stand in the customer's words, and the way to them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from farm.models import Customer
from shop import customers as buyers
from shop import links as orders
from shop.models import Order, OrderLine
from shop.pages.progress import labels
from shop.pricing import QuoteLine, bought
from tours import links as visits
from tours import visitors
from tours.models import Booking

PER_PAGE = 20


@dataclass(frozen=True)
class OrderRow:
    order: Order
    label: str

    @property
    def path(self) -> str:
        return orders.order_path(self.order)

    @property
    def waits(self) -> bool:
        """Something is for the customer to do."""
        return self.order.status == Order.Status.PLACED

    @property
    def boxes(self) -> list[QuoteLine]:
        return bought(self.order.lines.all())

    @property
    def is_over(self) -> bool:
        return self.order.status in buyers.ENDED


@dataclass(frozen=True)
class BookingRow:
    booking: Booking
    label: str

    @property
    def path(self) -> str:
        return visits.booking_path(self.booking)

    @property
    def waits(self) -> bool:
        """Something is for the visitor to do."""
        return self.booking.status == Booking.Status.HELD

    @property
    def is_over(self) -> bool:
        return self.booking.status not in (Booking.Status.HELD, Booking.Status.CONFIRMED)


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the row after which older ones come; 0: there are none."""

    rows: Sequence[OrderRow | BookingRow]
    older: int


def orders_of(customer: Customer, *, before: int = 0, now: dt.datetime, most: int = PER_PAGE) -> Page:
    """The newest orders, or those older than the row `before`."""
    lines = Prefetch("lines", OrderLine.objects.select_related("box__variety"))
    known = buyers.orders_of(customer).select_related("ship_date").prefetch_related(lines)
    found = list((known.filter(pk__lt=before) if before else known).order_by("-pk")[: most + 1])
    words = labels()
    rows = [OrderRow(order, _order_label(order, words, now)) for order in found[:most]]
    return Page(rows, found[most - 1].pk if len(found) > most else 0)


def bookings_of(customer: Customer, *, before: int = 0, now: dt.datetime, most: int = PER_PAGE) -> Page:
    """The newest bookings, or those older than the row `before`."""
    known = visitors.listed_bookings_of(customer)
    found = list((known.filter(pk__lt=before) if before else known).order_by("-pk")[: most + 1])
    rows = [BookingRow(booking, _booking_label(booking, now)) for booking in found[:most]]
    return Page(rows, found[most - 1].pk if len(found) > most else 0)


def _order_label(order: Order, words: dict[str, str], now: dt.datetime) -> str:
    if order.status == Order.Status.PLACED:
        return _("Waits for payment") if order.awaits_payment(now) else words[Order.Status.EXPIRED]
    return words[order.status]


def _booking_label(booking: Booking, now: dt.datetime) -> str:
    if booking.awaits_payment(now):
        return _("Waits for payment")
    is_dead = booking.status == Booking.Status.HELD
    return str((Booking.Status.EXPIRED if is_dead else Booking.Status(booking.status)).label)
