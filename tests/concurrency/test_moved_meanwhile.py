"""Whoever waits for a booking or an order that is just moved to another day finds it where it is by then.

PostgreSQL joins before it waits: asked in one statement for a row and the day it leads to, it finds none after a move.
Each control asks so.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from farm import limited, outbox
from farm.models import LedgerEntry
from farm.payments import cashier
from shop import asked as asked_of_orders
from shop import changes, fulfilment, paying
from shop.models import Order
from tests.builders import DAY, HOME, a_paid_order, a_ship_date, a_shop, an_order, work_off
from tests.builders import NOW as TODAY
from tests.concurrency.crowd import crossed
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot
from tours import asked, changing, gate
from tours.changing import party_of
from tours.models import Booking
from tours.tickets import Unknown

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,  # SQLite lets one transaction begin at a time
]
FAR = replace(HOME, province="广东省", city="深圳市", district="南山区", street="科技路1号")
SUNDAY, NEXT_DAY = SATURDAY + dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def with_its_slot(booking: Booking) -> int:
    return asked.locked(booking).slot_id


def at_the_gate(booking: Booking) -> int:
    claim, _ = gate.claimed_with_party(booking.number)
    return claim.booking.slot_id


def in_one_statement(monkeypatch: pytest.MonkeyPatch, room: Any, whole: str) -> None:
    """The control: the lock and the join come together."""
    read_whole = getattr(room, whole)
    monkeypatch.setattr(room, "held_still", lambda number: read_whole(number).values_list("pk"))
    monkeypatch.setattr(room, whole, lambda number: read_whole(number).select_for_update(of=("self",)))


@pytest.mark.parametrize("is_locked_first", [False, True])
@pytest.mark.parametrize("find", [with_its_slot, at_the_gate])
def test_a_booking_that_is_moved_meanwhile_is_found_at_its_new_time(
    monkeypatch, find: Callable[[Booking], int], is_locked_first
):
    booking, sunday = a_confirmed_booking(a_slot()), a_slot(SUNDAY)
    if not is_locked_first:
        in_one_statement(monkeypatch, asked, "numbered_with_slot")

    def move() -> None:
        changing.change(booking=booking, slot=sunday.pk, party=party_of(booking), by="visitor", now=NOW)

    _, found = crossed(monkeypatch, limited, "_add_back", act=move, other=transaction.atomic(lambda: find(booking)))

    assert found == sunday.pk if is_locked_first else isinstance(found, IndexError | Unknown), found


@pytest.mark.parametrize("is_locked_first", [False, True])
def test_an_order_that_is_moved_meanwhile_is_cancelled_where_it_is(monkeypatch, is_locked_first):
    a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order()
    if not is_locked_first:
        in_one_statement(monkeypatch, asked_of_orders, "numbered_with_date")

    def move() -> None:
        changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=TODAY)

    def cancel() -> str:
        return changes.cancel(order=order, by="customer", now=TODAY).status

    _, answer = crossed(monkeypatch, limited, "_add_back", act=move, other=cancel)

    assert answer == "cancelled" if is_locked_first else isinstance(answer, IndexError), answer
    found = Order.objects.select_related("ship_date").get()
    assert (found.ship_date.date, found.status == "cancelled") == (NEXT_DAY, is_locked_first)


@pytest.mark.parametrize("is_locked_first", [False, True])
@pytest.mark.parametrize(("begin", "to"), [(HOME, FAR), (FAR, HOME)])
def test_money_that_arrives_while_the_total_changes_pays_no_other_total(monkeypatch, begin, to, is_locked_first):
    a_shop()
    order = an_order(2, address=begin)
    payment = paying.start(order=order, return_url="/o/x/", now=TODAY)
    if not is_locked_first:
        read_only = SimpleNamespace(held_still=asked_of_orders.numbered, numbered=asked_of_orders.numbered)
        monkeypatch.setattr(fulfilment, "asked", read_only)

    def move() -> None:
        changes.change_address(order=order, address=to, by="customer", now=TODAY)

    def pay() -> None:
        cashier.pay(payment, TODAY)
        outbox.deliver_due(TODAY)

    crossed(monkeypatch, changes, "_move_counters", act=move, other=pay)
    work_off(TODAY)

    order.refresh_from_db()
    kept = sum(LedgerEntry.objects.values_list("amount_fen", flat=True))
    assert (order.status == "paid" and kept != order.total_fen) is not is_locked_first
