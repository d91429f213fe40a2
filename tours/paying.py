"""Going to the cashier with a booking: its first bill, a change that costs more, or what is left to pay."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from farm import payments
from farm.models import Payment
from tours import asked, money, refusals
from tours.models import Bill, Booking, Rebooking


def start(*, booking: Booking, provider: str = "", return_url: str, now: dt.datetime) -> Payment:
    """Open an attempt to pay what is due of the booking now, and return it with its `pay_url`.

    The farm's first provider serves when none is named. Not atomic, as `payments.start`.

    :raises NotPossibleNow: when nothing is to be paid, or the hold has ended.
    :raises Refused: what `payments.start` refuses.
    """
    payable, amount_fen, expires_at = _due(booking, now)
    asked = payments.Bill(
        payable=payable,
        amount_fen=amount_fen,
        subject=_("Beizhen farm visit, booking %(number)s") % {"number": booking.number},
        expires_at=expires_at,
    )
    return payments.start(asked, provider=provider or settings.PAYMENT_PROVIDERS[0], return_url=return_url, now=now)


@transaction.atomic
def remainder(booking: Booking, *, now: dt.datetime) -> Bill:
    """The bill for what is left to pay of a sure booking.

    :raises NotPossibleNow: when nothing is.
    """
    booking = asked.locked(booking)
    if booking.status not in (Booking.Status.CONFIRMED, Booking.Status.ATTENDED) or not booking.balance_fen:
        raise refusals.nothing_to_pay(booking)
    return money.open_bill(booking, why=Bill.Why.REMAINDER, amount_fen=booking.balance_fen, now=now)


def _due(booking: Booking, now: dt.datetime) -> tuple[str, int, dt.datetime]:
    """What to pay now: the payable, how many fen, and until when. What a held booking asks stands in its own row."""
    if booking.status == Booking.Status.HELD:
        if not booking.awaits_payment(now):
            raise refusals.not_possible(booking)
        return money.first_payable(booking), booking.due_first_fen, booking.hold_until
    change = Rebooking.objects.filter(booking=booking, status=Rebooking.Status.HELD).select_related("bill").first()
    if change and change.awaits_payment(now):
        change.bill.booking = booking
        return change.bill.payable, change.bill.amount_fen, change.hold_until
    if booking.slot.is_shut(now) and booking.status == Booking.Status.CONFIRMED:
        raise refusals.not_possible(booking)  # first its party chooses what it wants instead
    bill = remainder(booking, now=now)
    return (
        bill.payable,
        bill.amount_fen,
        max(now + dt.timedelta(minutes=settings.BOOKING_HOLD_MINUTES), booking.slot.ends_at),
    )
