"""Planner, pickers and staff reach for one order in the same moment; each control leaves the compare-and-set out."""

import datetime as dt

import pytest

from farm import limited
from farm.refusals import Refused
from farm.states import WrongState
from shop import changes, fulfilment, planning
from shop.models import Order, OrderEvent, PickWave, ShipDate
from shop.picklist import pick_list
from tests.builders import DAY, NOW, a_paid_order, a_ship_date, a_shop, work_off
from tests.concurrency.crowd import overtaken, together
from tests.drift import drift

pytestmark = pytest.mark.django_db(transaction=True)
NEXT_DAY = DAY + dt.timedelta(days=1)


def staff_move(order: Order) -> str:
    try:
        return changes.move_by_staff(order=order, to=NEXT_DAY, by="li.na", now=NOW).status
    except Refused as refusal:
        return refusal.code


def staff_cancel(order: Order) -> str:
    try:
        return changes.cancel_by_staff(order=order, by="li.na", now=NOW).status
    except Refused as refusal:
        return refusal.code


def customer_cancels(order: Order) -> str:
    try:
        return changes.cancel(order=order, by="customer", now=NOW).status
    except Refused as refusal:
        return refusal.code


def pick(order: Order) -> str:
    try:
        fulfilment.confirm_picked(order=Order.objects.get(pk=order.pk), by="packer", now=NOW)
    except WrongState:
        return "wrong_state"
    return "picked"


def boxes_on_pick_lists() -> int:
    return sum(line.boxes for wave in PickWave.objects.all() for line in pick_list(wave=wave))


def test_control_staff_who_read_and_save_move_what_is_being_planned():
    day = a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order()

    def move_carelessly(pause) -> None:
        seen = Order.objects.get(pk=order.pk)
        pause()
        if seen.status == Order.Status.PAID:
            Order.objects.filter(pk=seen.pk).update(ship_date=ShipDate.objects.get(date=NEXT_DAY))

    overtaken(move_carelessly, by=lambda: planning.plan_day(ship_date=day, now=NOW))

    assert Order.objects.filter(status=Order.Status.PLANNED).exclude(ship_date=day).exists()


@pytest.mark.parametrize("round_", range(4))
def test_an_order_moved_while_its_day_is_planned_ends_on_the_new_day_in_no_wave(round_, settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    a_ship_date(NEXT_DAY)
    orders = [a_paid_order() for _ in range(4)]

    acts = [lambda order=order: staff_move(order) for order in orders[:3]]
    answers = together(*acts, lambda: planning.plan_day(ship_date=day, now=NOW))

    assert answers[:3] == ["paid"] * 3
    assert set(Order.objects.filter(wave=None).values_list("status", "ship_date__date")) == {("paid", NEXT_DAY)}
    assert (Order.objects.filter(wave=None).count(), boxes_on_pick_lists()) == (3, 1)
    assert list(ShipDate.objects.order_by("date").values_list("taken", flat=True)) == [1, 3]
    assert drift() == []


def test_control_a_planner_who_reads_and_saves_plans_what_is_being_cancelled(settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()

    order = a_paid_order()

    def plan_carelessly(pause) -> None:
        seen = list(Order.objects.filter(status=Order.Status.PAID).values_list("pk", flat=True))
        pause()
        Order.objects.filter(pk__in=seen).update(status=Order.Status.PLANNED)

    _, answer = overtaken(plan_carelessly, by=lambda: staff_cancel(order))

    assert (answer, Order.objects.get(pk=order.pk).status) == ("cancelled", "planned")
    assert ShipDate.objects.get(pk=day.pk).taken < Order.objects.filter(status=Order.Status.PLANNED).count()


@pytest.mark.parametrize("round_", range(4))
def test_an_order_cancelled_while_its_day_is_planned_is_on_no_pick_list(round_, settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    by_staff, by_customer, stays = (a_paid_order() for _ in range(3))

    _, answer, _ = together(
        lambda: staff_cancel(by_staff),
        lambda: customer_cancels(by_customer),
        lambda: planning.plan_day(ship_date=day, now=NOW),
    )
    work_off()

    ended = dict(Order.objects.values_list("pk", "status"))
    assert (answer, ended) == (
        "cancelled",
        {by_staff.pk: "cancelled", by_customer.pk: "cancelled", stays.pk: "planned"},
    )
    assert boxes_on_pick_lists() == ShipDate.objects.get().taken == 1
    assert drift() == []


def test_control_a_picker_who_reads_and_saves_picks_what_is_being_moved(settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    a_ship_date(NEXT_DAY)

    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)

    def pick_carelessly(pause) -> None:
        seen = Order.objects.get(pk=order.pk)
        pause()
        if seen.status == Order.Status.PLANNED:
            Order.objects.filter(pk=order.pk).update(status=Order.Status.PICKED)

    overtaken(pick_carelessly, by=lambda: staff_move(order))

    assert Order.objects.filter(pk=order.pk, status=Order.Status.PICKED, wave=None).exists()


@pytest.mark.parametrize("round_", range(4))
def test_of_a_picker_and_staff_who_move_exactly_one_wins(round_, settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)

    answers = together(lambda: staff_move(order), lambda: pick(order))

    assert answers in (["paid", "wrong_state"], ["wrong_state", "picked"])
    assert OrderEvent.objects.filter(order=order).latest("pk").what == Order.objects.get().status
    assert drift() == []


def test_control_staff_who_read_and_save_give_one_orders_place_back_more_than_once():
    day = a_shop()
    next_day = a_ship_date(NEXT_DAY)
    a_paid_order(9)
    order = a_paid_order()

    def move_carelessly(pause=lambda: None) -> None:
        seen = Order.objects.get(pk=order.pk)
        pause()
        if seen.ship_date_id == day.pk:
            limited.give_back(ShipDate, day.pk, 1)
            Order.objects.filter(pk=order.pk).update(ship_date=next_day)

    overtaken(move_carelessly, by=move_carelessly)

    assert ShipDate.objects.get(pk=day.pk).taken < 9


@pytest.mark.parametrize("round_", range(4))
def test_two_of_the_staff_who_move_one_order_move_it_once_and_give_back_once(round_):
    day = a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)

    together(*[lambda: staff_move(order)] * 4)

    assert list(order.events.order_by("pk").values_list("what", flat=True)).count("date changed") == 1
    assert list(ShipDate.objects.order_by("date").values_list("taken", flat=True)) == [0, 1]
    assert drift() == []
