"""Staff move and cancel orders that cannot leave as promised, also after the cut-off and out of a wave."""

import datetime as dt

import pytest

from farm.models import Job, Notice, OutboxMessage, StaffTask
from farm.refusals import Refused
from farm.states import WrongState
from shop import calendar_days, changes, fulfilment, lot_care, planning
from shop.models import Lot, Order, ShipDate
from shop.picklist import pick_list
from tests.builders import DAY, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, an_order, work_off
from tests.drift import drift
from tests.worlds import a_shop_with_a_paid_order, told_before

pytestmark = pytest.mark.django_db
NEXT_DAY = DAY + dt.timedelta(days=1)
LATE = NOW + dt.timedelta(days=1, hours=12)  # the cut-off of DAY is past, that of NEXT_DAY is not


@pytest.fixture
@told_before
def planned():
    """An order in a wave, whose pick job nobody has done yet, and a later day with room."""
    day = a_shop()
    a_ship_date(NEXT_DAY)
    order = a_paid_order(3)
    planning.plan_day(ship_date=day, now=LATE)
    order.refresh_from_db()
    return order


def move(order: Order, to: dt.date = NEXT_DAY, now: dt.datetime = LATE) -> Order:
    return changes.move_by_staff(order=order, to=to, by="li.na", now=now)


def counters() -> list[int]:
    days = ShipDate.objects.order_by("date").values_list("taken", flat=True)
    return [*days, *Lot.objects.order_by("pk").values_list("taken", flat=True)]


def history(order: Order) -> list[str]:
    return list(order.events.order_by("pk").values_list("what", flat=True))


def test_a_planned_order_leaves_its_wave_and_is_paid_again(planned):
    wave = planned.wave

    moved = move(planned)

    assert (moved.status, moved.wave, moved.ship_date.date) == ("paid", None, NEXT_DAY)
    assert (pick_list(wave=wave), counters()) == ([], [0, 3, 7500])
    assert history(planned) == ["placed", "paid", "planned", "date changed", "paid"]
    assert drift(LATE) == []


def test_the_pick_job_of_a_moved_order_does_nothing_and_its_new_day_asks_again(planned):
    move(planned)
    work_off(LATE)
    assert Order.objects.get().status == "paid"

    planning.plan_day(ship_date=ShipDate.objects.get(date=NEXT_DAY), now=LATE)
    work_off(LATE)

    assert Order.objects.get().status == "shipped"
    assert Job.objects.filter(kind="shop.tasks.pick", state=Job.State.DONE).count() == 2
    assert drift(LATE) == []


def test_an_order_moved_and_planned_again_on_its_own_day_is_picked_once_more(planned):
    Lot.objects.update(is_withdrawn=True)
    a_lot("sound")
    move(planned, DAY)
    work_off(LATE)

    planning.plan_day(ship_date=planned.ship_date, now=LATE)
    work_off(LATE)

    assert Order.objects.get().status == "shipped"
    assert Order.objects.get().wave.number == 2


def test_a_picker_who_began_before_the_move_finds_nothing_to_pick(planned):
    picked = fulfilment.pick(number=planned.number, now=LATE)
    move(planned)

    with pytest.raises(WrongState, match="cannot become picked"):
        picked()

    assert Order.objects.get().status == "paid"


def test_staff_cancel_a_planned_order_and_its_wave_forgets_it(planned):
    wave = planned.wave

    changes.cancel_by_staff(order=planned, by="li.na", now=LATE)

    assert (Order.objects.get().status, pick_list(wave=wave), counters()) == ("cancelled", [], [0, 0, 0])
    assert OutboxMessage.objects.get(topic="refund.due").payload["amount_fen"] == planned.total_fen
    work_off(LATE)
    assert drift(LATE) == []


@pytest.mark.parametrize("story", [lambda order: move(order), lambda order: changes.cancel_by_staff(
    order=order, by="li.na", now=LATE)])  # fmt: skip
def test_what_is_picked_stays(planned, story):
    fulfilment.confirm_picked(order=planned, by="packer", now=LATE)

    with pytest.raises(Refused) as refusal:
        story(planned)

    assert (refusal.value.code, Order.objects.get().status, counters()) == ("wrong_state", "picked", [3, 0, 7500])
    assert "is picked" in refusal.value.reason


def test_the_customer_is_told_the_new_date_each_time(planned):
    third = a_ship_date(NEXT_DAY + dt.timedelta(days=1))
    move(planned)
    work_off(LATE)
    move(planned, third.date, now=LATE + dt.timedelta(seconds=1))
    work_off(LATE + dt.timedelta(seconds=1))

    texts = Notice.objects.filter(key__contains=":moved:").order_by("pk").values_list("text", flat=True)
    told = [f"{date.month}月{date.day}日" for date in (NEXT_DAY, third.date)]
    assert [day in text for day, text in zip(told, texts, strict=True)] == [True, True]


def test_a_date_that_was_left_again_before_it_was_told_is_not_told(planned):
    move(planned)
    changes.cancel_by_staff(order=planned, by="li.na", now=LATE)
    work_off(LATE)

    assert not Notice.objects.filter(key__contains=":moved:").exists()


@pytest.mark.parametrize("full", [{"limit": 2}, {"is_closed": True}, {"cut_off_at": LATE}])
def test_a_day_that_cannot_take_it_leaves_it_in_its_wave(planned, full):
    ShipDate.objects.filter(date=NEXT_DAY).update(**full)

    with pytest.raises(Refused):
        move(planned)

    order = Order.objects.get()
    assert (order.status, order.wave, order.ship_date.date, counters()) == ("planned", planned.wave, DAY, [3, 0, 7500])


def test_an_order_of_a_withdrawn_lot_gets_sound_fruit_on_its_own_day(planned):
    a_lot("sound")
    lot_care.withdraw(lot=Lot.objects.get(code="L1"), by="li.na", now=LATE)

    moved = move(planned, DAY)

    assert (moved.status, [line.lot.code for line in moved.lines.all()]) == ("paid", ["sound"])
    assert (counters(), history(planned)[-2:]) == ([3, 0, 0, 7500], ["lots changed", "paid"])
    assert drift(LATE) == []


def test_an_order_whose_lots_are_sound_stays_as_it_is_on_its_own_day(planned):
    assert move(planned, DAY).status == "planned"
    assert history(planned) == ["placed", "paid", "planned"]


def test_staff_move_an_unpaid_order_while_its_hold_lasts_and_no_longer():
    a_shop()
    a_ship_date(NEXT_DAY)
    order = an_order()

    assert move(order, now=NOW).status == "placed"
    with pytest.raises(Refused) as refusal:
        move(order, DAY, now=NOW + dt.timedelta(hours=1))

    assert refusal.value.code == "wrong_state"


def test_orders_of_a_closed_day_are_one_task_and_stranded_until_moved(planned):
    calendar_days.close(ship_date=planned.ship_date, reason_zh="大雪", reason_en="Snow", by="li.na", now=LATE)
    assert list(Order.objects.stranded()) == [planned]
    assert StaffTask.objects.get().what == f"{DAY} is closed: move or cancel 1 order."

    move(planned)

    assert not Order.objects.stranded().exists()


def test_a_closed_day_gives_an_order_no_other_lots(planned):
    ShipDate.objects.filter(date=DAY).update(is_closed=True, closed_reason_en="Snow")

    with pytest.raises(Refused) as refusal:
        move(planned, DAY)

    assert refusal.value.code == "date_not_open"


def test_planning_leaves_orders_of_a_withdrawn_lot_to_staff():
    waits = a_shop_with_a_paid_order()
    Lot.objects.update(is_withdrawn=True)
    a_lot("sound")
    goes = a_paid_order()

    wave = planning.plan_day(ship_date=ShipDate.objects.get(), now=LATE)

    assert list(wave.orders.all()) == [goes]
    assert list(Order.objects.stranded()) == [waits]


def test_the_dates_offered_have_room_season_and_fruit_for_this_order():
    a_box(season_until=DAY + dt.timedelta(days=3))
    a_lot("tired", boxes=3, best_before=DAY + dt.timedelta(days=3))
    days = [a_ship_date(DAY + dt.timedelta(days=n), limit=limit) for n, limit in enumerate([3, 2, 3, 3, 3])]
    order = a_paid_order(3)

    assert changes.dates_for(order=order, now=NOW) == [days[2]]


def test_a_day_past_its_cut_off_is_offered_only_for_sound_lots(planned):
    next_day = ShipDate.objects.get(date=NEXT_DAY)
    assert changes.dates_for(order=planned, now=LATE) == [next_day]

    Lot.objects.update(is_withdrawn=True)
    a_lot("sound")

    assert changes.dates_for(order=planned, now=LATE) == [planned.ship_date, next_day]


def test_orders_of_a_closed_day_go_to_the_nearest_days_that_can_take_each():
    a_shop()
    orders = [a_paid_order(2) for _ in range(3)]
    nearest, later = a_ship_date(NEXT_DAY, limit=3), a_ship_date(NEXT_DAY + dt.timedelta(days=1), limit=3)
    ShipDate.objects.filter(date=DAY).update(is_closed=True)

    moved = [changes.move_to_next_by_staff(order=order, by="li.na", now=LATE) for order in orders[:2]]
    with pytest.raises(Refused) as refusal:
        changes.move_to_next_by_staff(order=orders[2], by="li.na", now=LATE)

    assert [order.ship_date for order in moved] == [nearest, later]
    assert (refusal.value.code, counters()) == ("sold_out", [2, 2, 2, 15000])


def test_the_nearest_day_of_an_order_that_lost_its_lot_is_its_own(planned):
    Lot.objects.update(is_withdrawn=True)
    a_lot("sound")

    assert changes.move_to_next_by_staff(order=planned, by="li.na", now=LATE).ship_date.date == DAY
