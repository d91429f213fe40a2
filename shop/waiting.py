"""The waiting list of a full ship date: a whole order joins, is offered its boxes, takes them or lets go."""

import copy
import dataclasses
import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from farm import limited, outbox, rows
from farm.limited import Demand
from farm.refusals import Refused
from farm.security import new_reference
from farm.states import WrongState
from shop import addresses, availability, checkout, freight, glance, line, pricing, refusals
from shop.addresses import Address
from shop.allocation import Allocation, allocate, given_back
from shop.checkout import Draft, Gift, Wanted
from shop.glance import Glance
from shop.models import Lot, Order, ShipDate, WaitingOrder
from shop.pricing import Quote, Want

AT_ONCE = 100
Status = WaitingOrder.Status


class RoomIsLeft(Refused):
    """Nobody needs to wait: the date has room and fruit for the order."""

    code = "room_is_left"
    conflict = True


class WaitsAlready(Refused):
    code = "waits_already"
    conflict = True


class OfferEnded(Refused):
    code = "offer_ended"
    conflict = True


def join(*, wants: Sequence[Want], date: dt.date, phone: str, language: str, now: dt.datetime) -> WaitingOrder:
    """Put the whole order in line for a full ship date and return its place.

    :raises Refused: what `pricing.quote` refuses, a date that takes no orders or packs less in all, room that is left,
        or a phone that waits already.
    """
    ship_date, seen = availability.takeable_date(date, now=now), glance.fresh(now)
    priced = pricing.quote(wants=wants, date=date, division=None, boxes=seen.boxes)
    availability.refuse_if_larger(ship_date, units=priced.packing_units, now=now)
    if not _line(ship_date.pk).exists() and _fits(priced, ship_date, seen):
        raise RoomIsLeft(_("There is room for your boxes."), advice=_("Order them now."), field="ship_date")
    waiting = _waiting(priced, ship_date, phone, language, now)
    try:
        with transaction.atomic():
            rows.insert_one(waiting)
            waiting.log("waiting", at=now, by="customer")
            if line.offer_freed([ship_date.pk], now=now):  # there was room that is too small for those before it
                waiting.refresh_from_db(fields=["status", "offered_until"])
    except IntegrityError as error:
        raise WaitsAlready(
            _("This phone number waits for that day already."), advice=_("You hear from us when boxes come free.")
        ) from error
    return waiting


@transaction.atomic
def leave(*, waiting: WaitingOrder, by: str, now: dt.datetime) -> None:
    """Leave the line; boxes that were offered go to the next.

    :raises OfferEnded: when it was ordered, left or let go before.
    """
    try:
        _end(_locked(waiting), Status.LEFT, by, now)
    except WrongState as error:
        raise _ended() from error


def accept(
    *, waiting: WaitingOrder, address: Address, gift: Gift, agreed_fen: int | None = None, now: dt.datetime
) -> Order:
    """Order the offered boxes to `address`, at today's prices; once, however often it is asked.

    `agreed_fen` is the total that the customer read, if they were shown one.

    :raises OfferEnded: when the offer's time is over; it went to the next.
    :raises TotalChanged: when it is another total by now; the offer stays.
    :raises Refused: what `checkout.place_order` refuses; the offer stays.
    """
    try:
        return _accept(waiting, address, gift, agreed_fen, now)
    except limited.SoldOut as error:  # a lot was withdrawn meanwhile, or a box needs more room than before
        raise refusals.gone_meanwhile(waiting.ship_date.date, []) from error


@transaction.atomic
def let_go(*, waiting: WaitingOrder, now: dt.datetime) -> bool:
    """The wait is pointless or its offer over: the next in line gets the boxes. False when it ended before."""
    waiting = _locked(waiting)
    if waiting.status not in WaitingOrder.MOVES[Status.LAPSED]:
        return False
    _end(waiting, Status.LAPSED, "system", now)
    outbox.publish("boxes.lapsed", at=now, number=waiting.number)
    return True


def end_lapsed(now: dt.datetime) -> int:
    """End offers that were not taken in time (the next in line gets the boxes) and waits that are pointless."""
    over = Q(status=Status.OFFERED, offered_until__lte=now) | Q(status=Status.WAITING, ship_date__cut_off_at__lte=now)
    lapsed = list(WaitingOrder.objects.filter(over).order_by("pk")[:AT_ONCE])
    return sum(let_go(waiting=waiting, now=now) for waiting in lapsed)


def place_of(waiting: WaitingOrder) -> int:
    """How many wait for the same date up to this order, itself among them."""
    return _line(waiting.ship_date_id).filter(pk__lte=waiting.pk).count()


def quote_of(waiting: WaitingOrder, *, address: Address | None = None, now: dt.datetime) -> Quote:
    """What the boxes that it waits for cost today; without an address the freight is still to come.

    :raises Refused: when one of them is not sold any more, or no cold chain reaches the address.
    """
    division = addresses.check(address) if address else None
    date, boxes = waiting.ship_date.date, glance.recent(now).boxes
    return pricing.quote(wants=line.wants_of(waiting), date=date, division=division, boxes=boxes)


def _line(ship_date: int) -> QuerySet[WaitingOrder]:
    return WaitingOrder.objects.filter(ship_date=ship_date, status=Status.WAITING)


def _fits(priced: Quote, ship_date: ShipDate, seen: Glance) -> bool:
    if ship_date.left < priced.packing_units:
        return False
    with suppress(refusals.NotEnoughFruit):
        return bool(allocate(priced.lines, date=ship_date.date, division_code=freight.FARTHEST, seen=seen))
    return False


def _waiting(priced: Quote, ship_date: ShipDate, phone: str, language: str, now: dt.datetime) -> WaitingOrder:
    return WaitingOrder(
        number=new_reference("BL"),
        ship_date=ship_date,
        wants={part.box.sku: part.quantity for part in priced.lines},
        packing_units=priced.packing_units,
        net_grams=priced.net_grams,
        phone=phone,
        language=language,
        joined_at=now,
    )


@transaction.atomic
def _accept(waiting: WaitingOrder, address: Address, gift: Gift, agreed_fen: int | None, now: dt.datetime) -> Order:
    waiting = _locked(waiting)
    if waiting.order:
        return waiting.order
    if not waiting.may_order(now):
        raise _ended()
    held = limited.held_by(waiting.holder)
    draft = _draft(waiting, address, gift, now)
    checkout.refuse_unless_agreed(agreed_fen, draft.quote)
    order, allocations = checkout.order_of(draft, now), _allocations(draft, held, now)
    checkout.write(order, allocations, now)
    demands = [allocation.demand for allocation in allocations]
    demands.append(Demand(waiting.ship_date, order.packing_units))
    limited.hand_over(demands, holder=waiting.holder, to=order.payable, why="ordered", now=now)
    waiting.move(Status.ORDERED, at=now, by="customer", order=order)
    return order


def _draft(waiting: WaitingOrder, address: Address, gift: Gift, now: dt.datetime) -> Draft:
    date = waiting.ship_date.date
    ship_date = availability.takeable_date(date, now=now)
    gift = dataclasses.replace(gift, buyer_phone=gift.buyer_phone or waiting.phone)  # who waited goes on being told
    wanted = Wanted(line.wants_of(waiting), date, address, gift, waiting.language)
    return Draft(wanted, ship_date, addresses.check(address), quote_of(waiting, address=address, now=now))


def _allocations(draft: Draft, held: list[Demand], now: dt.datetime) -> list[Allocation]:
    """Boxes out of the lots that are kept for it; from others only when staff withdrew one of these."""
    seen = glance.fresh(now)
    kept = given_back(_alone(held), dataclasses.replace(seen, shelves={}))
    with suppress(refusals.NotEnoughFruit):
        return _from(kept, draft)
    return _from(given_back(held, seen), draft)


def _from(seen: Glance, draft: Draft) -> list[Allocation]:
    return allocate(draft.quote.lines, date=draft.wanted.date, division_code=draft.division.code, seen=seen)


def _alone(held: list[Demand]) -> list[Demand]:
    """The lots among what is held, as if they had never had more than that."""
    alone = [Demand(copy.copy(row), grams) for row, grams in held if isinstance(row, Lot)]
    for row, grams in alone:
        row.limit = row.taken = grams
    return alone


def _end(waiting: WaitingOrder, to: str, by: str, now: dt.datetime) -> None:
    was_offered = waiting.status == Status.OFFERED
    waiting.move(to, at=now, by=by)
    if was_offered:
        limited.release([waiting.holder], why=str(to), now=now)
        line.offer_freed([waiting.ship_date_id], now=now)


def _locked(waiting: WaitingOrder) -> WaitingOrder:
    return WaitingOrder.objects.select_for_update(of=("self",)).select_related("ship_date").get(pk=waiting.pk)


def _ended() -> OfferEnded:
    return OfferEnded(
        _("These boxes are no longer kept for you."), advice=_("Look at the calendar for days with boxes left.")
    )
