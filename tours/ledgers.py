"""Re-add what the visits count: each booking against its seats, its price, its history, its tickets and its money.

Checks like those of `farm.ledgers`: the database adds up, and only what differs comes out.
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
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Substr

from farm.ledgers import LATE, broken_histories, left_of_payment
from farm.models import Movement, OutboxMessage, Payment
from farm.money import yuan
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

BOOKING, WAITING = "booking:", "waiting:"
SLOTS, DAYS, CREDITS = (f"{kind._meta.label_lower}:" for kind in (Slot, VisitorsDay, Credit))
MOVING_MONEY = ("payment.captured", "refund.due")
"""Topics that wait in the outbox while money is between two stories."""


def bookings_hold_their_seats(now: dt.datetime) -> Iterator[str]:
    """Every living booking holds its seats, those of a change and of what rain offers it; a dead one holds none."""
    extra = _or_none(_held_changes()) + _or_none(_offered_seats())
    here = _moved(Q(counter=Concat(Value(SLOTS), Cast(OuterRef("slot_id"), CharField()))))
    bookings = _bookings().annotate(
        owed=_if_alive(F("people") + extra),
        own=_if_alive(F("people")),
        seats=_sum_of(_moved(Q(counter__startswith=SLOTS))),
        days=_sum_of(_moved(Q(counter__startswith=DAYS))),
        here=_sum_of(here),
    )
    for booking in bookings.exclude(seats=F("owed"), days=F("owed"), here__gte=F("own")).order_by("pk").iterator():
        yield (
            f"{booking}: holds {booking.seats} seats ({booking.here} of its own slot) and {booking.days} of days, "
            f"should hold {booking.owed}"
        )


def bookings_hold_their_credit(now: dt.datetime) -> Iterator[str]:
    """Every booking holds exactly the credit it was paid with; an expired one holds none."""
    expired = When(status=Booking.Status.EXPIRED, then=Value(0))
    owed = Case(expired, default=F("credit_fen"), output_field=IntegerField())
    bookings = _bookings().annotate(owed=owed, held=_sum_of(_moved(Q(counter__startswith=CREDITS))))
    for booking in bookings.exclude(held=F("owed")).order_by("pk").iterator():
        yield f"{booking}: holds ¥{yuan(booking.held)} of credits, should hold ¥{yuan(booking.owed)}"


def offers_hold_their_seats(now: dt.datetime) -> Iterator[str]:
    """Every waiting party to whom seats are offered holds them, any other holds none."""
    moved = Movement.objects.filter(holder=Concat(Value(WAITING), OuterRef("number")), counter__startswith=SLOTS)
    offered = When(status=WaitingParty.Status.OFFERED, then=F("people"))
    owed = Case(offered, default=Value(0), output_field=IntegerField())
    parties: QuerySet[Any] = WaitingParty.objects.annotate(owed=owed, held=_sum_of(moved.order_by().values("holder")))
    for party in parties.exclude(held=F("owed")).order_by("pk").iterator():
        yield f"{party}: holds {party.held} seats, should hold {party.owed}"


def movements_belong_to_visits(now: dt.datetime) -> Iterator[str]:
    """Nothing is held in the name of a booking or a waiting party that does not exist."""
    kinds: tuple[tuple[str, QuerySet[Any]], ...] = (
        (BOOKING, Booking.objects.all()),
        (WAITING, WaitingParty.objects.all()),
    )
    for prefix, rows in kinds:
        number = Substr("holder", len(prefix) + 1)
        strangers = Movement.objects.filter(holder__startswith=prefix).annotate(number=number)
        unknown = ~Exists(rows.filter(number=OuterRef("number")))
        sums = strangers.filter(unknown).values("holder", "counter").annotate(held=Sum("amount"))
        for entry in sums.exclude(held=0).order_by("holder", "counter").iterator():
            yield f"{entry['holder']}: holds {entry['held']} of {entry['counter']}, but there is no such row"


def bookings_cost_what_their_units_say(now: dt.datetime) -> Iterator[str]:
    """Every total and every number of people is that of the booked units."""
    units = BookedUnit.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    bookings = _bookings().annotate(
        units_fen=_or_none(units.annotate(fen=Sum("price_fen")).values("fen")),
        units_people=_or_none(units.annotate(many=Sum("people")).values("many")),
    )
    for booking in bookings.exclude(total_fen=F("units_fen"), people=F("units_people")).order_by("pk").iterator():
        yield (
            f"{booking}: ¥{yuan(booking.total_fen)} for {booking.people} people; its units say "
            f"¥{yuan(booking.units_fen)} and {booking.units_people}"
        )


def sure_bookings_have_their_tickets(now: dt.datetime) -> Iterator[str]:
    """Everybody of a sure booking has one living ticket, and only living bookings let anybody in."""
    alive = Ticket.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    persons = BookedUnit.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    no_seat = When(people=0, then=Value(1))
    one_each = Case(no_seat, default=F("people"), output_field=IntegerField())
    bookings = _bookings().filter(
        status__in=(Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW)
    )
    bookings = bookings.annotate(
        tickets_made=_or_none(alive.annotate(many=Count("pk")).values("many")),
        persons=_or_none(persons.annotate(many=Sum(one_each)).values("many")),
    )
    for booking in bookings.exclude(tickets_made=F("persons")).order_by("pk").iterator():
        yield f"{booking}: {booking.tickets_made} tickets for {booking.persons} people"


def visits_follow_their_events(now: dt.datetime) -> Iterator[str]:
    """Every booking, change and waiting party stands where its history says, by a path it may go."""
    yield from broken_histories(BookingEvent.objects.all(), owner="booking", begins="held", number="number")
    yield from broken_histories(RebookingEvent.objects.all(), owner="rebooking", begins="held", number="number")
    yield from broken_histories(WaitingPartyEvent.objects.all(), owner="party", begins="waiting", number="number")


def bookings_keep_their_money(now: dt.datetime) -> Iterator[str]:
    """What a booking says it was paid is what its bills keep."""
    bills = Bill.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
    bookings = _bookings().annotate(bills_fen=_or_none(bills.annotate(fen=Sum("kept_fen")).values("fen")))
    for booking in _settled(bookings.exclude(paid_fen=F("bills_fen"))):
        yield f"{booking}: says ¥{yuan(booking.paid_fen)} was paid, its bills keep ¥{yuan(booking.bills_fen)}"


def bills_keep_their_money(now: dt.datetime) -> Iterator[str]:
    """What a bill keeps is what its payment keeps, and no payment for a visit keeps money without a bill."""
    moving = _moving()
    kept = Bill.objects.filter(paid_by=OuterRef("trade_no")).values("kept_fen")[:1]
    payments = Payment.objects.filter(payable__startswith=BOOKING, status=Payment.Status.CAPTURED)
    payments = payments.annotate(bill_fen=_or_none(kept), left_fen=left_of_payment())
    for payment in payments.exclude(bill_fen=F("left_fen")).order_by("pk").iterator():
        if payment.payable.partition("/")[0] not in moving:
            yield f"{payment}: keeps ¥{yuan(payment.left_fen)}, the bill it paid keeps ¥{yuan(payment.bill_fen)}"
    known = Payment.objects.filter(trade_no=OuterRef("paid_by"), status=Payment.Status.CAPTURED)
    for bill in Bill.objects.filter(~Exists(known), kept_fen__gt=0).order_by("pk").iterator():
        yield f"{bill}: keeps ¥{yuan(bill.kept_fen)} of {bill.paid_by or 'nothing'}, which was not captured"


def bookings_keep_what_they_may(now: dt.datetime) -> Iterator[str]:
    """No booking keeps more than its price and fee; a dead one keeps its fee alone; one paid at once is paid."""
    given = F("paid_fen") + F("credit_fen")
    bookings = _bookings().annotate(given=given, owed=F("total_fen") + F("fee_fen"))
    dead = Q(status=Booking.Status.CANCELLED) & ~Q(given=F("fee_fen"))
    nothing = Q(status__in=(Booking.Status.EXPIRED, Booking.Status.HELD), paid_fen__gt=0)
    alive = Q(status__in=(Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW))
    too_much = alive & Q(given__gt=F("owed"))
    unpaid = alive & Q(plan=Booking.Plan.FULL, given__lt=F("owed"))
    for booking in _settled(bookings.filter(dead | nothing | too_much | unpaid)):
        yield (
            f"{booking}: costs ¥{yuan(booking.total_fen)}, fee ¥{yuan(booking.fee_fen)}, "
            f"was given ¥{yuan(booking.given)}"
        )


def holds_of_visits_end_in_time(now: dt.datetime) -> Iterator[str]:
    """No unpaid booking, change or offer stands more than five minutes after its time ended."""
    for booking in Booking.objects.with_a_dead_hold(now - LATE).order_by("hold_until").iterator():
        yield f"{booking}: its hold ended at {booking.hold_until:%Y-%m-%d %H:%M:%S}"
    for change in Rebooking.objects.with_a_dead_hold(now - LATE).order_by("hold_until").iterator():
        yield f"{change}: its hold ended at {change.hold_until:%Y-%m-%d %H:%M:%S}"
    offered = WaitingParty.objects.filter(status=WaitingParty.Status.OFFERED, offered_until__lte=now - LATE)
    for party in offered.order_by("offered_until").iterator():
        yield f"{party}: its offer ended at {party.offered_until:%Y-%m-%d %H:%M:%S}"


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


def _settled(bookings: QuerySet[Any]) -> Iterator[Any]:
    """Bookings whose money is not between two stories at this very moment."""
    moving = _moving()
    return (booking for booking in bookings.order_by("pk").iterator() if booking.holder not in moving)


def _moving() -> set[str]:
    """Bookings with money between two stories, by the name under which movements speak of them."""
    waiting = OutboxMessage.objects.filter(topic__in=MOVING_MONEY, next_try_at__isnull=False)
    payloads = waiting.values_list("payload", flat=True).iterator()
    return {str(payload.get("payable")).partition("/")[0] for payload in payloads}
