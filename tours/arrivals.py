"""Visits that are paid on arrival cost nothing to book, so one phone number may have only so many that are unpaid."""

import datetime as dt

from django.conf import settings
from django.db import connection
from django.db.models import F

from tours import refusals
from tours.models import Booking


def check(phone: str, now: dt.datetime) -> None:
    """See that this phone may book one more visit to be paid on arrival. Call inside the transaction that books it.

    :raises TooManyOnArrival: when as many as the farm allows wait for their money already.
    """
    _one_at_a_time(phone)
    unpaid = Booking.objects.filter(
        phone=phone, plan=Booking.Plan.ARRIVAL, status=Booking.Status.CONFIRMED, slot__ends_at__gt=now
    )
    unpaid = unpaid.filter(paid_fen__lt=F("total_fen") + F("fee_fen") - F("credit_fen"))
    if unpaid.count() >= settings.ARRIVAL_BOOKINGS_PER_PHONE:
        raise refusals.too_many_on_arrival(settings.ARRIVAL_BOOKINGS_PER_PHONE)


def _one_at_a_time(phone: str) -> None:
    """Two bookings of one phone at the same moment would not see each other; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"arrival:{phone}"])
