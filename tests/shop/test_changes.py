import datetime as dt

import pytest
from django.db import connection

from farm.models import OutboxMessage
from farm.refusals import Refused
from shop import changes, checkout
from shop.addresses import Address
from shop.models import Lot, Order, ShipDate
from tests.builders import (
    DAY,
    HOME,
    NOW,
    a_box,
    a_capture,
    a_lot,
    a_paid_order,
    a_ship_date,
    a_shop,
    an_order,
    work_off,
)
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
NEXT_DAY = DAY + dt.timedelta(days=1)
FAR = Address("王小明", "13812345678", "广东省", "深圳市", "南山区", "科技路1号")


def counters() -> list[int]:
    return [
        *ShipDate.objects.order_by("date").values_list("taken", flat=True),
        *Lot.objects.values_list("taken", flat=True),
    ]


def test_a_cancelled_order_gives_its_boxes_back():
    a_shop()
    order = an_order(boxes=3)

    changes.cancel(order=order, by="customer", now=NOW)

    assert (Order.objects.get().status, counters()) == ("cancelled", [0, 0])


def test_a_paid_order_that_is_cancelled_asks_for_its_money_back_once():
    order = a_shop_with_a_paid_order()

    changes.cancel(order=order, by="customer", now=NOW)

    due = OutboxMessage.objects.get(topic="refund.due").payload
    assert (due["payment"], due["amount_fen"], due["why"]) == (order.paid_by, order.total_fen, "cancelled")


def test_a_cancelled_order_cannot_be_cancelled_again():
    a_shop()
    order = an_order()
    stale = Order.objects.get()
    changes.cancel(order=order, by="customer", now=NOW)

    with pytest.raises(Refused) as refusal:
        changes.cancel(order=stale, by="customer", now=NOW)

    assert (refusal.value.code, counters()) == ("wrong_state", [0, 0])


def test_after_the_cut_off_nothing_can_be_changed():
    day = a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order()
    late = day.cut_off_at

    for change in (
        lambda: changes.cancel(order=order, by="customer", now=late),
        lambda: changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=late),
        lambda: changes.change_address(order=order, address=HOME, by="customer", now=late),
    ):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.code == "too_late"

    assert (Order.objects.get().status, counters()) == ("paid", [1, 0, 2500])


def test_an_order_moves_to_another_day_and_its_room_moves_with_it():
    a_shop()
    a_ship_date(NEXT_DAY)
    order = an_order(boxes=3)

    moved = changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert (moved.ship_date.date, counters()) == (NEXT_DAY, [0, 3, 7500])


@pytest.mark.parametrize("full", [{"limit": 2}, {"is_closed": True}])
def test_a_day_that_cannot_take_the_order_leaves_it_where_it_was(full):
    a_shop()
    a_ship_date(NEXT_DAY, **full)
    order = an_order(boxes=3)

    with pytest.raises(Refused):
        changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert (Order.objects.get().ship_date.date, counters()) == (DAY, [3, 0, 7500])


def test_a_later_day_is_packed_from_fruit_that_is_still_good_then():
    a_box()
    a_ship_date()
    a_ship_date(NEXT_DAY)
    a_lot("tired", best_before=DAY + dt.timedelta(days=1))
    a_lot("fresh")
    order = an_order()

    changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert [line.lot.code for line in order.lines.all()] == ["fresh"]
    assert dict(Lot.objects.values_list("code", "taken")) == {"tired": 0, "fresh": 2500}


def test_an_unpaid_order_is_priced_anew_for_its_new_address():
    a_shop()
    order = an_order()

    moved = changes.change_address(order=order, address=FAR, by="customer", now=NOW)

    assert moved.freight_fen > order.freight_fen
    assert moved.total_fen == moved.boxes_fen + moved.freight_fen
    assert Order.objects.get().district == "南山区"


def test_a_paid_order_does_not_move_to_a_dearer_address():
    order = a_shop_with_a_paid_order()

    with pytest.raises(Refused) as refusal:
        changes.change_address(order=order, address=FAR, by="customer", now=NOW)

    assert (refusal.value.code, Order.objects.get().district) == ("bad_address", "北镇市")


def test_a_paid_order_that_moves_nearer_gets_the_saved_freight_back():
    a_shop()
    order = a_paid_order(address=FAR)

    moved = changes.change_address(order=order, address=HOME, by="customer", now=NOW)
    work_off()

    refund = order.total_fen - moved.total_fen
    assert OutboxMessage.objects.get(topic="payment.refunded").payload["amount_fen"] == refund > 0


def test_staff_cancel_after_the_cut_off_too_and_the_money_goes_back():
    day = a_shop()
    order = a_paid_order()

    changes.cancel_by_staff(order=order, by="li.na", now=day.cut_off_at)

    assert (Order.objects.get().status, counters()) == ("cancelled", [0, 0])
    assert OutboxMessage.objects.get(topic="refund.due").payload["amount_fen"] == order.total_fen


def test_asking_for_the_date_it_has_is_no_change_even_when_that_date_is_full():
    a_shop()
    ShipDate.objects.update(limit=3)
    order = an_order(boxes=3)

    assert changes.change_ship_date(order=order, to=DAY, by="customer", now=NOW) == order


def test_an_order_whose_money_is_being_told_keeps_its_address():
    a_shop()
    order = an_order()
    a_capture(order)

    with pytest.raises(Refused) as refusal:
        changes.change_address(order=order, address=FAR, by="customer", now=NOW)

    assert (refusal.value.code, Order.objects.get().total_fen) == ("wrong_state", order.total_fen)


def test_an_order_moves_away_from_a_withdrawn_lot():
    a_shop()
    a_ship_date(NEXT_DAY)
    order = an_order()
    Lot.objects.update(is_withdrawn=True)
    a_lot("sound")

    changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert [line.lot.code for line in order.lines.all()] == ["sound"]


def test_an_order_keeps_its_own_grams_of_a_lot_that_is_full():
    a_box()
    a_ship_date()
    a_ship_date(NEXT_DAY)
    a_lot("tired", boxes=1, best_before=DAY + dt.timedelta(days=1))
    a_lot("full", boxes=2)
    order = an_order(boxes=2)
    an_order(boxes=1)
    a_lot("other", boxes=1)

    changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert [(line.lot.code, line.quantity) for line in order.lines.all()] == [("full", 1), ("other", 1)]
    assert dict(Lot.objects.values_list("code", "taken")) == {"tired": 0, "full": 5000, "other": 2500}


def test_an_order_that_fills_a_lot_alone_moves_wholly_onto_it():
    a_box()
    a_ship_date()
    a_ship_date(NEXT_DAY)
    a_lot("tired", boxes=1, best_before=DAY + dt.timedelta(days=1))
    full = a_lot("full", boxes=1)
    order = an_order(boxes=2)
    Lot.objects.filter(pk=full.pk).update(limit=2 * 2500)

    changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert dict(Lot.objects.values_list("code", "taken")) == {"tired": 0, "full": 5000}


def test_a_move_for_which_the_fruit_is_short_names_the_days_that_have_enough():
    a_box()
    for days in range(4):
        a_ship_date(DAY + dt.timedelta(days=days))
    a_lot("tired", boxes=2, best_before=DAY + dt.timedelta(days=1))
    order = an_order(boxes=2)
    a_lot("young", harvested_on=DAY + dt.timedelta(days=2))

    with pytest.raises(Refused) as refusal:
        changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert refusal.value.extra["next_dates"] == ["2026-09-12", "2026-09-13"]
    assert Order.objects.get().ship_date.date == DAY


def test_room_that_goes_in_the_last_moment_leaves_the_order_and_names_other_days():
    a_shop()
    a_ship_date(NEXT_DAY, limit=1)
    third = a_ship_date(NEXT_DAY + dt.timedelta(days=1))
    order = an_order()
    rivals = [lambda: ShipDate.objects.filter(date=NEXT_DAY).update(limit=0)]

    def rival_first(execute, sql, params, many, context):
        if sql.startswith('UPDATE "shop_shipdate"') and rivals:
            rivals.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(rival_first), pytest.raises(Refused) as refusal:
        changes.change_ship_date(order=order, to=NEXT_DAY, by="customer", now=NOW)

    assert refusal.value.extra["next_dates"] == [str(third.date)]
    assert "take one of the next dates" in refusal.value.advice
    assert (Order.objects.get().ship_date.date, counters()) == (DAY, [1, 0, 0, 2500])


def test_money_that_came_in_time_keeps_its_order_however_late_it_is_told():
    a_shop()
    order = an_order()
    a_capture(order)
    much_later = NOW + dt.timedelta(hours=2)

    checkout.expire_holds(much_later)
    work_off(much_later)

    assert Order.objects.get().status == "paid"
