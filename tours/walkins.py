"""Walk-ins: places sold at the gate to people who give no name, paid at the desk and let in at once."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from farm import idempotency, payments, rows
from farm.payments import desk
from farm.refusals import Refused
from farm.security import new_reference
from tours import asked, cancelling, gate, receiving, refusals, seats, sheets
from tours import booking as holding
from tours.gate import Admission, Scan, Whom
from tours.models import Bill, Booking, CheckIn, Slot, Ticket
from tours.party import Party, PricedParty, priced

ONE_DAY = dt.timedelta(days=1)
SALES = "walk-in"
WITHDRAWN = "withdrawn"
BACK_FROM = (Booking.Status.CONFIRMED, Booking.Status.ATTENDED)


class NotNow(Refused):
    """The slot is over, or is not today's."""

    code = "slot_not_open"
    conflict = True


class OldPage(Refused):
    """The gate's page is from before sums were agreed: it shows what it kept, and says no sum."""

    code = "old_page"


class NotSoldHere(Refused):
    """It was booked, not sold at the gate."""

    code = "not_sold_here"
    conflict = True


class SoldAlready(Refused):
    """The sale that is given up was heard: `number` is its booking."""

    code = "sold_already"
    conflict = True


def asked_fen(*, slot: int, party: Party, now: dt.datetime) -> int:
    """What the party pays in one of today's slots, in fen: the sum that stands on the button.

    :raises Refused: when they could not be sold places whatever they pay.
    """
    return _priced(_open_slot(slot, now), party, now).total_fen


def sell(*, slot: int, party: Party, how: str, agreed_fen: int, scan: Scan, now: dt.datetime) -> Admission:
    """Sell a party places in one of today's slots until it ends, take the money (`how`: a TillEntry.How), let it in.

    The scan's nonce is the sale's, whoever sends it: sent again it sells nothing and gives the same answer.
    `agreed_fen` is the sum that both sides of the desk have seen. It is a condition of the sale and no part of what the
    nonce stands for: what was sold stays sold, and is answered as sold, whatever it would cost by now.

    :raises Refused: full, closed, over, a broken rule of the party, a kind of money the till does not know.
    :raises OtherSum: when it costs another sum than `agreed_fen`; nothing is sold.
    :raises KeyReused: when the nonce sold something else, or was withdrawn.
    :raises NonceUsed: when it let somebody in.
    """
    request = idempotency.Request(SALES, scan.nonce, idempotency.fingerprint((slot, party, how)))
    try:
        row = _open_slot(slot, now)
        return _sell(row, _agreed(row, party, agreed_fen, now), how, scan, request, now)
    except (Refused, idempotency.AlreadyDone):
        number = idempotency.recall(request)
        if number is None:
            raise
        return gate.admit(code=number, whom=Whom(), scan=scan, now=now)
    except IntegrityError as error:
        raise gate.nonce_used() from error


def old_page() -> OldPage:
    return OldPage(
        _("Nothing was sold: this page of the gate is an older one and does not say the sum."),
        advice=_("Reload the page, then sell again."),
        field="amount_fen",
    )


def withdraw(*, nonce: str, now: dt.datetime) -> None:
    """Give up a sale whose answer never came, because the people have left: heard later, it sells nothing.

    :raises SoldAlready: when it was heard.
    """
    try:
        with transaction.atomic():
            idempotency.remember(idempotency.Request(SALES, nonce, WITHDRAWN), subject="", now=now)
    except idempotency.AlreadyDone:
        sold = CheckIn.objects.filter(nonce=nonce).select_related("booking").first()
        if sold:
            number = sold.booking.number
            raise SoldAlready(
                _("It was sold as booking %(number)s.") % {"number": number},
                advice=_("Take the money, or ask the office to take the sale back."),
                number=number,
            ) from None


@transaction.atomic
def take_back(*, booking: Booking, by: str, reason: str, now: dt.datetime) -> Booking:
    """Take back a sale that was a mistake: nobody of it was here, its seats are free, its money is due at the desk.

    :raises NotSoldHere: when it was booked anywhere else: who booked has come, or cancels.
    :raises NotPossibleNow: when it was taken back already.
    """
    booking = asked.locked(booking)
    if booking.channel != Booking.Channel.GATE:
        raise NotSoldHere(
            _("Booking %(number)s was not sold at the gate.") % {"number": booking.number},
            advice=_("Only a sale to people without a booking is taken back here."),
        )
    if booking.status in BACK_FROM:
        _let_out_again(booking, by, now)
    return cancelling.cancel_for_the_farm(booking=booking, by=by, reason=reason, now=now)


def open_slots(now: dt.datetime) -> Sequence[Slot]:
    """Today's slots for which places can be sold at the gate, full ones among them, the one that is on first."""
    coming = Slot.objects.filter(ends_at__gt=now, is_closed=False, day__is_closed=False)
    today = coming.filter(Q(date=localdate(now)) | Q(date=localdate(now) - ONE_DAY, starts_at__lte=now))
    return list(today.select_related("experience", "day").order_by("starts_at", "experience__position"))


def _priced(slot: Slot, party: Party, now: dt.datetime) -> PricedParty:
    return priced(party, slot=slot, sheet=sheets.recent(slot.experience_id, now))


def _agreed(slot: Slot, party: Party, agreed_fen: int, now: dt.datetime) -> PricedParty:
    whole = _priced(slot, party, now)
    if whole.total_fen != agreed_fen:
        raise gate.other_sum(whole.total_fen)
    return whole


@transaction.atomic
def _sell(
    slot: Slot, whole: PricedParty, how: str, scan: Scan, request: idempotency.Request, now: dt.datetime
) -> Admission:
    booking = _booking(slot, whole, now)
    idempotency.remember(request, subject=booking.number, now=now)
    rows.insert_one(booking)
    rows.insert(holding.units_of(booking, whole))
    booking.log("held", at=now, by=scan.by, gate=scan.gate)
    seats.take(slot, booking.people, holder=booking.holder, why="walk-in", now=now)
    _pay(booking, how, scan.by, now)
    booking.refresh_from_db(fields=["status", "issue", "paid_fen", "confirmed_at"])
    party_in = gate.party_of(booking)
    check_in = gate.let_in(party_in, party_in, booking, scan, now)
    return Admission(booking, check_in, party_in)


def _let_out_again(booking: Booking, by: str, now: dt.datetime) -> None:
    """Void the scan that let them in; what it said stays in the history."""
    Ticket.objects.filter(booking=booking).update(check_in=None)
    for check_in in booking.check_ins.all():
        booking.log("not let in", at=now, by=by, people=check_in.people, gate=check_in.gate)
        check_in.delete()


def _open_slot(slot: int, now: dt.datetime) -> Slot:
    row = Slot.objects.select_related("experience", "day").filter(pk=slot).first()
    if row is None:
        raise refusals.unknown_slot()
    if row.is_closed or row.day.is_closed:
        raise refusals.slot_closed(row)
    is_today = row.date == localdate(now) or row.starts_at <= now  # one may have begun before midnight
    if not is_today or now >= row.ends_at:
        raise NotNow(
            _("Places are sold at the gate on the day, until the visit ends."),
            advice=_("Choose one of today's visits that is not over."),
            field="slot",
        )
    return row


def _booking(slot: Slot, whole: PricedParty, now: dt.datetime) -> Booking:
    return Booking(
        number=new_reference("BV"),
        slot=slot,
        channel=Booking.Channel.GATE,
        people=whole.people,
        total_fen=whole.total_fen,
        held_at=now,
        hold_until=now + dt.timedelta(minutes=settings.BOOKING_HOLD_MINUTES),
    )


def _pay(booking: Booking, how: str, by: str, now: dt.datetime) -> None:
    """The money is in the till before the booking is sure; a free party needs none."""
    if not booking.total_fen:
        holding.confirm(booking, now=now, by=by)
        return
    bill = Bill(booking=booking, number=1, why=Bill.Why.FULL, amount_fen=booking.total_fen, made_at=now)
    rows.insert([bill])
    asked = payments.Bill(
        payable=bill.payable,
        amount_fen=bill.amount_fen,
        subject=_("Beizhen farm visit, booking %(number)s") % {"number": booking.number},
        expires_at=booking.hold_until,
    )
    payment = desk.take_at_desk(asked, by=by, how=how, now=now)
    receiving.on_payment(payable=bill.payable, payment=payment.trade_no, amount_fen=bill.amount_fen, by=by, now=now)
