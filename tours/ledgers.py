"""Re-add what the visits count: each booking against its seats, its price, its history, its tickets and its money.

Checks like those of `farm.ledgers`, and below them, in the same order, the questions that they ask.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest
from django.utils.translation import gettext_noop as _

from farm import history
from farm.language import said
from farm.ledgers import LATE, broken_histories, held_by_nobody, left_of_payment, payables_between_stories, unlike
from farm.models import Movement, Payment
from farm.money import yuan
from farm.questions import compiled_once
from tours.models import (
    Bill,
    BookedUnit,
    Booking,
    BookingEvent,
    ClosureOffer,
    Credit,
    Rebooking,
    RebookingEvent,
    Slot,
    Ticket,
    VisitorsDay,
    WaitingParty,
    WaitingPartyEvent,
)

SURE = (Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW)
BOOKING, WAITING = "booking:", "waiting:"
SLOTS, DAYS, CREDITS = (f"{kind._meta.label_lower}:" for kind in (Slot, VisitorsDay, Credit))


def bookings_hold_their_seats(now: dt.datetime) -> Iterator[str]:
    """Every living booking holds its seats, those of a change and of what rain offers it; a dead one holds none."""
    for booking in _with_other_seats():
        yield said(
            _(
                "%(booking)s: holds %(seats)s seats (%(here)s of its own slot) and %(days)s of days, "
                "should hold %(owed)s"
            ),
            booking=booking,
            seats=booking.seats,
            here=booking.here,
            days=booking.days,
            owed=booking.owed,
        )


def bookings_hold_their_credit(now: dt.datetime) -> Iterator[str]:
    """Every booking holds exactly the credit it was paid with; an expired one holds none."""
    for booking in _with_other_credit():
        yield said(
            _("%(booking)s: holds ¥%(held)s of credits, should hold ¥%(owed)s"),
            booking=booking,
            held=yuan(booking.held),
            owed=yuan(booking.owed),
        )


def offers_hold_their_seats(now: dt.datetime) -> Iterator[str]:
    """Every waiting party to whom seats are offered holds them, any other holds none."""
    for party in _parties_with_other_seats():
        yield said(
            _("%(party)s: holds %(held)s seats, should hold %(owed)s"),
            party=party,
            held=party.held,
            owed=party.owed,
        )


def movements_belong_to_visits(now: dt.datetime) -> Iterator[str]:
    """Nothing is held in the name of a booking or a waiting party that does not exist."""
    for prefix, kind in ((BOOKING, Booking), (WAITING, WaitingParty)):
        for holder, counter, held in held_by_nobody(prefix, kind):
            yield said(
                _("%(holder)s: holds %(held)s of %(counter)s, but there is no such row"),
                holder=holder,
                held=held,
                counter=counter,
            )


def bookings_cost_what_their_units_say(now: dt.datetime) -> Iterator[str]:
    """Every total and every number of people is that of the booked units."""
    for booking in _unlike_their_units():
        yield said(
            _("%(booking)s: ¥%(total)s for %(people)s people; its units say ¥%(units)s and %(units_people)s"),
            booking=booking,
            total=yuan(booking.total_fen),
            people=booking.people,
            units=yuan(booking.units_fen),
            units_people=booking.units_people,
        )


def sure_bookings_have_their_tickets(now: dt.datetime) -> Iterator[str]:
    """Everybody of a sure booking has one living ticket, and only living bookings let anybody in."""
    for booking in _with_other_tickets():
        yield said(
            _("%(booking)s: %(tickets_made)s tickets for %(persons)s people"),
            booking=booking,
            tickets_made=booking.tickets_made,
            persons=booking.persons,
        )


def visits_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every booking, change and waiting party stands where its history says, by a path it may go."""
    yield from broken_histories(BookingEvent, owner="booking", begins="held", number="number")
    yield from broken_histories(RebookingEvent, owner="rebooking", begins="held", number="number")
    yield from broken_histories(WaitingPartyEvent, owner="party", begins="waiting", number="number")


def bookings_keep_their_money(now: dt.datetime) -> Iterator[str]:
    """What a booking says it was paid is what its bills keep."""
    for booking in _settled(_unlike_their_bills()):
        yield said(
            _("%(booking)s: says ¥%(paid)s was paid, its bills keep ¥%(bills)s"),
            booking=booking,
            paid=yuan(booking.paid_fen),
            bills=yuan(booking.bills_fen),
        )


def bills_keep_their_money(now: dt.datetime) -> Iterator[str]:
    """What a bill keeps is what its payment keeps, and no payment for a visit keeps money without a bill."""
    moving = _moving()
    for payment in _payments_unlike_their_bill():
        if payment.payable.partition("/")[0] not in moving:
            yield said(
                _("%(payment)s: keeps ¥%(left)s, the bill it paid keeps ¥%(bill)s"),
                payment=payment,
                left=yuan(payment.left_fen),
                bill=yuan(payment.bill_fen),
            )
    for bill in _bills_without_payment():
        yield said(
            _("%(bill)s: keeps ¥%(kept)s of %(paid_by)s, which was not captured"),
            bill=bill,
            kept=yuan(bill.kept_fen),
            paid_by=bill.paid_by or history.NOTHING,
        )


def bookings_keep_what_they_may(now: dt.datetime) -> Iterator[str]:
    """No booking keeps more than its price and fee; a dead one keeps its fee alone; one paid at once is paid."""
    for booking in _settled(_given_what_they_may_not()):
        yield said(
            _("%(booking)s: costs ¥%(total)s, fee ¥%(fee)s, was given ¥%(given)s"),
            booking=booking,
            total=yuan(booking.total_fen),
            fee=yuan(booking.fee_fen),
            given=yuan(booking.given),
        )


def holds_of_visits_end_in_time(now: dt.datetime) -> Iterator[str]:
    """No unpaid booking, change or offer stands more than five minutes after its time ended."""
    for kind in (Booking, Rebooking):
        for row in _dead_holds(kind, now - LATE):
            yield said(
                _("%(row)s: its hold ended at %(hold_until)s"),
                row=row,
                hold_until=f"{row.hold_until:%Y-%m-%d %H:%M:%S}",
            )
    for party in _offered_until(now - LATE):
        yield said(
            _("%(party)s: its offer ended at %(offered_until)s"),
            party=party,
            offered_until=f"{party.offered_until:%Y-%m-%d %H:%M:%S}",
        )


@compiled_once
def _with_other_seats() -> QuerySet[Any]:
    extra = _or_none(_held_changes()) + _or_none(_offered_seats())
    here = _moved(Q(counter=Concat(Value(SLOTS), Cast(OuterRef("slot_id"), CharField()))))
    bookings = _bookings().annotate(
        owed=_if_alive(F("people") + extra),
        own=_if_alive(F("people")),
        seats=_sum_of(_moved(Q(counter__startswith=SLOTS))),
        days=_sum_of(_moved(Q(counter__startswith=DAYS))),
        here=_sum_of(here),
    )
    return unlike(bookings, seats=F("owed"), days=F("owed"), here__gte=F("own"))


@compiled_once
def _with_other_credit() -> QuerySet[Any]:
    expired = When(status=Booking.Status.EXPIRED, then=Value(0))
    owed = Case(expired, default=F("credit_fen"), output_field=IntegerField())
    bookings = _bookings().annotate(owed=owed, held=_sum_of(_moved(Q(counter__startswith=CREDITS))))
    return unlike(bookings, held=F("owed"))


@compiled_once
def _parties_with_other_seats() -> QuerySet[Any]:
    moved = Movement.objects.filter(holder=Concat(Value(WAITING), OuterRef("number")), counter__startswith=SLOTS)
    offered = When(status=WaitingParty.Status.OFFERED, then=F("people"))
    owed = Case(offered, default=Value(0), output_field=IntegerField())
    parties: QuerySet[Any] = WaitingParty.objects.annotate(owed=owed, held=_sum_of(moved.order_by().values("holder")))
    return unlike(parties, held=F("owed"))


@compiled_once
def _unlike_their_units() -> QuerySet[Any]:
    units = BookedUnit.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    bookings = _bookings().annotate(
        units_fen=_or_none(units.annotate(fen=Sum("price_fen")).values("fen")),
        units_people=_or_none(units.annotate(many=Sum("people")).values("many")),
    )
    return unlike(bookings, total_fen=F("units_fen"), people=F("units_people"))


@compiled_once
def _with_other_tickets() -> QuerySet[Any]:
    alive = Ticket.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    persons = BookedUnit.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    no_seat = When(people=0, then=Value(1))
    one_each = Case(no_seat, default=F("people"), output_field=IntegerField())
    bookings = _bookings().filter(status__in=SURE)
    bookings = bookings.annotate(
        tickets_made=_or_none(alive.annotate(many=Count("pk")).values("many")),
        persons=_or_none(persons.annotate(many=Sum(one_each)).values("many")),
    )
    return unlike(bookings, tickets_made=F("persons"))


@compiled_once
def _unlike_their_bills() -> QuerySet[Any]:
    bills = Bill.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    bookings = _bookings().annotate(bills_fen=_or_none(bills.annotate(fen=Sum("kept_fen")).values("fen")))
    return unlike(bookings, paid_fen=F("bills_fen"))


@compiled_once
def _payments_unlike_their_bill() -> QuerySet[Any]:
    kept = Bill.objects.filter(paid_by=OuterRef("trade_no")).values("kept_fen")[:1]
    payments = Payment.objects.filter(payable__startswith=BOOKING, status=Payment.Status.CAPTURED)
    payments = payments.annotate(bill_fen=_or_none(kept), left_fen=left_of_payment())
    return unlike(payments, bill_fen=F("left_fen"))


@compiled_once
def _bills_without_payment() -> QuerySet[Bill]:
    known = Payment.objects.filter(trade_no=OuterRef("paid_by"), status=Payment.Status.CAPTURED)
    return Bill.objects.filter(~Exists(known), kept_fen__gt=0).order_by("pk")


@compiled_once
def _given_what_they_may_not() -> QuerySet[Any]:
    given = F("paid_fen") + F("credit_fen")
    bookings = _bookings().annotate(given=given, owed=F("total_fen") + F("fee_fen"))
    dead = Q(status=Booking.Status.CANCELLED) & ~Q(given=F("fee_fen"))
    nothing = Q(status__in=(Booking.Status.EXPIRED, Booking.Status.HELD), paid_fen__gt=0)
    alive = Q(status__in=SURE)
    too_much = alive & Q(given__gt=F("owed"))
    unpaid = alive & Q(plan=Booking.Plan.FULL, given__lt=F("owed"))
    wrong: QuerySet[Any] = bookings.filter(dead | nothing | too_much | unpaid).order_by("pk")
    return wrong


@compiled_once
def _dead_holds(kind: type[Booking] | type[Rebooking], then: dt.datetime) -> QuerySet[Any]:
    return kind.objects.with_a_dead_hold(then).order_by("hold_until")


@compiled_once
def _offered_until(then: dt.datetime) -> QuerySet[WaitingParty]:
    offered = WaitingParty.objects.filter(status=WaitingParty.Status.OFFERED, offered_until__lte=then)
    return offered.order_by("offered_until")


def _bookings() -> QuerySet[Any]:
    """All bookings, as rows that carry sums."""
    return Booking.objects.all()


def _held_changes() -> QuerySet[Any, Any]:
    """Seats that a booking's waiting change keeps beside its own; of its own slot only those that it needs more."""
    more = Greatest(F("people") - F("booking__people"), Value(0), output_field=IntegerField())
    beside = Case(When(slot=F("booking__slot"), then=more), default=F("people"), output_field=IntegerField())
    changes = Rebooking.objects.held().filter(booking=OuterRef("pk")).order_by().values("booking")
    sums: QuerySet[Any, Any] = changes.annotate(many=Sum(beside)).values("many")
    return sums


def _offered_seats() -> QuerySet[Any, Any]:
    """Seats that are kept for a booking in the slots it may choose after rain."""
    offers = ClosureOffer.objects.filter(booking=OuterRef("pk"), status=ClosureOffer.Status.WAITING)
    counted = offers.order_by().values("booking").annotate(many=Count("alternatives") * F("booking__people"))
    sums: QuerySet[Any, Any] = counted.values("many")
    return sums


def _moved(counters: Q) -> QuerySet[Any, Any]:
    """What an outer booking's movements add up to."""
    return (
        Movement.objects.filter(counters, holder=Concat(Value(BOOKING), OuterRef("number"))).order_by().values("holder")
    )


def _sum_of(movements: QuerySet[Any, Any]) -> Coalesce:
    return _or_none(movements.annotate(sum=Sum("amount")).values("sum"))


def _or_none(amount: QuerySet[Any, Any]) -> Coalesce:
    """A sum of other rows, 0 where there are none."""
    return Coalesce(Subquery(amount), 0, output_field=IntegerField())


def _if_alive(amount: Any) -> Case:
    return Case(When(status__in=Booking.HOLDING, then=amount), default=Value(0), output_field=IntegerField())


def _settled(bookings: Iterator[Any]) -> Iterator[Any]:
    """Bookings whose money is not between two stories at this very moment."""
    moving = _moving()
    return (booking for booking in bookings if booking.holder not in moving)


def _moving() -> set[str]:
    """Bookings with money between two stories, by the name under which movements speak of them."""
    return {payable.partition("/")[0] for payable in payables_between_stories()}
