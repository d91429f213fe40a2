"""A day on which the farm is closed: its ship date sells no more, staff settle its orders, opening is said aloud."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from farm import closing
from farm.models import ClosedDay, StaffTask
from shop import calendar_days, ledgers, refusals, staff_refusals
from shop.models import ShipDate
from tests.builders import DAY, NOW, a_ship_date, a_shop, an_order, work_off
from tests.staff import a_boss, list_of

pytestmark = pytest.mark.django_db
REASONS = {"reason_zh": "清园", "reason_en": "Vineyard work"}


@pytest.fixture
def boss(client):
    with time_machine.travel(NOW, tick=False):
        yield a_boss(client)


def a_closed_day(date: dt.date = DAY) -> ClosedDay:
    return closing.close_day(day=ClosedDay(date=date, **REASONS), by="wang", now=NOW)


def a_new_date(date: dt.date = DAY) -> ShipDate:
    ship_date = ShipDate(date=date, limit=9, cut_off_at=NOW + dt.timedelta(days=1))
    return calendar_days.add(ship_date=ship_date, by="wang", now=NOW)


def test_a_closed_day_sells_no_more_and_its_orders_become_a_task():
    day = a_shop()
    an_order()

    a_closed_day()
    work_off()

    day.refresh_from_db()
    assert (day.is_closed, day.closed_reason_zh, day.closed_reason_en) == (True, "清园", "Vineyard work")
    assert [task.about for task in StaffTask.objects.all()] == [day.counter]
    with pytest.raises(refusals.DateRefused, match="Vineyard work"):
        an_order()


def test_a_day_is_closed_once_whatever_is_told_twice():
    a_shop()
    an_order()
    a_closed_day()
    work_off()

    calendar_days.on_day_closed(date=str(DAY), by="wang", now=NOW)

    assert StaffTask.objects.count() == 1


def test_a_day_lifted_before_anybody_heard_of_it_closes_nothing():
    day = a_shop()
    closing.lift(day=a_closed_day(), by="wang", now=NOW)

    work_off()

    day.refresh_from_db()
    assert not day.is_closed


def test_a_day_gone_by_stays_as_it_was():
    yesterday = a_ship_date(NOW.date() - dt.timedelta(days=1))

    a_closed_day(yesterday.date)
    work_off()

    yesterday.refresh_from_db()
    assert not yesterday.is_closed


def test_a_new_ship_date_on_a_closed_day_is_born_closed():
    a_closed_day()

    born, other = a_new_date(), a_new_date(DAY + dt.timedelta(days=1))

    assert (born.is_closed, born.closed_reason_en, other.is_closed) == (True, "Vineyard work", False)
    assert not ShipDate.objects.takeable(NOW).filter(pk=born.pk).exists()


def test_lifting_a_day_opens_nothing_by_itself():
    day = a_shop()
    closed_day = a_closed_day()
    work_off()

    closing.lift(day=closed_day, by="wang", now=NOW)
    work_off()

    day.refresh_from_db()
    assert day.is_closed
    assert not calendar_days.reopen(ship_date=day, by="wang", now=NOW).is_closed


def test_a_ship_date_is_not_opened_while_the_farm_is_closed():
    day = a_shop()
    a_closed_day()
    work_off()

    with pytest.raises(staff_refusals.FarmClosed, match="Delete that closed day first"):
        calendar_days.reopen(ship_date=day, by="wang", now=NOW)

    day.refresh_from_db()
    assert day.is_closed


def test_a_day_moved_to_another_date_closes_that_one_and_opens_none():
    first, second = a_ship_date(), a_ship_date(DAY + dt.timedelta(days=1))
    closed_day = a_closed_day()
    work_off()

    closed_day.date = second.date
    closing.close_day(day=closed_day, by="wang", now=NOW)
    work_off()

    assert list(ShipDate.objects.order_by("date").values_list("is_closed", flat=True)) == [True, True]
    assert first.date == DAY


def test_verify_tells_of_a_ship_date_that_sells_on_a_closed_day():
    a_shop()
    a_closed_day()
    before = list(ledgers.closed_days_sell_nothing(NOW))

    work_off()

    assert before == [f"ship date {DAY}: still sells, though the farm is closed on that day"]
    assert not list(ledgers.closed_days_sell_nothing(NOW))


def test_staff_close_a_day_and_lift_it(client, boss):
    day = a_shop()
    client.post(reverse("admin:farm_closedday_add"), {"date": str(DAY), **REASONS})
    work_off()
    day.refresh_from_db()
    closed = day.is_closed

    page = client.post(
        reverse("admin:farm_closedday_delete", args=[ClosedDay.objects.get().pk]), {"post": "yes"}, follow=True
    )

    assert (closed, ClosedDay.objects.count()) == (True, 0)
    assert "stays closed until you open it again" in page.content.decode()


def test_staff_lift_many_days_from_the_list(client, boss):
    days = [a_closed_day(DAY + dt.timedelta(days=number)) for number in range(3)]

    chosen = {"action": "delete_selected", "_selected_action": [day.pk for day in days], "post": "yes"}
    client.post(list_of(ClosedDay), chosen)

    assert not ClosedDay.objects.exists()


def test_staff_add_a_ship_date_on_a_closed_day(client, boss):
    a_closed_day()
    form = {"date": str(DAY), "limit": 9, "cut_off_at_0": "2026-09-09", "cut_off_at_1": "20:00"}

    client.post(reverse("admin:shop_shipdate_add"), form)

    assert ShipDate.objects.get().is_closed


def test_staff_add_no_ship_date_that_is_over(client, boss):
    form = {"date": str(DAY - dt.timedelta(days=30)), "limit": 9, "cut_off_at_0": "2026-08-09", "cut_off_at_1": "20:00"}

    page = client.post(reverse("admin:shop_shipdate_add"), form).content.decode()

    assert "This day is over" in page
    assert not ShipDate.objects.exists()
