"""Where a parcel is: what carriers push or answer, kept once, and the order that arrives by it."""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from farm import chores, outbox
from farm.states import WrongState
from shop import carriers, freight
from shop.carriers import CarrierEvent, CarrierPush
from shop.models import Order, Shipment, TrackingEvent
from shop.models.orders import OrderQuerySet

log = logging.getLogger(__name__)

ASK_IN_TRANSIT = dt.timedelta(hours=2)
ASK_ON_ITS_DAY = dt.timedelta(minutes=30)
ASK_IN_A_DEMO = dt.timedelta(seconds=10)
GIVE_UP_AFTER = dt.timedelta(days=30)
ANSWER_WITHIN = dt.timedelta(days=1)
ASK_AT_ONCE = 100
ARRIVALS = "arrivals"
LOOK_AFTER = dt.timedelta(days=1)
"""So long after the promised day staff are asked which parcels of a carrier without an interface have arrived."""
ARRIVED_AFTER = dt.timedelta(days=7)
"""So long after it such a parcel counts as arrived when nobody says otherwise."""
MORNING = dt.time(8)


def receive(*, carrier: str, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> int:
    """Take in what somebody posted in the name of `carrier`; return how many events were new.

    Parcels that are not ours are passed over: a carrier also tells of child waybills and returns.

    :raises carriers.UnknownCarrier: when the farm works with no such carrier.
    :raises carriers.NotFromCarrier: when the carrier did not sign it.
    :raises carriers.UnreadablePush: when it is not in the form agreed on.
    """
    pushes = carriers.named(carrier).parse_push(headers, body)
    return sum(_take_in(carrier, push, now) for push in pushes)


def ask_carriers(now: dt.datetime) -> int:
    """Ask about parcels whose time to ask has come, a hundred at most; return how many events were new.

    A carrier without an interface can tell nothing: staff are asked, and after a week its parcels count as arrived.
    """
    due = Shipment.objects.filter(ask_again_at__lte=now).select_related("order").order_by("ask_again_at", "pk")
    by_hand = carriers.by_hand()
    told = 0
    for shipment in due[:ASK_AT_ONCE]:
        if shipment.carrier in by_hand:
            _look_after(shipment, now)
        else:
            told += _ask(shipment, now)
    return told


@transaction.atomic
def record_tracking(*, shipment: Shipment, events: Iterable[CarrierEvent], now: dt.datetime) -> int:
    """Keep each event once, in whatever order they come, and return how many were new.

    A parcel signed for makes its order delivered; nothing a carrier says later takes that back.
    """
    told = {(event.at, event.code): event for event in events}
    known = set(shipment.tracking.values_list("at", "code"))
    new = [_kept(shipment, event) for place, event in told.items() if place not in known]
    TrackingEvent.objects.bulk_create(new, ignore_conflicts=True)
    signed_at = min((at for at, code in told if code == TrackingEvent.Code.DELIVERED), default=None)
    if signed_at is not None:
        _arrive(shipment, signed_at, now, by=shipment.carrier)
    return len(new)


@transaction.atomic
def confirm_delivered(*, order: Order, by: str, now: dt.datetime) -> Order:
    """Staff know that the parcel arrived, from a carrier that tells nothing by itself.

    :raises WrongState: unless the order is shipped.
    """
    shipment = Shipment.objects.select_related("order").filter(order=order).first()
    if shipment is None:
        raise WrongState(order, Order.Status.DELIVERED)
    _deliver(shipment, now, by=by, now=now)
    order.refresh_from_db()
    return order


def first_ask(shipment: Shipment, now: dt.datetime) -> dt.datetime | None:
    """When to ask first about a parcel handed over at `now`: its carrier, or staff where no carrier can be asked."""
    if carriers.named(shipment.carrier).is_by_hand:
        return _morning(_awaited_on(shipment) + LOOK_AFTER)
    return _next_ask(shipment, now)


def overdue(orders: OrderQuerySet, *, today: dt.date) -> OrderQuerySet:
    """Those whose parcel was promised for an earlier day and is still on the road, somebody being still to be asked."""
    parcels = Shipment.objects.filter(ask_again_at__isnull=False, promised_on__lt=today)
    return orders.filter(status=Order.Status.SHIPPED, pk__in=parcels.values("order"))


def _take_in(carrier: str, push: CarrierPush, now: dt.datetime) -> int:
    parcels = Shipment.objects.filter(carrier=carrier).select_related("order")
    if push.request_no:  # our own number first: the waybill of a push may be a child's or a return's
        shipment = parcels.filter(request_no=push.request_no).first()
    else:
        shipment = parcels.filter(waybill_no=push.waybill_no).exclude(waybill_no="").first()
    if shipment is None:
        log.info("%s tells of a parcel that is not ours: %s", carrier, push.waybill_no)
        return 0
    return record_tracking(shipment=shipment, events=push.events, now=now)


def _ask(shipment: Shipment, now: dt.datetime) -> int:
    """Ask about one parcel, if no other worker does. The next time is set first, so a crash only delays."""
    again_at = _next_ask(shipment, now)
    if not _due_still(shipment).update(ask_again_at=again_at):
        return 0
    if again_at is None:
        _ask_staff_about(shipment, now)
    try:
        events = carriers.named(shipment.carrier).track(shipment, now)
    except Exception:  # a carrier may fail in any way: the other parcels still get their turn
        log.exception("could not ask about %s", shipment)
        return 0
    return record_tracking(shipment=shipment, events=events, now=now)


def _due_still(shipment: Shipment) -> QuerySet[Shipment]:
    """The parcel, unless another worker took this turn of it."""
    return Shipment.objects.filter(pk=shipment.pk, ask_again_at=shipment.ask_again_at)


def _next_ask(shipment: Shipment, now: dt.datetime) -> dt.datetime | None:
    """Every two hours on the road, every half hour from the promised day on, and no more after a month."""
    if shipment.shipped_at is not None and now - shipment.shipped_at > GIVE_UP_AFTER:
        return None
    if settings.DEMO_CLOCK:
        soon: dt.timedelta = ASK_IN_A_DEMO / settings.DEMO_HURRY
        return now + soon
    is_its_day = shipment.promised_on is not None and localdate(now) >= shipment.promised_on
    return now + (ASK_ON_ITS_DAY if is_its_day else ASK_IN_TRANSIT)


def _ask_staff_about(shipment: Shipment, now: dt.datetime) -> None:
    chores.raise_task(
        key=f"lost parcel:{shipment.request_no}",
        what=lambda: (
            _("%(carrier)s has not reported %(waybill)s delivered for a month")
            % {"carrier": shipment.carrier, "waybill": shipment.waybill_no}
        ),
        about=shipment.order.payable,
        due_at=now + ANSWER_WITHIN,
        now=now,
    )


@transaction.atomic
def _look_after(shipment: Shipment, now: dt.datetime) -> None:
    """Ask staff about a parcel of which no program tells; long after, it counts as arrived."""
    last = _morning(_awaited_on(shipment) + ARRIVED_AFTER)
    is_last = now >= last
    if not _due_still(shipment).update(ask_again_at=None if is_last else last):
        return
    if is_last:
        _arrive(shipment, now, now, by="system")
    else:
        _ask_staff_which_arrived(_awaited_on(shipment), last, now)


def _ask_staff_which_arrived(awaited_on: dt.date, last: dt.datetime, now: dt.datetime) -> None:
    """One task for all parcels of a promised day, however many they are."""
    chores.raise_task(
        key=f"{ARRIVALS}:{awaited_on}",
        what=lambda: (
            _("Which parcels promised for %(date)s have arrived? What nobody names counts as arrived on %(last)s.")
            % {"date": awaited_on, "last": localdate(last)}
        ),
        about=f"{ARRIVALS}:{awaited_on}",
        due_at=last,
        now=now,
    )


def _awaited_on(shipment: Shipment) -> dt.date:
    """The promised day; where none could be promised, the last day on which any parcel that left with it arrives."""
    if shipment.promised_on:
        return shipment.promised_on
    return localdate(shipment.shipped_at) + dt.timedelta(days=freight.days_on_the_road(freight.FARTHEST))


def _morning(date: dt.date) -> dt.datetime:
    return make_aware(dt.datetime.combine(date, MORNING))


def _kept(shipment: Shipment, event: CarrierEvent) -> TrackingEvent:
    place, text = event.place.replace("\0", "")[:60], event.text.replace("\0", "")[:200]
    return TrackingEvent(shipment=shipment, at=event.at, code=event.code, place=place, text=text)


def _arrive(shipment: Shipment, signed_at: dt.datetime, now: dt.datetime, *, by: str) -> None:
    try:
        _deliver(shipment, signed_at, by=by, now=now)
    except WrongState:
        # Delivered already; or signed for before staff said they handed it over: then the next answer delivers it.
        log.info("%s was signed for, but its order is not on the way", shipment)


def _deliver(shipment: Shipment, signed_at: dt.datetime, *, by: str, now: dt.datetime) -> None:
    order = shipment.order
    order.move(Order.Status.DELIVERED, at=now, by=by)
    shipment.delivered_at, shipment.ask_again_at = signed_at, None
    shipment.save(update_fields=["delivered_at", "ask_again_at"])
    outbox.publish("order.delivered", at=now, number=order.number)
