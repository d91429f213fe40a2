"""The visits forget a visitor: who came goes, how many came and what they paid stays for the books."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm.erasure import Obstacle, money_under_way
from farm.models import Customer
from tours import waiting
from tours.links import booking_path
from tours.models import Bill, Booking, Credit, WaitingParty
from tours.visitors import bookings_of, credits_of, waiting_of

UNDER_WAY = (Booking.Status.HELD, Booking.Status.CONFIRMED)
IN_LINE = WaitingParty.MOVES[WaitingParty.Status.LEFT]


def obstacles(customer: Customer) -> Iterator[Obstacle]:
    """Visits that are still to come, and money that is on its way back."""
    bookings = bookings_of(customer)
    for booking in bookings.filter(status__in=UNDER_WAY).order_by("pk"):
        words = _("Booking %(number)s is still to come.") % {"number": booking.number}
        yield Obstacle(words, booking_path(booking))
    over = bookings.exclude(status__in=UNDER_WAY)
    bills = list(Bill.objects.filter(booking__in=over).select_related("booking").order_by("pk"))
    going = money_under_way(bill.payable for bill in bills)
    for booking in {bill.booking_id: bill.booking for bill in bills if bill.payable in going}.values():
        words = _("Money of booking %(number)s is on its way back to you.") % {"number": booking.number}
        yield Obstacle(words, booking_path(booking))


def unspent_credits(customer: Customer, *, now: dt.datetime) -> list[Credit]:
    """Credits that end with the account, for they are bound to its phone."""
    return list(credits_of(customer).filter(expires_on__gte=localdate(now), taken__lt=F("limit")).order_by("pk"))


def forget(customer: Customer, *, now: dt.datetime) -> None:
    """Leave every line and erase who came. Times, people and money stay: the ledgers do not change.

    Call inside a transaction, when nothing stands in the way. What is booked at this very moment keeps who booked it.
    """
    for party in waiting_of(customer).filter(status__in=IN_LINE).order_by("pk"):
        waiting.leave(party=party, by="visitor", now=now)
    waiting_of(customer).update(name="", phone="", email="")
    credits_of(customer).update(phone="")
    over = bookings_of(customer).exclude(status__in=UNDER_WAY)
    over.update(name="", phone="", email="", answers={}, notes="", cancel_reason="")
