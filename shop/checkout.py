"""Placing an order: the ship date, the lots and the order itself, all or nothing, and letting unpaid orders go."""

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat

from farm import expiring, idempotency, limited, outbox, payments, rows
from farm.limited import Demand
from farm.models import Movement, RememberedRequest
from farm.refusals import Refused
from farm.security import new_reference
from shop import addresses, allowance, availability, glance, line, live, pricing, refusals
from shop.addresses import Address
from shop.allocation import Allocation, allocate, next_dates
from shop.divisions import Division
from shop.glance import Glance
from shop.models import Order, OrderEvent, OrderLine, ShipDate
from shop.models.orders import OrderQuerySet
from shop.pricing import Quote, Want

TRIES = 4
EXPIRE_AT_ONCE = 100
Guard = Callable[[Order], None]


@dataclass(frozen=True)
class Gift:
    """A word for the one who opens the parcel, whether papers in it show prices, and the phone of who gives it.

    Messages about the order go to `buyer_phone`, a mobile number of 11 digits; without one to the parcel's phone.
    """

    message: str = ""
    hides_price: bool = False
    buyer_phone: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a customer asks for, as it came in. `agreed_fen` is the total they read and said yes to."""

    wants: tuple[Want, ...]
    date: dt.date
    address: Address
    gift: Gift = Gift()
    language: str = "zh-hans"
    live: str = ""
    """The code of the live show it came from, or nothing."""
    agreed_fen: int | None = None

    @property
    def buyer_phone(self) -> str:
        """Where messages about the order go."""
        return self.gift.buyer_phone or self.address.phone

    @property
    def is_gift(self) -> bool:
        """Who is signed in has their own number written beside it already: that alone makes no gift."""
        is_for_another = self.buyer_phone != self.address.phone
        return is_for_another or self.gift.hides_price or bool(self.gift.message)


@dataclass(frozen=True)
class Draft:
    """A priced and checked order that has taken nothing yet."""

    wanted: Wanted
    ship_date: ShipDate
    division: Division
    quote: Quote
    live_show: int | None = None


def quote(*, wants: Sequence[Want], date: dt.date, address: Address | None, now: dt.datetime) -> Quote:
    """What the order would cost and whether its ship date takes it; nothing is held.

    :raises Refused: for every reason for which `place_order` would refuse, except fruit that is gone by then.
    """
    division = addresses.check(address) if address else None
    priced = pricing.quote(wants=wants, date=date, division=division, boxes=glance.fresh(now).boxes)
    availability.open_date(date, units=priced.packing_units, now=now)
    return priced


def place_order(*, wanted: Wanted, key: str, now: dt.datetime) -> Order:
    """Place an order and return it; the same `key` with the same wish returns the same order.

    :raises Refused: with the reason and what to do; nothing was taken. SoldOut names the next dates with room,
        TotalChanged the total as it is now.
    """
    # A retry in another language, by another link, or when prices have changed since, is still the same order.
    same_wish = replace(wanted, language="", live="", agreed_fen=None)
    request = idempotency.Request(scope_of(wanted.address.phone), key, idempotency.fingerprint(same_wish))
    try:
        return _place(wanted, request, now)
    except (Refused, idempotency.AlreadyDone):
        number = idempotency.recall(request)
        if number is None:
            raise
        return Order.objects.get(number=number)


def scope_of(phone: str) -> str:
    """Idempotency keys of orders are each phone's own."""
    return idempotency.scope_of("order", phone)


def requests_of(ship_date: int) -> frozenset[tuple[str, str]]:
    """Scope and key of every remembered request that took of this ship date, wherever its order is by now."""
    takers = Movement.objects.filter(counter=ShipDate(pk=ship_date).counter).values("holder")
    named = RememberedRequest.objects.annotate(holder=Concat(Value(Order(number="").payable), "subject"))
    return frozenset(named.filter(holder__in=takers).values_list("scope", "key"))


def extend_hold(*, order: Order, now: dt.datetime) -> Order:
    """Give a running hold its time once more, once.

    :raises NotPossibleNow: when it is paid, over, or was extended before.
    """
    longer = order.longest_hold()
    mine = Order.objects.unpaid().filter(pk=order.pk, hold_until__gt=now, was_extended=False)
    with transaction.atomic():
        if not mine.update(hold_until=longer, was_extended=True):
            raise refusals.kept_once(order, now)
        order.log("extended", at=now, by="customer")
    order.hold_until, order.was_extended = longer, True
    return order


def expire_holds(now: dt.datetime) -> int:
    """Let unpaid orders go whose hold has ended, a hundred per transaction; return how many.

    One with an open attempt waits for the provider's last word, for a minute: it may have been paid in time.
    """
    return expiring.let_go(_dead_and_told, _expire_some, now, now - payments.LAST_WORD)


def expire(order: Order, *, now: dt.datetime) -> bool:
    """Let one unpaid order go if its hold has ended; False when it was paid, cancelled or let go before."""
    return _expire_some(_dead(now).filter(pk=order.pk), now) == 1


def refuse_unless_agreed(agreed_fen: int | None, priced: Quote) -> None:
    """:raises TotalChanged: when the total is another than the customer agreed to."""
    if agreed_fen not in (None, priced.total_fen):
        raise refusals.total_changed(agreed_fen, priced.total_fen)


def order_of(draft: Draft, now: dt.datetime) -> Order:
    """The order that `draft` describes, placed now and not yet saved."""
    wanted, division, priced = draft.wanted, draft.division, draft.quote
    return Order(
        number=new_reference("BZ"),
        ship_date=draft.ship_date,
        name=wanted.address.name,
        phone=wanted.address.phone,
        buyer_phone=wanted.buyer_phone,
        language=wanted.language,
        division_code=division.code,
        province=division.province,
        city=division.city,
        district=division.district,
        street=wanted.address.street,
        gift_message=wanted.gift.message,
        hides_price=wanted.gift.hides_price,
        packing_units=priced.packing_units,
        net_grams=priced.net_grams,
        boxes_fen=priced.boxes_fen,
        freight_fen=priced.freight_fen,
        total_fen=priced.total_fen,
        live_show_id=draft.live_show,
        placed_at=now,
        hold_until=now + dt.timedelta(minutes=settings.HOLD_MINUTES),
    )


def write(order: Order, allocations: Sequence[Allocation], now: dt.datetime) -> None:
    """Write the order down with its lines and tell of it; taking what it needs is left to the caller's transaction."""
    rows.insert_one(order)
    rows.insert(lines_of(order, allocations))
    order.log("placed", at=now, by="customer")
    outbox.whisper("order.placed", at=now, number=order.number)


def lines_of(order: Order, allocations: Sequence[Allocation]) -> list[OrderLine]:
    """The order's lines for `allocations`, not yet saved."""
    return [
        OrderLine(order=order, box=box, lot=lot, quantity=quantity, price_fen=price_fen)
        for box, lot, quantity, price_fen in allocations
    ]


def _place(wanted: Wanted, request: idempotency.Request, now: dt.datetime) -> Order:
    """Try with a glance at the shop, then look again: no refusal is given from what was true a moment ago."""
    attempt = partial(_try, wanted, request, allowance.guard(wanted.buyer_phone, now=now), now)
    try:
        return attempt(glance.recent(now))
    except (refusals.DateRefused, refusals.SoldOut, allowance.TooMuchUnpaid):
        raise  # these were read from the row itself
    except (Refused, limited.SoldOut):
        pass
    for _ in range(TRIES):
        with contextlib.suppress(limited.SoldOut):  # a lot or the last room went to another buyer: look again
            return attempt(glance.fresh(now))
    raise _gone_meanwhile(wanted, now)


def _try(wanted: Wanted, request: idempotency.Request, guard: Guard, now: dt.datetime, seen: Glance) -> Order:
    draft = _draft(wanted, seen, now)
    allocations = allocate(draft.quote.lines, date=wanted.date, division_code=draft.division.code, seen=seen)
    order = order_of(draft, now)
    with transaction.atomic():
        idempotency.remember(request, subject=order.number, now=now)
        write(order, allocations, now)
        demands = [*(allocation.demand for allocation in allocations), Demand(draft.ship_date, order.packing_units)]
        limited.take(demands, holder=order.payable, why="placed", now=now)  # the row that everybody wants comes last
        guard(order)
    return order


def _gone_meanwhile(wanted: Wanted, now: dt.datetime) -> refusals.NotEnoughFruit:
    """The answer for somebody who lost the last boxes again and again, with the dates that are left."""
    seen = glance.fresh(now)
    draft = _draft(wanted, seen, now)
    dates = next_dates(draft.quote.lines, after=wanted.date, division_code=draft.division.code, seen=seen)
    return refusals.gone_meanwhile(wanted.date, dates)


def _draft(wanted: Wanted, seen: Glance, now: dt.datetime) -> Draft:
    division = addresses.check(wanted.address)
    priced = pricing.quote(wants=wanted.wants, date=wanted.date, division=division, boxes=seen.boxes)
    refuse_unless_agreed(wanted.agreed_fen, priced)
    live_show = live.show_of(wanted.live, wanted.wants, now) if wanted.live else None
    ship_date = seen.dates.get(wanted.date)
    if ship_date is None or ship_date.left < priced.packing_units:
        ship_date = availability.still_open(wanted.date, seen=ship_date, units=priced.packing_units, now=now)
    return Draft(wanted, ship_date, division, priced, live_show)


def _dead(now: dt.datetime) -> OrderQuerySet:
    return Order.objects.with_a_dead_hold(now)


def _dead_and_told(now: dt.datetime, since: dt.datetime) -> OrderQuerySet:
    return _dead(now).told_of(since)


@transaction.atomic
def _expire_some(dead: OrderQuerySet, now: dt.datetime) -> int:
    """Expire up to a hundred of `dead`; the rows are held still, so a payment racing for one finds it gone."""
    orders = list(dead.order_by("hold_until", "pk").select_for_update(skip_locked=True, of=("self",))[:EXPIRE_AT_ONCE])
    if not orders:
        return 0
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status=Order.Status.EXPIRED)
    rows.insert([OrderEvent(order=order, at=now, what=Order.Status.EXPIRED, by="system") for order in orders])
    limited.release([order.payable for order in orders], why="expired", now=now)
    line.offer_freed({order.ship_date_id for order in orders}, now=now)
    return len(orders)
