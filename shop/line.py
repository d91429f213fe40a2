"""The waiting line of full ship dates: boxes that come free are kept for the first whole order that fits.

Called in the transaction that gives them back, so nobody else can take them in between; a sweep finds the rest.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.timezone import localdate

from farm import limited, outbox, rows
from farm.limited import Demand
from farm.refusals import Refused
from shop import freight, pricing
from shop.allocation import allocate
from shop.glance import Glance
from shop.models import Box, Lot, WaitingOrder
from shop.pricing import Want

AT_ONCE = 100
_Wish = tuple[int, frozenset[tuple[str, int]]]


def offer_freed(ship_dates: Iterable[int], *, now: dt.datetime) -> int:
    """Offer what came free on these ship dates (their keys) to those who wait for them; return how many got theirs.

    All or nothing: an order too large for what is free is passed over and keeps its place.
    """
    wanted = [ship_date for ship_date in ship_dates if rows.exists(_waiting_for, ship_date)]
    if not wanted:
        return 0
    # The caller may hold a ship date, which comes after all lots in the one order: lots are locked without waiting or
    # not used at all, so nobody deadlocks; whom this passes over the sweep finds.
    lots = Lot.objects.select_for_update(skip_locked=True, no_key=True)
    return _offer_in_turn(_in_line(now).filter(ship_date__in=wanted), lots, now)


def offer_due(now: dt.datetime) -> int:
    """The sweep: offer boxes that came free otherwise: a new harvest, a lot put back, a lot that others held."""
    waiting = WaitingOrder.objects.filter(
        status=WaitingOrder.Status.WAITING, ship_date__taken__lt=F("ship_date__limit")
    )
    return sum(
        _offer_of_one_date(date, now) for date in waiting.order_by().values_list("ship_date", flat=True).distinct()
    )


def wants_of(waiting: WaitingOrder) -> tuple[Want, ...]:
    return tuple(Want(sku, quantity) for sku, quantity in waiting.wants.items())


@transaction.atomic
def _offer_of_one_date(ship_date: int, now: dt.datetime) -> int:
    _wait_for_the_first(ship_date)
    return _offer_in_turn(_in_line(now).filter(ship_date=ship_date), Lot.objects.select_for_update(no_key=True), now)


def _wait_for_the_first(ship_date: int) -> None:
    """One sweep of a date at a time: a second that passed over a held first would offer its boxes to the next."""
    list(_waiting_for(ship_date).select_for_update(no_key=True).order_by("pk")[:1])


def _waiting_for(ship_date: int) -> QuerySet[WaitingOrder]:
    return WaitingOrder.objects.filter(status=WaitingOrder.Status.WAITING, ship_date=ship_date)


def _in_line(now: dt.datetime) -> QuerySet[WaitingOrder]:
    """Orders in line whose date is open and has room for all their units, the first first, each held still."""
    waiting = WaitingOrder.objects.filter(
        status=WaitingOrder.Status.WAITING,
        ship_date__is_closed=False,
        ship_date__cut_off_at__gt=now,
        packing_units__lte=F("ship_date__limit") - F("ship_date__taken"),
    )
    still = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return still.select_related("ship_date").order_by("pk")


def _offer_in_turn(in_line: QuerySet[WaitingOrder], lots: QuerySet[Lot], now: dt.datetime) -> int:
    """Go through the line to its end, a hundred at once: fruit may be short for all who stand first, but not for all.

    What was too much for one is too much for whoever stands behind and wants the same: nothing comes free meanwhile.
    """
    offered, last = 0, 0
    too_much: set[_Wish] = set()
    while some := list(in_line.filter(pk__gt=last)[:AT_ONCE]):
        last = some[-1].pk
        hopeful = [waiting for waiting in some if _wish(waiting) not in too_much]
        if hopeful:
            offered += _offer_to(hopeful, too_much, lots, now)
        # What was offered holds the ship date: a buyer who waits for it may hold a lot. The next sweep finds that one.
        lots = Lot.objects.select_for_update(skip_locked=True, no_key=True)
    return offered


def _offer_to(hopeful: list[WaitingOrder], too_much: set[_Wish], lots: QuerySet[Lot], now: dt.datetime) -> int:
    seen = _look(hopeful, lots, now)
    offered = 0
    for waiting in hopeful:
        if _wish(waiting) in too_much:
            continue
        if _offer(waiting, seen, now):
            offered += 1
        else:
            too_much.add(_wish(waiting))
    return offered


def _wish(waiting: WaitingOrder) -> _Wish:
    return waiting.ship_date_id, frozenset(waiting.wants.items())


def _look(in_line: list[WaitingOrder], lots: QuerySet[Lot], now: dt.datetime) -> Glance:
    """The boxes that are waited for and the lots for them, held still in the one order."""
    skus = {sku for waiting in in_line for sku in waiting.wants}
    boxes = {box.sku: box for box in Box.objects.filter(is_offered=True, sku__in=skus).select_related("variety")}
    wanted = lots.filter(variety__in={box.variety_id for box in boxes.values()}, is_withdrawn=False)
    shelves: dict[int, list[Lot]] = {}
    for lot in sorted(wanted.filter(best_before__gte=localdate(now)).order_by("pk"), key=lambda lot: lot.best_before):
        shelves.setdefault(lot.variety_id, []).append(lot)
    return Glance(0, boxes, {}, shelves)


def _offer(waiting: WaitingOrder, seen: Glance, now: dt.datetime) -> bool:
    """Keep the boxes in the order's name until its offer ends; False when there are too few.

    Where they go is not known yet, so their grapes must stay good on the longest way.
    """
    date = waiting.ship_date.date
    try:
        priced = pricing.quote(wants=wants_of(waiting), date=date, division=None, boxes=seen.boxes)
        allocations = allocate(priced.lines, date=date, division_code=freight.FARTHEST, seen=seen)
        demands = [allocation.demand for allocation in allocations]
        with transaction.atomic():
            of_date = Demand(waiting.ship_date, priced.packing_units)
            limited.take([*demands, of_date], holder=waiting.holder, why="offered", now=now)
    except (Refused, limited.SoldOut):
        return False
    for lot, grams in demands:
        lot.taken += grams
    until = min(now + dt.timedelta(minutes=settings.BOX_OFFER_MINUTES), waiting.ship_date.cut_off_at)
    waiting.move(
        WaitingOrder.Status.OFFERED,
        at=now,
        offered_until=until,
        packing_units=priced.packing_units,  # staff may have changed a box since it joined
        net_grams=priced.net_grams,
    )
    outbox.publish("boxes.offered", at=now, number=waiting.number)
    return True
