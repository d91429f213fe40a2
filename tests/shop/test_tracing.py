"""From a box back to its vines, and from a lot to all its boxes."""

import pytest

from farm.admin.exports import harmless
from shop import changes, checkout, lot_care, planning, tracing
from shop.models import Lot, Order, OrderLine
from tests.builders import DAY, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, an_order, packed
from tests.worlds import a_shop_with_a_packed_order, a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


def fresh(order: Order) -> Order:
    return Order.objects.select_related("ship_date").get(pk=order.pk)


def code_of(order: Order) -> str:
    return order.lines.get().passport or ""


def test_a_packed_box_knows_its_lot_and_the_day_it_was_packed():
    order = a_shop_with_a_packed_order()

    passport = tracing.passport(code_of(order))

    assert passport is not None
    assert (passport.box.sku, passport.lot.code, passport.packed_on) == ("kyoho-2500", "L1", NOW.date())
    assert passport.grapes == Lot.objects.get()


def test_boxes_of_two_lots_have_two_passports_and_boxes_of_one_line_share_one():
    a_box()
    a_ship_date()
    a_lot("young", boxes=9)
    a_lot("old", boxes=2, best_before=DAY.replace(day=20))
    order = packed(a_paid_order(boxes=5))

    codes = {line.lot.code: line.passport for line in order.lines.select_related("lot")}

    assert set(codes) == {"young", "old"}
    assert len({*codes.values()} - {None}) == 2


def test_a_code_is_given_once_and_stays_the_same():
    day = a_shop()
    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)
    tracing.issue([order])
    first = code_of(order)

    tracing.issue([order])
    after_packing = code_of(packed(order))

    assert first == after_packing != ""
    assert len(first) == 16


def test_no_code_begins_as_a_formula_does_so_files_say_what_the_box_says(monkeypatch):
    a_shop()
    order = a_paid_order()
    drawn = iter(["-vJ54bIkMzFyQYUQ", "vJ54bIkMzFyQYUQ-"])
    monkeypatch.setattr(tracing.secrets, "token_urlsafe", lambda _: next(drawn))

    tracing.issue([order])

    assert code_of(order) == harmless(code_of(order)) == "vJ54bIkMzFyQYUQ-"


def test_before_it_is_packed_a_passport_tells_no_lot():
    order = a_shop_with_a_paid_order()
    tracing.issue([order])

    passport = tracing.passport(code_of(order))

    assert passport is not None
    assert (passport.packed_on, passport.grapes) == (None, None)


def test_a_moved_order_keeps_its_codes_while_its_lot_travels_and_else_gets_new_ones():
    day = a_shop()
    a_ship_date(DAY.replace(day=12))
    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)
    tracing.issue([order])
    code = code_of(order)
    changes.move_by_staff(order=fresh(order), to=DAY.replace(day=12), by="li", now=NOW)
    assert code_of(order) == code

    Lot.objects.update(is_withdrawn=True)
    a_lot("other")
    changes.move_by_staff(order=fresh(order), to=DAY, by="li", now=NOW)

    assert tracing.passport(code) is None
    assert code_of(packed(fresh(order))) != code


@pytest.mark.parametrize("wrong", ["", "x", "0" * 16, "0" * 500, "巨峰"])
def test_a_code_that_is_not_ours_is_nobodys(wrong):
    a_shop_with_a_packed_order()

    assert tracing.passport(wrong) is None


def test_a_passport_takes_one_query_and_reads_no_person(django_assert_num_queries):
    a_shop()
    code = code_of(packed(a_paid_order()))

    with django_assert_num_queries(1) as captured:
        tracing.passport(code)

    assert [word for word in ("phone", "street", "gift_message", "number") if word in captured[0]["sql"]] == []


def test_codes_are_given_in_as_many_statements_for_one_order_as_for_three(django_assert_num_queries):
    a_shop()
    one, *three = [an_order() for _ in range(4)]

    for orders in ([one], three):
        with django_assert_num_queries(2):
            tracing.issue(orders)

    assert OrderLine.objects.filter(passport=None).count() == 0


def test_a_recall_finds_every_order_that_holds_boxes_of_the_lot_and_no_other():
    a_shop()
    a_lot("other", boxes=600, best_before=DAY.replace(month=12))
    gone, here, cancelled, expired = (an_order() for _ in range(3)), a_paid_order(2), a_paid_order(), an_order()
    held = [*gone, here]
    changes.cancel(order=cancelled, by="customer", now=NOW)
    Order.objects.filter(pk=expired.pk).update(hold_until=NOW)
    checkout.expire(expired, now=NOW)
    Lot.objects.filter(code="L1").update(is_withdrawn=True)
    elsewhere = a_paid_order()

    found = {line.order_id for line in tracing.boxes_of(Lot.objects.get(code="L1"))}

    assert found == {order.pk for order in held}
    assert elsewhere.lines.get().lot.code == "other"


def test_where_the_boxes_of_a_lot_are_takes_one_query(django_assert_num_queries):
    a_shop_with_a_packed_order(3)
    an_order(2)
    an_order(1)
    lot = Lot.objects.get()

    with django_assert_num_queries(1):
        places = tracing.whereabouts(lot)

    assert [(place.status, place.orders, place.boxes) for place in places] == [
        ("placed", 2, 3),
        (Order.objects.order_by("pk")[0].status, 1, 3),
    ]


def test_a_withdrawn_lot_still_tells_of_its_boxes():
    order = a_shop_with_a_packed_order()
    lot_care.withdraw(lot=Lot.objects.get(), by="li", now=NOW)

    passport = tracing.passport(code_of(order))

    assert passport is not None
    assert passport.lot.is_withdrawn
