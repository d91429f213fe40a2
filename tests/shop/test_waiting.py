import datetime as dt

import pytest

from farm.models import Movement, Notice
from shop import calendar_days, changes, checkout, ledgers, line, lot_care, refusals, tidying, waiting
from shop.checkout import Gift
from shop.models import Box, Lot, Order, ShipDate, WaitingOrder
from shop.pricing import Want
from tests.builders import (
    DAY,
    HOME,
    NOW,
    a_box,
    a_lot,
    a_place_in_line,
    a_ship_date,
    a_shop,
    a_variety,
    an_order,
    work_off,
)

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=16)
FIRST, SECOND = "13911112222", "13933334444"


@pytest.fixture
def full():
    """A ship date of four boxes, all taken by one unpaid order of four."""
    a_shop()
    ShipDate.objects.update(limit=4)
    return an_order(4)


def statuses():
    return list(WaitingOrder.objects.order_by("pk").values_list("status", flat=True))


def adds_up():
    checks = (ledgers.offers_hold_their_boxes, ledgers.orders_hold_their_ship_date, ledgers.orders_hold_their_lots)
    more = (ledgers.movements_belong_to_orders, ledgers.orders_follow_their_events)
    return [sentence for check in (*checks, *more) for sentence in check(NOW)] == []


def accept(place, *, now=NOW):
    return waiting.accept(waiting=place, address=HOME, gift=Gift(), now=now)


def cancel(order):
    return changes.cancel(order=order, by="customer", now=NOW)


def test_boxes_that_come_free_are_kept_for_the_first_whole_order_that_fits(full):
    a_place_in_line(4)
    a_place_in_line(3, SECOND)
    ShipDate.objects.update(limit=7)

    line.offer_due(NOW)

    assert statuses() == ["waiting", "offered"]
    assert (ShipDate.objects.get().left, Lot.objects.get().taken) == (0, 7 * 2500)
    assert adds_up()


def test_nobody_else_can_take_boxes_that_are_offered(full):
    a_place_in_line(4)
    cancel(full)

    with pytest.raises(refusals.SoldOut):
        an_order(1)

    assert statuses() == ["offered"]


def test_an_offer_is_ordered_once_with_the_boxes_that_were_kept(full):
    place = a_place_in_line(3)
    cancel(full)

    order, again = accept(place), accept(place)

    place.refresh_from_db()
    assert (order, place.status, place.order) == (again, "ordered", order)
    assert (order.packing_units, order.status, ShipDate.objects.get().taken) == (3, "placed", 3)
    assert Movement.objects.filter(holder=place.holder).count() == 4
    assert adds_up()


def test_an_offer_that_lapses_goes_to_the_next_and_is_told(full):
    first, second = a_place_in_line(4), a_place_in_line(2, SECOND)
    cancel(full)

    assert waiting.end_lapsed(LATER) == 1

    work_off(LATER)
    assert statuses() == ["lapsed", "offered"]
    texts = dict(Notice.objects.filter(about__startswith="in-line").values_list("to", "text"))
    assert "went to the next in line" in texts[FIRST]
    assert "kept for you until 10:31" in texts[SECOND]
    with pytest.raises(waiting.OfferEnded):
        accept(first, now=LATER)
    assert accept(second, now=LATER).packing_units == 2


def test_an_expired_hold_feeds_the_line(full):
    a_place_in_line(4)

    checkout.expire_holds(LATER)

    assert statuses() == ["offered"]


@pytest.mark.parametrize("way", ["moved", "limit raised", "reopened", "lot put back", "left"])
def test_room_and_fruit_that_come_back_in_any_way_feed_the_line(full, way):
    day = full.ship_date
    place = a_place_in_line(4)
    if way == "moved":
        a_ship_date(DAY + dt.timedelta(days=1))
        changes.change_ship_date(order=full, to=DAY + dt.timedelta(days=1), by="customer", now=NOW)
    elif way == "limit raised":
        calendar_days.set_limit(ship_date=day, limit=8, by="li.na", now=NOW)
    elif way == "reopened":
        calendar_days.close(ship_date=day, reason_zh="雪", reason_en="snow", by="li.na", now=NOW)
        cancel(full)
        assert statuses() == ["waiting"]
        calendar_days.reopen(ship_date=day, by="li.na", now=NOW)
    elif way == "lot put back":
        lot_care.withdraw(lot=Lot.objects.get(), by="li.na", now=NOW)
        cancel(full)
        assert line.offer_due(NOW) == 0
        lot_care.put_back(lot=Lot.objects.get(), by="li.na", now=NOW)
        line.offer_due(NOW)
    else:
        cancel(full)
        second = a_place_in_line(4, SECOND)
        waiting.leave(waiting=place, by="customer", now=NOW)
        place = second

    place.refresh_from_db()
    assert place.status == "offered"
    assert adds_up()


def test_an_order_waits_for_fruit_as_well_as_for_room():
    a_shop()
    Lot.objects.update(limit=2 * 2500)
    kept = an_order(2)
    a_place_in_line(2)

    cancel(kept)

    assert statuses() == ["offered"]


def test_grapes_that_only_reach_the_neighbours_are_not_offered_to_who_may_live_far_away(full):
    a_place_in_line(4)
    Lot.objects.update(best_before=DAY + dt.timedelta(days=1))

    cancel(full)

    assert statuses() == ["waiting"]


def test_an_offer_keeps_its_boxes_when_its_lot_is_withdrawn_and_another_has_enough(full):
    place = a_place_in_line(2)
    cancel(full)
    lot_care.withdraw(lot=Lot.objects.get(), by="li.na", now=NOW)
    a_lot("other", boxes=2)

    order = accept(place)

    assert [line.lot.code for line in order.lines.all()] == ["other"]
    assert adds_up()


def test_an_offer_whose_lots_are_gone_or_whose_day_is_closed_says_so_and_stays(full):
    place = a_place_in_line(2)
    cancel(full)
    lot_care.withdraw(lot=Lot.objects.get(), by="li.na", now=NOW)
    with pytest.raises(refusals.NotEnoughFruit):
        accept(place)
    calendar_days.close(ship_date=full.ship_date, reason_zh="雪", reason_en="snow", by="li.na", now=NOW)
    with pytest.raises(refusals.DateRefused):
        accept(place)

    assert (statuses(), Order.objects.count()) == (["offered"], 1)
    assert adds_up()


def test_a_box_that_needs_more_room_than_before_is_offered_with_that_room(full):
    place = a_place_in_line(2)
    Box.objects.update(packing_units=2)
    cancel(full)
    place.refresh_from_db()

    assert (place.packing_units, ShipDate.objects.get().taken) == (4, 4)
    assert adds_up()


def test_nobody_waits_while_there_is_room_nor_twice_nor_for_more_than_a_day(full):
    a_ship_date(DAY + dt.timedelta(days=1))
    a_place_in_line()

    with pytest.raises(waiting.RoomIsLeft):
        a_place_in_line(date=DAY + dt.timedelta(days=1))
    with pytest.raises(waiting.WaitsAlready):
        a_place_in_line(3)
    with pytest.raises(refusals.LargerThanADay, match="more than we pack") as larger:
        a_place_in_line(5, SECOND)

    assert larger.value.extra["next_dates"] == ["2026-09-11"]
    assert statuses() == ["waiting"]


def test_a_wait_ends_at_the_cut_off_and_is_told(full):
    a_place_in_line()
    checkout.expire_holds(LATER)
    ShipDate.objects.update(limit=0, taken=0)
    WaitingOrder.objects.update(status="waiting", offered_until=None)

    assert waiting.end_lapsed(full.ship_date.cut_off_at) == 1

    work_off(full.ship_date.cut_off_at)
    assert "no boxes came free" in Notice.objects.get(about__startswith="in-line").text


def test_two_kinds_of_boxes_come_together_or_not_at_all(full):
    shine = a_variety("shine", name_en="Shine")
    a_box("shine-2500", variety=shine)
    wants = [Want("kyoho-2500", 2), Want("shine-2500", 1)]
    waiting.join(wants=wants, date=DAY, phone=FIRST, language="en", now=NOW)
    cancel(full)
    assert (statuses(), ShipDate.objects.get().taken) == (["waiting"], 0)

    a_lot("S1", boxes=1, variety=shine)
    line.offer_due(NOW)

    assert (statuses(), ShipDate.objects.get().taken) == (["offered"], 3)


@pytest.mark.parametrize("sweeps", [False, True], ids=["as it comes free", "by the sweep"])
def test_who_wants_other_grapes_is_reached_behind_any_number_whose_grapes_are_gone(full, monkeypatch, sweeps):
    monkeypatch.setattr(line, "AT_ONCE", 2)
    shine = a_variety("shine", name_en="Shine")
    a_box("shine-2500", variety=shine)
    lot_care.set_limit(lot=Lot.objects.get(), limit=4 * 2500, by="li.na", now=NOW)
    for n in range(5):
        a_place_in_line(1 + n % 2, f"1391111000{n}")
    a_place_in_line(phone=SECOND, wants=[Want("shine-2500", 1)])
    if not sweeps:
        a_lot("S1", boxes=1, variety=shine)

    calendar_days.set_limit(ship_date=full.ship_date, limit=7, by="li.na", now=NOW)
    if sweeps:
        a_lot("S1", boxes=1, variety=shine)
        line.offer_due(NOW)

    assert statuses() == [*["waiting"] * 5, "offered"]
    assert adds_up()


def test_a_line_nobody_stands_in_costs_one_question(full, django_assert_num_queries):
    with django_assert_num_queries(1):
        line.offer_freed([full.ship_date_id], now=NOW)


def test_places_in_line_are_forgotten_when_their_notices_are(full):
    waiting.leave(waiting=a_place_in_line(), by="customer", now=NOW)
    a_place_in_line(1, SECOND)

    assert tidying.tidy(NOW + dt.timedelta(days=91))["places in line"] == 1

    assert statuses() == ["waiting"]
