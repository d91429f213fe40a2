import datetime as dt

import pytest

from shop import freight, freshness, glance
from shop.models import Box
from tests.builders import DAY, NOW, a_box, a_lot, a_ship_date, a_shop, a_variety

pytestmark = pytest.mark.django_db


def ahead(box: Box, most: int = 5) -> list[freshness.Ahead]:
    return freshness.ahead(box, glance.fresh(NOW), most)


def days(n: int) -> dt.date:
    return DAY + dt.timedelta(days=n)


def test_boxes_left_are_as_many_as_the_day_and_the_cold_rooms_have():
    box, gift = a_box(), a_box("kyoho-gift", packing_units=2)
    a_lot(boxes=30)
    a_ship_date(limit=50)
    a_ship_date(days(1), limit=20)

    assert [day.left for day in ahead(box)] == [30, 20]
    assert [day.left for day in ahead(gift)] == [25, 10]


def test_best_before_is_that_of_the_lot_that_expires_first():
    box = a_box()
    a_lot("young", best_before=days(40))
    a_lot("old", best_before=days(20))
    a_ship_date()

    [day] = ahead(box)

    assert (day.best_before, day.best_before.is_one_day) == (freshness.Span(days(20), days(20)), True)


def test_best_before_is_a_span_when_far_doors_need_a_younger_lot():
    box = a_box()
    a_lot("young", best_before=days(40))
    a_lot("old", best_before=days(2))
    a_ship_date()

    [day] = ahead(box)

    assert day.best_before == freshness.Span(days(2), days(40))
    assert day.arrives == freshness.Span(days(1), days(4))


def test_a_date_for_which_no_fruit_is_good_any_more_has_nothing_left():
    box = a_box()
    a_lot(best_before=days(3))
    a_lot("other", variety=a_variety("shine"))
    a_ship_date()
    a_ship_date(days(9))

    first, second = ahead(box)

    assert (first.left, second.left, second.best_before) == (500, 0, None)


def test_only_open_dates_of_the_boxs_season_are_named():
    a_shop()
    box = a_box("late", season_from=days(2))
    a_ship_date(days(1))
    a_ship_date(days(2))
    a_ship_date(days(3), is_closed=True)
    a_ship_date(days(4))

    assert [day.date for day in ahead(box)] == [days(2), days(4)]
    assert [day.date for day in ahead(box, most=1)] == [days(2)]


def test_freight_is_named_from_the_nearest_to_the_farthest_province():
    low, high = freight.span_fen(2500, 1)

    assert (low, high) == (freight.freight_fen("210000", 2500, 1), freight.freight_fen("650000", 2500, 1))
