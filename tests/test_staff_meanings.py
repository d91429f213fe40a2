"""Where one English word means two things, staff read in Chinese the one that is meant."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from farm import naming
from farm.models import LedgerEntry, Payment, TillEntry, User
from shop.models import Box, Order, PickWave, ShipDate
from tests.builders import NOW, a_shop, an_attempt, an_order
from tests.staff import a_boss, a_member, act, list_of, page_of, press, told
from tests.test_staff_words import read, seen_on
from tests.visits import NOW as VISIT_NOW
from tests.visits import a_slot
from tests.worlds import a_shop_with_a_planned_order
from tours import closures
from tours.models import Closure

pytestmark = [pytest.mark.django_db, pytest.mark.once("words are the same beside any database")]


@pytest.fixture(autouse=True)
def _boss(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    a_boss(client)


def headings(client, row: type) -> str:
    """The first row of a list: how its columns are called."""
    page = read(client, list_of(row))
    return page[page.index("<thead") : page.index("</thead")]


def test_a_box_is_called_by_its_own_name_and_not_by_a_persons(client):
    a_shop()

    assert "名称" in headings(client, Box)
    assert "姓名" not in headings(client, Box)


def test_how_many_times_were_closed_is_a_number_of_times(client):
    slot = a_slot()
    closures.close(slots=[slot.pk], reason=closures.Reason("大雨", "heavy rain"), by="boss", now=VISIT_NOW)

    assert "场次数" in headings(client, Closure)
    assert "场次数: 1" in seen_on(read(client, page_of(Closure.objects.get())))


def test_a_closed_date_takes_no_orders(client):
    a_shop()
    client.cookies["django_language"] = "zh-hans"
    words = {"reason_zh": "下雪", "reason_en": "snow"}

    said = told(press(client, "close", ShipDate.objects.get(), **words))

    assert "已停止接单" in said
    assert LogEntry.objects.latest("pk").change_message == "已停止接单"


def test_a_cut_off_has_one_word_on_the_list_and_on_the_page(client):
    a_shop()

    assert "截单时间" in headings(client, ShipDate)
    assert "截单时间" in (page := seen_on(read(client, page_of(ShipDate.objects.get()))))
    assert "截止时间" not in page


def test_no_right_over_the_sessions_of_others_is_offered(client):
    page = read(client, page_of(User.objects.get()))

    assert "待办: " in page
    assert "session" not in seen_on(page)


def test_a_page_for_other_groups_leads_back_to_the_staffs_own(client):
    a_member(client, "packing")

    refused = client.get(list_of(Payment), headers={"Accept-Language": "en"})

    assert refused.status_code == 403
    assert "This page is for other groups" in (page := refused.content.decode())
    assert f'href="{reverse("admin:index")}"' in page
    assert "the message we sent you" not in page


def test_what_a_group_may_but_not_in_that_way_is_said_as_it_is(client):
    a_slot()
    wanted = {"reason_zh": "大雨", "reason_en": "heavy rain", "otherwise": "refund", "whole_day": "on"}
    address = f"{reverse('admin:tours_closure_close')}?first=2026-09-12&last=2026-09-13"

    refused = client.post(address, wanted, headers={"Accept-Language": "en"})

    assert refused.status_code == 403
    assert "Only one day with all its experiences can be closed whole." in (page := refused.content.decode())
    assert "other groups" not in page


def test_a_sum_has_its_comma_in_the_list_and_on_the_page(client):
    a_shop()
    order = an_order(20)

    assert f"¥1,{order.total_fen % 100_000 // 100:03d}.{order.total_fen % 100:02d}" in read(client, list_of(Order))
    assert f"¥1,{order.boxes_fen % 100_000 // 100:03d}.{order.boxes_fen % 100:02d} + " in read(client, page_of(order))


def test_money_that_goes_out_is_written_in_one_way(client):
    payment = an_attempt(payable="order:R1")
    LedgerEntry.objects.create(at=NOW, payable="order:R1", payment=payment, amount_fen=-119280)
    TillEntry.objects.create(at=NOW, trade_no="T1", refund_no="R1", amount_fen=-19280, how="cash", by="boss")

    book, till = read(client, list_of(LedgerEntry)), read(client, list_of(TillEntry))

    assert "−¥1,192.80" in book
    assert "−¥192.80" in till
    assert "¥-" not in book + till
    assert naming.facts({"refund_fen": -100}) == [f"{naming.DETAIL['refund_fen']}: −¥1.00"]


def test_an_order_that_is_taken_apart_left_the_wave_of_that_number_and_nobody_paid(client, settings):
    settings.PACKING_BENCH = "staff"
    order = a_shop_with_a_planned_order()
    PickWave.objects.update(number=40)
    act(client, "confirm_picked", order)

    press(client, "take_apart_one", order, why="spoilt")

    page = seen_on(read(client, page_of(order), "en"))
    assert "left pick wave: 40" in page
    assert page.count("back to paid, out of its pick wave") == 1


def test_what_an_older_row_says_of_its_wave_stays_readable():
    order = a_shop_with_a_planned_order()
    order.log("paid", at=NOW, by="boss", left_wave=13)

    assert naming.facts({"left_wave": 13}) == ["left pick wave (internal number): 13"]
    assert str(order.events.latest("pk")).endswith("back to paid, out of its pick wave")
