"""Planned by hand before the cut-off: what the customer was promised until then holds, until the order is picked."""

import datetime as dt

import pytest

from farm.refusals import Refused
from shop import changes, fulfilment, planning
from shop.addresses import Address
from shop.models import Lot, Order, ShipDate
from shop.pages.progress import progress
from shop.picklist import pick_list
from tests.builders import DAY, HOME, NOW, a_lot, a_paid_order, a_ship_date, a_shop
from tests.drift import drift

pytestmark = pytest.mark.django_db
NEXT_DAY = DAY + dt.timedelta(days=1)
FAR = Address("王小明", "13812345678", "广东省", "深圳市", "南山区", "科技路1号")
NEAR = Address("李华", "13912345678", HOME.province, HOME.city, HOME.district, "城北路3号")


@pytest.fixture
def early(settings):
    """An order that was planned long before its cut-off, and a later day with room."""
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order(3, address=FAR)
    planning.plan_day(ship_date=day, now=NOW)
    order.refresh_from_db()
    return order


def test_it_is_cancelled_and_leaves_the_pick_list(early):
    changes.cancel(order=early, by="customer", now=NOW)

    assert (Order.objects.get().status, pick_list(wave=early.wave), drift()) == ("cancelled", [], [])
    assert list(ShipDate.objects.values_list("taken", flat=True)) == [0, 0]


def test_it_moves_to_another_day_and_waits_for_that_days_plan(early):
    moved = changes.change_ship_date(order=early, to=NEXT_DAY, by="customer", now=NOW)

    assert (moved.status, moved.wave, pick_list(wave=early.wave), drift()) == ("paid", None, [], [])


def test_with_another_street_it_stays_in_its_wave(early):
    moved = changes.change_address(order=early, address=NEAR, by="customer", now=NOW)

    assert (moved.status, moved.wave, moved.street) == ("planned", early.wave, "城北路3号")


def test_with_boxes_from_other_lots_it_leaves_the_wave_that_names_the_old_ones(early):
    Lot.objects.update(is_withdrawn=True)
    a_lot("sound")

    moved = changes.change_address(order=early, address=NEAR, by="customer", now=NOW)

    assert (moved.status, moved.wave, drift()) == ("paid", None, [])
    assert [line.lot.code for line in moved.lines.all()] == ["sound"]


def test_its_page_offers_the_changes_until_it_is_picked(early):
    before = progress(early.number, now=NOW)
    fulfilment.confirm_picked(order=Order.objects.get(), by="packer", now=NOW)
    after = progress(early.number, now=NOW)

    assert (before.can_change, after.can_change, after.was_changeable) == (True, False, True)


def test_once_picked_nothing_changes_any_more(early):
    fulfilment.confirm_picked(order=Order.objects.get(), by="packer", now=NOW)

    for change in (
        lambda: changes.cancel(order=early, by="customer", now=NOW),
        lambda: changes.change_ship_date(order=early, to=NEXT_DAY, by="customer", now=NOW),
        lambda: changes.change_address(order=early, address=NEAR, by="customer", now=NOW),
    ):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.code == "wrong_state"

    assert (Order.objects.get().status, Order.objects.get().street) == ("picked", FAR.street)


def test_after_the_cut_off_a_planned_order_is_too_late(early):
    with pytest.raises(Refused) as refusal:
        changes.cancel(order=early, by="customer", now=early.ship_date.cut_off_at)

    assert (refusal.value.code, Order.objects.get().status) == ("too_late", "planned")
