import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm.models import Movement, RememberedRequest
from farm.refusals import Refused
from shop import checkout
from shop.models import Lot, Order, ShipDate
from shop.pricing import Want
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_ship_date, a_shop, a_variety, a_wish, an_order

pytestmark = pytest.mark.django_db


def refused(wanted: checkout.Wanted, *, now: dt.datetime = NOW) -> Refused:
    """Place `wanted`, expect a refusal, and check that it left nothing behind."""
    before = (ShipDate.objects.values_list("taken"), Lot.objects.values_list("taken"))
    counts = [list(rows) for rows in before]
    with pytest.raises(Refused) as refusal:
        checkout.place_order(wanted=wanted, key="a-key-of-mine", now=now)
    assert [list(rows.all()) for rows in before] == counts
    assert not Order.objects.exists()
    assert not Movement.objects.exists()
    assert not RememberedRequest.objects.exists()
    return refusal.value


def test_an_order_takes_room_of_its_day_and_grams_of_its_lot():
    a_shop()

    order = an_order(boxes=3)

    assert ShipDate.objects.get().left == 497
    assert Lot.objects.get().taken == 3 * 2500
    assert (order.boxes_fen, order.total_fen) == (3 * 6800, 3 * 6800 + order.freight_fen)
    assert order.hold_until == NOW + dt.timedelta(minutes=15)


def test_the_lot_that_expires_first_is_promised_first():
    a_shop()
    a_lot("old", boxes=2, best_before=DAY + dt.timedelta(days=9))

    order = an_order(boxes=4)

    assert [(line.lot.code, line.quantity) for line in order.lines.all()] == [("old", 2), ("L1", 2)]


def test_a_lot_that_would_expire_on_the_road_is_not_promised():
    a_box()
    a_ship_date()
    a_lot(best_before=DAY)

    assert refused(a_wish()).code == "sold_out"


def test_fruit_that_is_gone_names_the_next_dates_on_which_every_box_can_be_filled():
    a_shop()
    Lot.objects.update(limit=2 * 2500)
    for days, limit in enumerate([500, 2, 500, 500, 500, 500], start=1):
        a_ship_date(DAY + dt.timedelta(days=days), limit=limit)
    a_lot("coming", boxes=3, harvested_on=DAY + dt.timedelta(days=2))

    refusal = refused(a_wish(boxes=3))

    assert (refusal.code, refusal.field) == ("sold_out", "lines")
    assert refusal.extra["next_dates"] == ["2026-09-13", "2026-09-14", "2026-09-15"]
    assert "The next dates with enough for your order: Sun 13 Sep, Mon 14 Sep" in refusal.advice


def test_dates_are_named_only_when_all_kinds_of_boxes_can_be_filled():
    a_shop()
    shine = a_variety("shine", name_en="Shine")
    a_box("shine-2500", variety=shine)
    a_ship_date(DAY + dt.timedelta(days=1))
    a_lot("S1", boxes=2, variety=shine)
    wants = (Want("kyoho-2500", 1), Want("shine-2500", 3))

    refusal = refused(checkout.Wanted(wants=wants, date=DAY, address=HOME))

    assert refusal.extra["next_dates"] == []
    assert "No later date has enough of it" in refusal.advice


def test_a_refusal_for_want_of_fruit_asks_the_database_no_more_than_a_glance():
    a_shop()
    Lot.objects.update(limit=0)
    for days in range(1, 40):
        a_ship_date(DAY + dt.timedelta(days=days))

    with CaptureQueriesContext(connection) as queries:
        refused(a_wish())

    asked = [query["sql"] for query in queries if "shop_shipdate" in query["sql"] or "shop_lot" in query["sql"]]
    assert len(asked) <= 2 + 2 * 2 + 2  # the counts of `refused` twice, and two looks at dates and lots


def test_a_gift_box_takes_two_packing_units():
    a_shop()
    a_box("kyoho-gift", packing_units=2, is_gift=True)

    an_order(boxes=3, sku="kyoho-gift")

    assert ShipDate.objects.get().taken == 6


def test_a_day_with_too_little_room_sells_nothing_and_names_the_next_days():
    a_box()
    a_lot()
    a_ship_date(limit=3, taken=1)
    a_ship_date(DAY + dt.timedelta(days=1), limit=2)
    a_ship_date(DAY + dt.timedelta(days=2))

    refusal = refused(a_wish(boxes=3))

    assert (refusal.code, refusal.extra) == ("sold_out", {"next_dates": ["2026-09-12"], "left": 2})


def test_an_empty_cold_store_sells_nothing():
    a_box()
    a_lot(boxes=2)
    a_ship_date()

    assert refused(a_wish(boxes=3)).code == "sold_out"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"sku": "no-such-box"}, "unknown_box"),
        ({"boxes": 0}, "bad_quantity"),
        ({"boxes": -1}, "bad_quantity"),
        ({"boxes": 10**12}, "bad_quantity"),
        ({"date": dt.date(2020, 1, 1)}, "not_in_season"),
        ({"date": dt.date(2026, 9, 9)}, "date_not_open"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_its_reason(wish, code):
    a_shop()

    assert refused(a_wish(**wish)).code == code


def test_an_order_without_boxes_is_refused():
    a_shop()

    assert refused(checkout.Wanted((), DAY, HOME)).code == "bad_quantity"


def test_after_the_cut_off_the_day_is_refused():
    day = a_shop()

    assert refused(a_wish(), now=day.cut_off_at).code == "date_not_open"


def test_a_closed_day_is_refused_with_its_reason():
    a_box()
    a_lot()
    a_ship_date(is_closed=True, closed_reason_en="National Day", closed_reason_zh="国庆节")

    assert "National Day" in refused(a_wish()).reason


def test_a_day_closed_without_a_word_is_refused_in_a_whole_sentence(time_machine):
    time_machine.move_to(NOW)
    a_box()
    a_lot()
    a_ship_date(is_closed=True)

    assert refused(a_wish()).reason == "The farm does not ship on Thu 10 Sep."


def test_pressing_buy_twice_places_one_order():
    a_shop()

    first, second = an_order(key="same-key"), an_order(key="same-key")

    assert first == second
    assert ShipDate.objects.get().taken == 1


def test_the_last_box_bought_twice_with_one_key_is_still_the_first_answer():
    a_box()
    a_lot()
    a_ship_date(limit=1)

    assert an_order(key="same-key") == an_order(key="same-key")


def test_a_key_with_another_body_is_refused():
    a_shop()
    an_order(key="same-key")

    with pytest.raises(Refused) as refusal:
        an_order(boxes=2, key="same-key")

    assert refusal.value.code == "idempotency_key_reused"
    assert ShipDate.objects.get().taken == 1


def statements_of(wants: tuple[Want, ...]) -> list[str]:
    wanted = checkout.Wanted(wants, DAY, HOME)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        checkout.place_order(wanted=wanted, key=f"key-{len(wants)}", now=NOW)
    return [
        query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]


def test_placing_costs_the_same_twelve_statements_or_fewer_with_one_and_three_lines_of_a_lot():
    a_shop()
    a_box("kyoho-5000", net_grams=5000)
    a_box("kyoho-gift", packing_units=2)

    one = statements_of((Want("kyoho-2500", 1),))
    three = statements_of((Want("kyoho-2500", 1), Want("kyoho-5000", 1), Want("kyoho-gift", 1)))

    assert len(one) == len(three) <= 12


def test_unpaid_orders_go_when_their_hold_ends_and_leave_their_room():
    a_shop()
    an_order(boxes=3)
    alive = an_order(boxes=2, now=NOW + dt.timedelta(minutes=10))

    assert checkout.expire_holds(NOW + dt.timedelta(minutes=15)) == 1

    assert ShipDate.objects.get().taken == 2
    assert Lot.objects.get().taken == 2 * 2500
    assert list(Order.objects.unpaid()) == [alive]


def test_holds_end_with_few_statements_for_many_orders(django_assert_max_num_queries):
    a_variety()
    a_shop()
    for _ in range(30):
        an_order()

    with django_assert_max_num_queries(16):
        assert checkout.expire_holds(NOW + dt.timedelta(minutes=15)) == 30
