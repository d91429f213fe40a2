"""A task about stranded orders lasts as long as its cause, and says what is left when somebody settles it."""

import datetime as dt

import pytest

from farm.models import StaffTask
from shop import calendar_days, changes, lot_care, planning
from shop.models import Lot, Order, ShipDate
from tests.builders import DAY, NOW, a_paid_order, a_ship_date, a_shop, an_order
from tests.staff import a_boss, act, press

pytestmark = pytest.mark.django_db
DAWN = NOW + dt.timedelta(days=2)


@pytest.fixture
def day(client) -> ShipDate:
    a_boss(client)
    return a_shop()


def still_asked() -> list[str]:
    return [task.what for task in StaffTask.objects.filter(settled_at=None)]


def test_a_lot_that_is_sold_again_closes_its_task(client, day):
    an_order()
    act(client, "withdraw", Lot.objects.get())

    act(client, "put_back", Lot.objects.get())

    assert still_asked() == []
    assert StaffTask.objects.get().settled_by == "boss"


def test_a_lot_that_is_sold_again_and_keeps_too_short_asks_for_that(client, day):
    an_order()
    lot_care.set_best_before(lot=Lot.objects.get(), best_before=DAY - dt.timedelta(days=1), by="li.na", now=NOW)
    act(client, "withdraw", Lot.objects.get())

    act(client, "put_back", Lot.objects.get())

    assert still_asked() == [f"Lot L1 keeps only until {DAY - dt.timedelta(days=1)}: move or cancel 1 order."]


def test_a_lot_that_is_corrected_again_gives_nobody_more_time(client, day):
    an_order()
    for days, hours in ((1, 0), (2, 20)):
        until, now = DAY - dt.timedelta(days=days), NOW + dt.timedelta(hours=hours)
        lot_care.set_best_before(lot=Lot.objects.get(), best_before=until, by="li.na", now=now)

    assert StaffTask.objects.get(settled_at=None).due_at == NOW + dt.timedelta(hours=24)


def test_a_date_that_opens_again_closes_its_tasks_also_that_of_planning(client, day):
    a_paid_order()
    press(client, "close", day, reason_zh="大雪", reason_en="Snow")
    planning.plan_due_days(DAWN)
    assert len(still_asked()) == 2

    act(client, "reopen", day)

    assert still_asked() == []


def test_a_task_of_another_cause_stays(client, day):
    an_order()
    calendar_days.close(ship_date=day, reason_zh="大雪", reason_en="Snow", by="li.na", now=NOW)
    act(client, "withdraw", Lot.objects.get())

    act(client, "put_back", Lot.objects.get())

    assert still_asked() == [f"{DAY} is closed: move or cancel 1 order."]


def test_a_task_is_settled_with_a_word_on_what_is_left(client, day):
    a_ship_date(DAY + dt.timedelta(days=1))
    an_order(), an_order()
    press(client, "close", day, reason_zh="大雪", reason_en="Snow")
    first = Order.objects.order_by("pk").first()
    changes.move_by_staff(order=first, to=DAY + dt.timedelta(days=1), by="li.na", now=NOW)

    said = act(client, "settle", StaffTask.objects.get())

    assert "cancel 2 orders: 1 order of it is still to be moved or cancelled." in said
    assert still_asked() == []


def test_a_task_of_which_nothing_is_left_is_settled_without_a_word(client, day):
    order = a_paid_order()
    press(client, "close", day, reason_zh="大雪", reason_en="Snow")
    changes.cancel(order=order, by="li.na", now=NOW)

    assert act(client, "settle", StaffTask.objects.get()) == f"{DAY} is closed: move or cancel 1 order: settled."
