"""Planning a day: its paid orders become waves, each order exactly once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm.models import Job, StaffTask
from shop import calendar_days, changes, glance, lot_care, planning
from shop.models import Lot, Order, PickWave, ShipDate
from tests.builders import DAY, FARM_TIME, NOW, a_lot, a_paid_order, a_ship_date, a_shop, an_order
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
DAWN = dt.datetime.combine(DAY, dt.time(4, 30), FARM_TIME)
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


def statuses() -> list[str]:
    return list(Order.objects.order_by("pk").values_list("status", flat=True))


def picks() -> list[str]:
    return list(Job.objects.filter(kind="shop.tasks.pick").order_by("pk").values_list("key", flat=True))


def test_the_paid_orders_of_a_day_become_one_wave_and_a_pick_job_each():
    day = a_shop()
    paid = [a_paid_order(), a_paid_order()]
    an_order()

    wave = planning.plan_day(ship_date=day, now=DAWN)

    assert statuses() == ["planned", "planned", "placed"]
    assert list(wave.orders.order_by("pk")) == paid
    assert picks() == [f"pick:{order.number}:{wave.pk}" for order in paid]
    assert [order.events.get(what="planned").details for order in paid] == [{"wave": 1}, {"wave": 1}]


def test_planning_again_changes_nothing_and_later_orders_get_a_later_wave():
    day = a_shop()
    a_paid_order()
    planning.plan_day(ship_date=day, now=DAWN)

    assert planning.plan_day(ship_date=day, now=DAWN) is None
    late = a_paid_order()
    second = planning.plan_day(ship_date=day, now=DAWN)

    assert (second.number, list(second.orders.all())) == (2, [late])
    assert PickWave.objects.count() == 2
    assert len(picks()) == 2


def test_a_day_without_paid_orders_gets_no_wave():
    day = a_shop()
    an_order()

    assert planning.plan_day(ship_date=day, now=DAWN) is None

    assert not PickWave.objects.exists()


def test_nobody_plans_a_closed_day_and_its_orders_wait_for_staff():
    day = a_shop()
    a_paid_order()
    calendar_days.close(ship_date=day, reason_zh="大雪", reason_en="snow", by="wang", now=NOW)

    assert planning.plan_day(ship_date=day, now=DAWN) is None
    assert planning.demo_clock(DAWN) == 0

    assert statuses() == ["paid"]
    assert not PickWave.objects.exists()


def test_an_order_cancelled_just_before_is_not_planned():
    day = a_shop()
    gone, _ = a_paid_order(), a_paid_order()
    changes.cancel(order=gone, by="customer", now=NOW)

    planning.plan_day(ship_date=day, now=NOW)

    assert statuses() == ["cancelled", "planned"]
    assert ShipDate.objects.get().taken == 1


def test_the_bench_of_people_asks_for_no_pick_jobs(settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    a_paid_order()

    planning.plan_day(ship_date=day, now=DAWN)

    assert statuses() == ["planned"]
    assert picks() == []


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        (DAWN - SECOND, 0),
        (DAWN, 1),
        (DAWN + dt.timedelta(days=3), 1),  # no worker ran for three days
    ],
)
def test_a_day_is_planned_from_half_past_four_on(now, planned):
    a_shop_with_a_paid_order()

    assert planning.plan_due_days(now) == planned


def test_a_day_is_not_planned_before_its_cut_off():
    a_shop_with_a_paid_order()
    ShipDate.objects.update(cut_off_at=DAWN + SECOND)

    assert planning.plan_due_days(DAWN) == 0

    assert statuses() == ["paid"]


def test_a_day_that_was_closed_after_it_sold_waits_for_staff():
    a_shop_with_a_paid_order()
    ShipDate.objects.update(is_closed=True)

    assert planning.plan_due_days(DAWN) == 0

    assert statuses() == ["paid"]


def test_what_planning_leaves_out_is_one_task_for_the_date_however_often_it_plans():
    a_shop()
    a_paid_order()
    lot_care.withdraw(lot=Lot.objects.get(), by="li.na", now=NOW)
    a_lot("sound")
    a_paid_order()
    StaffTask.objects.all().delete()

    assert [planning.plan_due_days(DAWN + minutes * MINUTE) for minutes in range(3)] == [1, 0, 0]

    assert StaffTask.objects.get().what == (
        f"1 order of {DAY} is in no wave, day closed or lot not good: move or cancel it."
    )


def test_an_order_placed_while_its_lot_was_found_to_keep_shorter_is_not_forgotten(settings):
    settings.GLANCE_SECONDS = 60
    a_shop()
    glance.fresh(NOW)
    lot_care.set_best_before(lot=Lot.objects.get(), best_before=DAY, by="li.na", now=NOW)
    a_paid_order()
    assert not StaffTask.objects.exists()

    planning.plan_due_days(DAWN)

    assert statuses() == ["paid"]
    assert StaffTask.objects.get().about == ShipDate.objects.get().counter


def test_a_day_that_leaves_nothing_out_asks_nobody():
    a_shop_with_a_paid_order()

    planning.plan_due_days(DAWN)

    assert not StaffTask.objects.exists()


def test_every_missed_day_is_planned_into_its_own_wave():
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1))
    a_paid_order()
    a_paid_order(date=DAY + dt.timedelta(days=1))

    assert planning.plan_due_days(DAWN + dt.timedelta(days=1)) == 2

    assert [wave.ship_date.date for wave in PickWave.objects.order_by("pk")] == [DAY, DAY + dt.timedelta(days=1)]


def test_a_trial_plans_what_was_paid_eight_seconds_ago():
    a_shop()
    early, late = a_paid_order(), a_paid_order(now=NOW + SECOND)

    assert planning.demo_clock(NOW + 8 * SECOND) == 1

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == ("planned", "paid")


def test_a_wave_of_many_takes_as_many_statements_as_a_wave_of_one():
    def statements(orders: int) -> int:
        for _ in range(orders):
            a_paid_order()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            planning.plan_day(ship_date=ShipDate.objects.get(), now=DAWN)
        return len(seen)

    a_shop()

    assert statements(1) == statements(12)
