"""Where the boxes of a lot went, in the staff's tool: found by lot, order or scanned code, masked, to be exported."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop import changes
from shop.links import passport_path
from shop.models import Lot, Order, OrderLine
from tests.builders import HOME, NOW, a_lot, a_paid_order, a_ship_date, a_shop, an_order, packed
from tests.staff import a_boss, a_member, list_of, page_of, queries
from tests.worlds import a_shop_with_a_packed_order

pytestmark = pytest.mark.django_db
PLACE = list_of(OrderLine)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def export(client) -> list[dict[str, str]]:
    """The file of everything that lot L1 went into."""
    answer = client.post(f"{PLACE}export/?q=L1", {"format": "1", "resource": "0"})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_recall_lists_every_order_of_the_lot_and_no_other(client):
    a_shop()
    orders = [an_order(), a_paid_order(2), an_order()]
    cancelled = an_order()
    changes.cancel(order=cancelled, by="customer", now=NOW)
    Lot.objects.update(is_withdrawn=True)
    a_lot("L2")
    elsewhere = an_order()
    a_member(client, "packing")

    page = client.get(f"{PLACE}?q=L1").content.decode()

    assert [order.number for order in orders if order.number not in page] == []
    assert [order.number for order in (cancelled, elsewhere) if order.number in page] == []


def test_the_lot_page_says_where_its_boxes_are_and_leads_to_them(client):
    a_shop_with_a_packed_order(3)
    an_order(2)
    a_boss(client)
    lot = Lot.objects.get()

    page = client.get(page_of(lot)).content.decode()
    way = client.get(reverse("admin:shop_lot_trace", args=[lot.pk]))

    assert "2 boxes of 1 order" in page
    assert "3 boxes of 1 order" in page
    assert way["Location"] == f"{PLACE}?q=L1"


def test_a_scanned_code_or_a_number_finds_the_order_of_a_box(client):
    a_shop()
    order, other = packed(a_paid_order()), an_order()
    a_member(client, "packing")
    code = order.lines.get().passport or ""

    for term in (code, f"https://grapes.example{passport_path(code)}", order.number.lower()):
        page = client.get(PLACE, {"q": term}).content.decode()
        assert (order.number in page, other.number in page) == (True, False)


def test_an_older_code_is_found_as_a_file_says_it(client):
    order = a_shop_with_a_packed_order()
    order.lines.update(passport="-vJ54bIkMzFyQYUQ")
    a_member(client, "packing")

    [row] = export(client)

    assert row["passport"] == "'-vJ54bIkMzFyQYUQ"
    assert order.number in client.get(PLACE, {"q": row["passport"]}).content.decode()


def test_the_list_can_be_narrowed_to_what_can_still_be_stopped(client):
    a_shop()
    here, gone = an_order(), packed(a_paid_order())
    Order.objects.filter(pk=gone.pk).update(status=Order.Status.DELIVERED)
    a_boss(client)

    stopped = client.get(PLACE, {"q": "L1", "where": "here"}).content.decode()
    arrived = client.get(PLACE, {"q": "L1", "where": "arrived", "ships": "week"}).content.decode()

    assert (here.number in stopped, gone.number in stopped) == (True, False)
    assert (here.number in arrived, gone.number in arrived) == (False, True)


def test_names_are_masked_on_the_page_for_everybody_and_in_the_file_for_who_needs_none(client):
    a_shop()
    an_order(2)
    secrets = (HOME.name, HOME.phone, HOME.street)
    a_member(client, "packing")

    page = client.get(PLACE).content.decode()
    [row] = export(client)

    assert [secret for secret in secrets if secret in page] == []
    assert [secret for secret in secrets if secret in row.values()] == []
    assert (row["lot__code"], row["quantity"], row["name"], row["phone"]) == ("L1", "2", "王**", "138******78")
    assert LogEntry.objects.count() == 0


def test_who_may_see_people_exports_them_whole_and_it_is_written_down(client):
    order = a_shop_with_a_packed_order()
    a_member(client, "shop")

    [row] = export(client)

    assert (row["name"], row["phone"], row["address"]) == (HOME.name, HOME.phone, HOME.street)
    assert (row["order__number"], row["passport"]) == (order.number, order.lines.get().passport)
    assert LogEntry.objects.filter(change_message="exported personal data").count() == 1


def test_the_list_and_the_file_cost_the_same_for_one_order_and_for_three(client):
    a_shop()
    an_order()
    a_boss(client)
    listed, exported = [], []
    for _ in range(2):
        listed.append(queries(client, f"{PLACE}?q=L1"))
        export(client)
        with CaptureQueriesContext(connection) as captured:
            export(client)
        exported.append(len(captured))
        packed(a_paid_order())
        an_order()

    assert listed[0] == listed[1]
    assert exported[0] == exported[1]


def test_nobody_without_the_permission_sees_where_boxes_went(client):
    a_shop()
    a_ship_date(NOW.date().replace(day=28))
    a_member(client, "gate")

    assert client.get(PLACE).status_code == 403
    assert client.get(reverse("admin:shop_lot_trace", args=[Lot.objects.get().pk])).status_code == 403
