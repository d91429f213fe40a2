"""What staff do to a lot, and what becomes of the orders that wait for its grapes."""

import datetime as dt

import pytest

from farm.models import StaffTask
from shop import changes, lot_care, planning, staff_refusals
from shop.addresses import Address
from shop.harvest import NeverFresh
from shop.models import Lot, Order
from tests.builders import DAY, NOW, a_lot, a_paid_order, a_shop

pytestmark = pytest.mark.django_db
FAR = Address("王小明", "13812345678", "广东省", "深圳市", "南山区", "科技路1号")  # three days on the road
DAWN = NOW + dt.timedelta(days=2)


def keeps_until(date: dt.date) -> Lot:
    return lot_care.set_best_before(lot=Lot.objects.get(code="L1"), best_before=date, by="li.na", now=NOW)


def test_a_lot_that_keeps_shorter_strands_the_orders_it_can_no_longer_reach():
    a_shop()
    near, far = a_paid_order(), a_paid_order(address=FAR)

    keeps_until(DAY + dt.timedelta(days=1))

    assert list(Order.objects.stranded()) == [far]
    assert (
        StaffTask.objects.get().what == f"Lot L1 keeps only until {DAY + dt.timedelta(days=1)}: move or cancel 1 order."
    )
    assert list(planning.plan_day(ship_date=near.ship_date, now=DAWN).orders.all()) == [near]


def test_the_day_before_arrival_is_too_short_and_arrival_itself_is_enough():
    a_shop()
    a_paid_order(address=FAR)

    keeps_until(DAY + dt.timedelta(days=3))
    assert not Order.objects.stranded().exists()

    keeps_until(DAY + dt.timedelta(days=2))
    assert Order.objects.stranded().count() == StaffTask.objects.count() == 1


def test_a_stranded_order_is_helped_by_a_sound_lot_on_its_own_date():
    a_shop()
    order = a_paid_order(address=FAR)
    keeps_until(DAY)
    a_lot("sound")

    changes.move_by_staff(order=order, to=DAY, by="li.na", now=NOW)

    assert not Order.objects.stranded().exists()


def test_a_lot_that_keeps_longer_asks_nobody():
    a_shop()
    a_paid_order(address=FAR)

    keeps_until(DAY + dt.timedelta(days=60))

    assert not StaffTask.objects.exists()


@pytest.mark.parametrize(
    ("days", "refusal"), [(-5, NeverFresh), (40, staff_refusals.NothingToChange)], ids=["never fresh", "as it is"]
)
def test_a_date_that_makes_no_sense_changes_nothing(days, refusal):
    a_shop()

    with pytest.raises(refusal):
        keeps_until(DAY + dt.timedelta(days=days))

    assert Lot.objects.get().best_before == DAY + dt.timedelta(days=40)
