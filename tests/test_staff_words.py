"""Staff who read Chinese read Chinese: no list, page, filter or report of their tool falls back into English."""

import datetime as dt
import json
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from beizhen import verify
from beizhen.wiring import LISTENERS
from farm import accounts, contacts, naming, people
from farm.admin import rights
from farm.models import (
    Customer,
    Job,
    LedgerEntry,
    Movement,
    Notice,
    OutboxMessage,
    Payment,
    Refund,
    StaffTask,
    StatementCheck,
    TillEntry,
)
from farm.people import ensure_groups
from shop import changes, checkout
from shop.links import order_path
from shop.models import Order, ShipDate, Shipment
from tests.builders import DAY, NOW, a_delivered_order, a_paid_order, a_ship_date, a_shop, an_order, work_off
from tests.staff import a_member, act, list_of, page_of
from tests.visits import NOW as VISIT_NOW
from tests.visits import SATURDAY, VISITOR, a_booking, a_slot
from tests.worlds import a_shop_with_a_paid_order, a_slot_with_a_booking, told_before
from tours import closures
from tours.models import Credit

pytestmark = [pytest.mark.django_db, pytest.mark.once("words are the same beside any database")]
UNSEEN = re.compile(r"<script.*?</script>|<style.*?</style>|<!--.*?-->|<span[^>]*material-symbols.*?</span>", re.DOTALL)
CODES = re.compile(r"([a-z]+:)?(?<![A-Z0-9])[A-Z0-9]{8,}([/:][\w:]+)*|\S+/\S*|\b[\w-]+-[0-9]+\b|[a-z]+:[a-z-]+:[0-9]+")
OF_NO_LANGUAGE = {"CSV", "XLSX", "boss", "packer", "esc"}
LISTS = (Payment, Refund, LedgerEntry, Movement, Job, OutboxMessage, Notice, Customer, Shipment, ShipDate, Order,
         StatementCheck, TillEntry)  # fmt: skip


def english_on(page: str) -> set[str]:
    """The words of Latin letters that somebody sees, apart from codes and numbers."""
    return set(re.findall(r"[A-Za-z]{3,}", CODES.sub(" ", seen_on(page)))) - OF_NO_LANGUAGE


def seen_on(page: str) -> str:
    """Beside the side bar, which has the names of the languages in it."""
    return strip_tags(UNSEEN.sub(" ", page[page.index('<div id="main"') :]))


def read(client, place: str, language: str = "zh-hans") -> str:
    return client.get(place, headers={"Accept-Language": language}).content.decode()


@told_before
def a_busy_farm() -> None:
    """Something of everything: paid, sent, delivered, given back, in the till, and a day that was compared."""
    a_shop()
    a_delivered_order()
    changes.cancel(order=a_paid_order(), by="customer", now=NOW)
    accounts.ask_code(contact=contacts.read("13800000000"), language="zh-hans", now=NOW)
    a_ship_date(DAY + dt.timedelta(days=1))
    changes.move_by_staff(order=a_paid_order(), to=DAY + dt.timedelta(days=1), by="boss", now=NOW)
    work_off(NOW)
    StatementCheck.objects.create(provider="practice", date=NOW.date(), lines=2, differences=0, checked_at=NOW)
    TillEntry.objects.create(at=NOW, trade_no="PT1", amount_fen=100, how="cash", by="boss")


def test_no_list_and_no_row_of_it_falls_back_into_english(client, boss):
    a_busy_farm()

    read_there = {
        model.__name__: english_on(read(client, list_of(model)))
        | english_on(read(client, page_of(model.objects.last())))
        for model in LISTS
    }

    assert {name: words for name, words in read_there.items() if words} == {}


def test_money_states_are_english_for_who_reads_english(client, boss):
    a_busy_farm()
    listed = seen_on(read(client, list_of(Payment), "en"))

    assert "practice cashier" in listed
    assert "Captured" in listed
    assert not re.search(r"[\u3400-\u9fff]", listed)


def test_the_first_page_and_the_ledgers_are_chinese_too(client, boss):
    a_shop_with_a_paid_order()
    Order.objects.update(status=Order.Status.PACKED)
    Job.objects.create(key="j1", kind="shop.tasks.pick", state="parked", next_try_at=NOW, asked_at=NOW, error="404")
    verify.run(now=NOW)

    assert english_on(read(client, reverse("admin:index"))) == set()
    assert english_on(read(client, reverse("ledgers"))) == set()


def test_one_row_is_told_by_its_name_and_several_by_their_number(client, boss):
    jobs = [Job(key=f"j{n}", kind="shop.tasks.pick", state="parked", next_try_at=NOW, asked_at=NOW) for n in range(3)]
    Job.objects.bulk_create(jobs)
    first, *others = Job.objects.order_by("pk")

    assert act(client, "release", first) == "job j0 (Waiting): released."
    assert act(client, "release", *others) == "released: 2 rows."


def test_a_planned_day_says_its_orders_with_one_word_of_measure(client, boss):
    day = a_shop()
    a_paid_order(), a_paid_order()
    client.cookies["django_language"] = "zh-hans"

    assert "已排 2 单" in act(client, "plan_now", day)


def test_every_right_that_the_farm_hands_out_has_words(client, boss):
    ensure_groups()

    page = read(client, page_of(Group.objects.get(name="shop")))

    assert {name for names in people.groups.values() for name in names if _is_special(name)} <= rights.MAY.keys()
    assert "订单: 取消" in page
    assert "Can " not in strip_tags(page)
    assert "办公室" in strip_tags(read(client, list_of(Group)))
    assert people.groups.keys() == rights.GROUP.keys()


def test_lists_to_choose_from_speak_chinese(client, boss):
    assert json.dumps("（点击清空）") in read(client, reverse("admin:jsi18n"))


def test_every_message_and_every_job_of_the_farm_has_words(client, boss):
    a_busy_farm()
    assert LISTENERS.keys() <= naming.TOPIC.keys()
    assert set(Job.objects.values_list("kind", flat=True)) <= naming.WORK.keys()


def test_money_is_found_by_the_number_that_staff_read(client, boss):
    a_busy_farm()
    order = Order.objects.order_by("pk").first()

    for model in (Payment, LedgerEntry, Movement):
        found = strip_tags(read(client, f"{list_of(model)}?q={order.number.lower()}", "en"))
        assert f"order {order.number}" in found, model


def test_tasks_and_movements_call_a_lot_by_its_code_and_a_date_by_its_day(client, boss):
    order, day = a_shop_with_a_paid_order(), ShipDate.objects.get()
    lot = order.lines.get().lot
    act(client, "withdraw", lot)

    places = [list_of(StaffTask), page_of(StaffTask.objects.get()), list_of(Movement), page_of(order)]
    tasks, task, moved, ordered = (seen_on(read(client, place, "en")) for place in places)

    assert all("lot L1" in page for page in (tasks, task, moved, ordered))
    assert f"ship date {day.date}" in moved
    assert f"+1 · ship date {day.date} · " in ordered
    assert "lot #" not in tasks + task + moved + ordered


def test_the_pages_of_a_booking_and_of_a_credit_list_their_movements(client, boss):
    worth = {"why": "rain", "given_at": VISIT_NOW, "expires_on": SATURDAY, "limit": 5}
    credit = Credit.objects.create(code="CR1", phone=VISITOR.phone, **worth)
    booking = a_booking(a_slot(), credit="CR1")

    booked, used = (seen_on(read(client, page_of(row), "en")) for row in (booking, credit))

    assert f"+2 · {booking.slot} · " in booked
    assert f"¥0.05 · booking {booking.number} · " in used


def test_a_hold_that_ended_is_called_so_by_staff_and_customers_alike(client, boss):
    a_shop()
    order = an_order()
    checkout.expire_holds(order.hold_until)

    with override("zh-hans"):
        pages = [read(client, place) for place in (list_of(Order), page_of(order), order_path(order))]

    assert ["保留已结束" in page for page in pages] == [True] * 3
    assert not any("已过期" in page for page in pages)


def test_a_refund_is_found_by_its_own_number_and_by_all_that_it_is_for(client, boss):
    a_busy_farm()
    refund = Refund.objects.get()
    number = refund.payment.payable.removeprefix("order:")

    for term in (number, number.lower(), refund.refund_no.lower(), refund.payment.trade_no.lower()):
        assert page_of(refund) in read(client, f"{list_of(Refund)}?q={term}"), term
    assert page_of(refund) not in read(client, f"{list_of(Refund)}?q={number[:-1]}")


@pytest.mark.parametrize("group", ["packing", "gate", "money", "shop"])
def test_the_first_page_leads_nobody_to_a_closed_door(client, group):
    slot = a_slot_with_a_booking().slot
    closures.close(slots=[slot.pk], reason=closures.Reason("雨", "Rain"), by="boss", now=NOW)
    Job.objects.create(key="j1", kind="shop.tasks.pick", state="parked", next_try_at=NOW, asked_at=NOW)
    OutboxMessage.objects.create(topic="order.paid", payload={}, written_at=NOW)
    a_member(client, group)
    page = read(client, reverse("admin:index"))

    places = set(re.findall(r'href="(/staff/[^"#]*)"', page[page.index('<div id="main"') :]))

    assert {place for place in places if client.get(place.replace("&amp;", "&")).status_code == 403} == set()


def _is_special(name: str) -> bool:
    return name.partition(".")[2].partition("_")[0] not in rights.VERBS or name in rights.MAY
