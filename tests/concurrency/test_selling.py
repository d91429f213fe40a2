"""The last boxes, wanted by many. In each pair the first test takes the guard away and shows that the race is real."""

import datetime as dt
import itertools
from threading import Barrier

import pytest
from django.db import OperationalError

from farm import limited
from farm.refusals import Refused
from shop import allowance, changes, checkout
from shop.models import Lot, Order, ShipDate
from tests.builders import DAY, NOW, a_box, a_lot, a_ship_date, a_shop, an_order
from tests.concurrency.crowd import PATIENCE, crossed, crowd, overtaken, together

pytestmark = pytest.mark.django_db(transaction=True)


def buy(boxes: int = 1) -> str:
    try:
        an_order(boxes)
    except Refused as refusal:
        return refusal.code
    return "bought"


def test_control_reading_before_writing_oversells():
    day = a_ship_date(limit=1)

    def buy_carelessly(pause=lambda: None) -> str:
        seen = ShipDate.objects.get(pk=day.pk)
        pause()
        if seen.left < 1:
            return "sold_out"
        ShipDate.objects.filter(pk=day.pk).update(taken=seen.taken + 1)
        return "bought"

    assert overtaken(buy_carelessly, by=buy_carelessly) == ["bought", "bought"]


def test_sixty_boxes_of_a_day_are_sold_exactly_once():
    a_box()
    a_lot(boxes=500)
    a_ship_date(limit=60)

    answers = crowd(buy, times=10)

    assert answers == {"bought": 60, "sold_out": 20}
    assert ShipDate.objects.get().taken == Order.objects.count() == 60


def test_the_last_grams_of_two_lots_are_promised_exactly_once():
    a_box()
    a_lot("first", boxes=20)
    a_lot("second", boxes=15)
    a_ship_date()

    answers = crowd(buy, times=6)

    assert answers == {"bought": 35, "sold_out": 13}
    assert sum(Lot.objects.values_list("taken", flat=True)) == 35 * 2500
    assert ShipDate.objects.get().taken == 35


def test_control_without_a_common_key_eight_hands_place_eight_orders():
    a_box()
    a_lot()
    a_ship_date()

    crowd(buy)

    assert Order.objects.count() == 8


def test_one_key_pressed_by_eight_hands_places_one_order():
    a_box()
    a_lot()
    a_ship_date()

    numbers = crowd(lambda: an_order(key="the-same-key").number, times=3)

    assert list(numbers.values()) == [24]
    assert ShipDate.objects.get().taken == 1


@pytest.mark.parametrize(("looks_before", "taken"), [(True, 180), (False, 100)])
def test_one_phone_that_orders_with_eight_hands_holds_no_more_than_it_may(settings, monkeypatch, looks_before, taken):
    settings.UNPAID_UNITS_PER_PHONE = 100
    allowance.forget_all()
    a_shop()
    an_order(20)
    guard, all_have_looked = allowance.guard, Barrier(8, timeout=PATIENCE)

    def guard_at_once(phone: str, *, now: dt.datetime) -> checkout.Guard:
        guard(phone, now=now)(Order(buyer_phone=phone, packing_units=20, placed_at=now))
        all_have_looked.wait()
        return lambda order: None

    if looks_before:
        monkeypatch.setattr(allowance, "guard", guard_at_once)

    crowd(lambda: buy(20))

    assert ShipDate.objects.get().taken == taken


def test_control_giving_back_without_the_move_gives_back_too_often():
    a_box()
    a_lot()
    a_ship_date()
    an_order(boxes=9)
    order = an_order(boxes=1)

    def give_back_carelessly(pause=lambda: None) -> None:
        held = limited.held_by(order.payable)
        pause()
        for row, amount in held:
            limited.give_back(type(row), row.pk, amount)

    overtaken(give_back_carelessly, by=give_back_carelessly)

    assert ShipDate.objects.get().taken < 9


def test_an_order_cancelled_by_eight_hands_gives_back_once():
    a_box()
    a_lot()
    a_ship_date()
    an_order(boxes=9)
    order = an_order(boxes=1)

    def cancel() -> str:
        try:
            changes.cancel(order=Order.objects.get(pk=order.pk), by="customer", now=NOW)
        except Refused as refusal:
            return refusal.code
        return "cancelled"

    assert crowd(cancel) == {"cancelled": 1, "wrong_state": 7}
    assert (ShipDate.objects.get().taken, Lot.objects.get().taken) == (9, 9 * 2500)


@pytest.mark.services  # SQLite lets one transaction begin at a time, with or without the lock
@pytest.mark.parametrize("in_order", [False, True])
def test_orders_that_swap_days_wait_for_each_other_for_ever_only_without_one_order_of_locks(in_order, monkeypatch):
    if not in_order:  # the control
        monkeypatch.setattr(limited, "_hold_still", lambda rows: None)
    a_box()
    a_lot()
    days = [a_ship_date(), a_ship_date(DAY.replace(day=11))]
    first, second = (an_order(date=day.date) for day in days)

    def move(order: Order, day: ShipDate) -> None:
        changes.change_ship_date(order=order, to=day.date, by="customer", now=NOW)

    answers = crossed(
        monkeypatch, limited, "_add_back", act=lambda: move(first, days[1]), other=lambda: move(second, days[0])
    )

    assert any(isinstance(answer, OperationalError) for answer in answers) != in_order
    assert not in_order or answers == [None, None]


def test_orders_that_swap_days_in_opposite_directions_never_deadlock():
    a_box()
    a_lot()
    days = [a_ship_date(), a_ship_date(DAY.replace(day=11))]
    orders = [an_order(date=day.date) for day in days for _ in range(3)]

    def to_and_fro(order: Order) -> None:
        for day in itertools.islice(itertools.cycle(days), 4):
            changes.change_ship_date(order=order, to=day.date, by="customer", now=NOW)

    errors = [error for error in together(*[lambda order=order: to_and_fro(order) for order in orders]) if error]

    assert errors == []
    assert sum(ShipDate.objects.values_list("taken", flat=True)) == Order.objects.count()


def test_control_changers_who_read_before_writing_overfill_a_day():
    a_shop()
    full = a_ship_date(DAY.replace(day=11), limit=3)
    orders = [an_order() for _ in range(8)]

    have_read = Barrier(len(orders), timeout=PATIENCE)

    def change_carelessly(order: Order) -> None:
        seen = ShipDate.objects.get(pk=full.pk)
        have_read.wait()
        if seen.left > 0:
            ShipDate.objects.filter(pk=full.pk).update(taken=seen.taken + 1)
            Order.objects.filter(pk=order.pk).update(ship_date=full)

    together(*[lambda order=order: change_carelessly(order) for order in orders])

    assert Order.objects.filter(ship_date=full).count() > full.limit


def test_a_full_day_takes_only_as_many_changers_as_it_has_room():
    a_box()
    a_lot()
    a_ship_date()
    full = a_ship_date(DAY.replace(day=11), limit=3)
    orders = [an_order() for _ in range(8)]

    def change(order: Order) -> str:
        try:
            changes.change_ship_date(order=order, to=full.date, by="customer", now=NOW)
        except Refused as refusal:
            return refusal.code
        return "moved"

    answers = together(*[lambda order=order: change(order) for order in orders])

    assert sorted(map(str, answers)) == ["moved"] * 3 + ["sold_out"] * 5
    assert list(ShipDate.objects.order_by("date").values_list("taken", flat=True)) == [5, 3]


def test_holds_expired_by_two_sweeps_are_given_back_once():
    a_box()
    a_lot()
    a_ship_date()
    for _ in range(30):
        an_order()
    later = NOW.replace(hour=11)

    expired = together(*[lambda: checkout.expire_holds(later)] * 4)

    assert sum(expired) == 30
    assert (ShipDate.objects.get().taken, Lot.objects.get().taken) == (0, 0)


def test_a_hold_pressed_longer_while_it_expires_is_kept_or_given_back_never_both():
    a_box()
    a_lot()
    a_ship_date()
    orders = [an_order() for _ in range(4)]
    end = orders[0].hold_until

    def longer(order: Order) -> str:
        try:
            checkout.extend_hold(order=order, now=end.replace(microsecond=0) - dt.timedelta(seconds=1))
        except Refused as refusal:
            return refusal.code
        return "longer"

    acts = [lambda order=order: longer(order) for order in orders]
    answers = together(*acts, *acts, *[lambda: checkout.expire_holds(end)] * 2)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    kept = Order.objects.filter(status="placed", was_extended=True).count()
    assert answers.count("longer") == kept == ShipDate.objects.get().taken
    assert Order.objects.filter(status="expired").count() == 4 - kept
