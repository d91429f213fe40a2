import datetime as dt

import pytest
from django.db.models import Sum

from shop import planning
from shop.models import ColdRoom, OrderLine, ShipDate
from shop.picklist import pick_list
from tests.builders import DAY, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


def a_wave():
    return planning.plan_day(ship_date=ShipDate.objects.get(), now=NOW)


def test_boxes_are_fetched_room_by_room_and_the_lot_that_expires_first_is_on_top():
    cellar = ColdRoom.objects.create(code="A0", name_zh="零号库", name_en="Room 0", celsius=0)
    a_box()
    a_ship_date()
    a_lot("young", boxes=9)
    a_lot("old", boxes=2, best_before=DAY + dt.timedelta(days=9))
    a_lot("oldest", boxes=1, best_before=DAY + dt.timedelta(days=8), cold_room=cellar)
    a_paid_order(boxes=4)
    a_paid_order(boxes=1)

    lines = pick_list(wave=a_wave())

    assert [(line.cold_room.code, line.lot.code, line.boxes, line.orders) for line in lines] == [
        ("A0", "oldest", 1, 1),
        ("C1", "old", 2, 1),
        ("C1", "young", 2, 2),
    ]


def test_two_kinds_of_box_out_of_one_lot_are_two_lines():
    a_shop()
    a_box("kyoho-5000", net_grams=5000)
    a_paid_order(boxes=2)
    a_paid_order(boxes=3, sku="kyoho-5000")

    lines = pick_list(wave=a_wave())

    assert [(line.box.sku, line.boxes) for line in lines] == [("kyoho-2500", 2), ("kyoho-5000", 3)]


def test_the_list_adds_up_to_the_orders_of_its_wave_and_no_other():
    a_shop_with_a_paid_order(boxes=5)
    first = a_wave()
    a_paid_order(boxes=7)
    second = a_wave()

    assert [sum(line.boxes for line in pick_list(wave=wave)) for wave in (first, second)] == [5, 7]
    assert OrderLine.objects.aggregate(boxes=Sum("quantity")) == {"boxes": 12}


def test_the_list_takes_three_queries_for_one_lot_and_for_five(django_assert_num_queries):
    a_box()
    a_ship_date()
    for number in range(5):
        a_lot(f"L{number}", boxes=1)
    a_paid_order(boxes=1)
    small = a_wave()
    a_paid_order(boxes=4)
    large = a_wave()

    for wave, lots in ((small, 1), (large, 4)):
        with django_assert_num_queries(3):
            lines = pick_list(wave=wave)
            assert (
                len([(line.cold_room.code, line.lot.code, line.box.name, line.box.variety.name) for line in lines])
                == lots
            )
