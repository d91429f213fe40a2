import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farm import people
from farm.models import StaffTask
from shop.models import Lot, Order, ShipDate
from tests.builders import DAY, NOW, a_lot, a_paid_order, a_ship_date, a_shop, a_variety, an_order, work_off
from tests.rest import refused, sent
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
MONTH = "/api/v1/staff/ship-dates?month=2026-09"
A_LOT = {
    "code": "K-0903-A1",
    "variety": "kyoho",
    "cold_room": "C1",
    "grower": "老李",
    "block": "A-1",
    "harvested_on": "2026-09-03",
    "best_before": "2026-11-02",
    "net_grams": 1500000,
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def a_person(client: Any, *groups: str, is_staff: bool = True) -> None:
    """Sign in somebody of these groups."""
    people.ensure_groups()
    user = get_user_model().objects.create_user("xiaohong", is_staff=is_staff)
    user.groups.set(people.Group.objects.filter(name__in=groups))
    client.force_login(user)


def test_who_is_not_signed_in_is_sent_to_the_staff_door(client):
    for path in ("ship-dates?month=2026-09", "lots", "orders", "waves/1/pick-list", "orders/BZ1/label.pdf"):
        refused(client.get(f"/api/v1/staff/{path}"), 403, "not_authenticated")


def test_who_signed_in_without_being_staff_may_do_nothing(client):
    a_person(client, "shop", is_staff=False)

    refused(client.get(MONTH), 403, "permission_denied")


def test_the_packing_bench_may_look_at_ship_dates_but_not_change_them(client):
    a_shop()
    a_person(client, "packing")

    assert client.get(MONTH).json()["results"][0]["limit"] == 500
    refused(sent(client, "patch", f"staff/ship-dates/{DAY}", {"limit": 1}), 403, "permission_denied")

    assert ShipDate.objects.get().limit == 500


def test_a_ship_date_gets_another_limit_but_never_below_what_is_promised(client):
    a_shop()
    an_order(3)
    a_person(client, "shop")

    assert sent(client, "patch", f"staff/ship-dates/{DAY}", {"limit": 3}).json()["left"] == 0
    document = refused(sent(client, "patch", f"staff/ship-dates/{DAY}", {"limit": 2}), 409, "limit_too_low")

    assert document["fields"][0]["field"] == "limit"
    assert ShipDate.objects.get().limit == 3


def test_a_ship_date_is_closed_and_reopened(client):
    a_shop()
    an_order()
    a_person(client, "shop")
    closing = {"is_closed": True, "reason_zh": "国庆节", "reason_en": "National Day"}

    closed = sent(client, "patch", f"staff/ship-dates/{DAY}", closing).json()
    refused(sent(client, "patch", f"staff/ship-dates/{DAY}", closing), 409, "nothing_to_change")
    reopened = sent(client, "patch", f"staff/ship-dates/{DAY}", {"is_closed": False}).json()

    assert (closed["is_closed"], closed["reason_en"], reopened["is_closed"]) == (True, "National Day", False)
    assert StaffTask.objects.count() == 1


def test_a_change_of_which_one_half_is_refused_changes_nothing(client):
    a_shop()
    a_person(client, "shop")

    refused(
        sent(client, "patch", f"staff/ship-dates/{DAY}", {"limit": 9, "is_closed": False}), 409, "nothing_to_change"
    )

    assert ShipDate.objects.get().limit == 500


@pytest.mark.parametrize("date", ["2026-09-30", "2026-02-30", "today"])
def test_a_date_on_which_nothing_ships_is_not_there(client, date):
    a_person(client, "shop")

    refused(sent(client, "patch", f"staff/ship-dates/{date}", {"limit": 1}), 404, "not_found")


def test_a_lot_comes_in_is_withdrawn_and_put_back(client):
    a_shop()
    a_person(client, "shop")

    stored = sent(client, "post", "staff/lots", A_LOT)
    withdrawn = sent(client, "post", "staff/lots/K-0903-A1/withdrawal").json()
    put_back = sent(client, "delete", "staff/lots/K-0903-A1/withdrawal").json()

    assert (stored.status_code, stored.json()["net_grams"]) == (201, 1500000)
    assert (withdrawn["is_withdrawn"], put_back["is_withdrawn"]) == (True, False)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"code": "L1"}, 409, "lot_known"),
        ({"variety": "banana"}, 400, "unknown_place"),
        ({"cold_room": "C9"}, 400, "unknown_place"),
        ({"best_before": "2026-09-03"}, 400, "never_fresh"),
        ({"net_grams": 0}, 400, "invalid"),
        ({"net_grams": 10**10}, 400, "invalid"),
        ({"code": "a b"}, 400, "invalid"),
    ],
)
def test_a_lot_that_cannot_be_is_refused_with_its_field(client, wrong, status, code):
    a_shop()
    a_person(client, "shop")

    document = refused(sent(client, "post", "staff/lots", {**A_LOT, **wrong}), status, code)

    assert [problem["field"] for problem in document["fields"]] == list(wrong)
    assert Lot.objects.count() == 1


def test_orders_are_found_by_state_date_and_the_end_of_the_phone(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=1))
    paid, other = a_paid_order(), an_order(date=DAY + dt.timedelta(days=1))
    a_person(client, "shop")

    def numbers(query: str) -> list[str]:
        return [order["number"] for order in client.get(f"/api/v1/staff/orders?{query}").json()["results"]]

    assert numbers("") == [other.number, paid.number]
    assert numbers("status=paid") == [paid.number]
    assert numbers("ship_date=2026-09-11") == [other.number]
    assert numbers("phone_last4=5678&status=placed") == [other.number]
    assert numbers("phone_last4=0000") == []


@pytest.mark.parametrize("query", ["status=eaten", "ship_date=soon", "phone_last4=1", "phone_last4=%00%00%00%00"])
def test_a_filter_that_means_nothing_is_refused(client, query):
    a_person(client, "shop")

    document = refused(client.get(f"/api/v1/staff/orders?{query}"), 400, "invalid")

    assert document["fields"][0]["field"] == query.split("=")[0]


def test_nobody_is_looked_for_by_phone_without_the_right_to_see_phones(client):
    a_shop()
    an_order()
    a_person(client, "packing")

    refused(client.get("/api/v1/staff/orders?phone_last4=5678"), 403, "permission_denied")
    assert len(client.get("/api/v1/staff/orders?phone_last4=").json()["results"]) == 1


def test_only_who_may_see_personal_data_sees_whole_phones(client):
    a_shop()
    an_order()
    a_person(client, "packing")
    masked = client.get("/api/v1/staff/orders").json()["results"][0]
    get_user_model().objects.get().groups.set(people.Group.objects.filter(name="shop"))

    whole = client.get("/api/v1/staff/orders").json()["results"][0]

    assert (masked["name"], masked["phone"]) == ("王**", "138******78")
    assert (whole["name"], whole["phone"]) == ("王小明", "13812345678")


def test_who_saw_whole_names_in_the_list_is_kept_on_record(client):
    a_shop()
    orders = [an_order(), an_order()]
    a_person(client, "packing")
    client.get("/api/v1/staff/orders")
    user = get_user_model().objects.get()
    user.groups.set(people.Group.objects.filter(name="shop"))

    client.get("/api/v1/staff/orders")

    line = LogEntry.objects.get()
    seen = ", ".join(order.number for order in reversed(orders))
    assert (line.user, line.object_repr) == (user, "2 orders")
    assert line.change_message == f"looked at personal data: {seen}"


def test_the_list_of_orders_pages_by_cursor(client):
    a_shop()
    orders = [an_order() for _ in range(3)]
    a_person(client, "packing")

    first = client.get("/api/v1/staff/orders?page_size=2").json()
    second = client.get(first["next"]).json()

    shown = [order["number"] for order in first["results"] + second["results"]]
    assert shown == [order.number for order in reversed(orders)]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "bz05OTk5OTk5OTk5OTk5OTk5OTk5", "%00", "cD0tMQ=="])
def test_a_cursor_made_up_by_somebody_is_refused(client, cursor):
    a_person(client, "packing")

    response = client.get(f"/api/v1/staff/orders?cursor={cursor}")

    assert response.status_code == 404 or response.json()["results"] == []


@pytest.mark.parametrize("path", ["staff/orders", "staff/lots", "staff/ship-dates?month=2026-09"])
def test_a_list_costs_the_same_with_one_and_three_rows(client, path):
    a_shop()
    an_order()
    a_person(client, "shop")

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/api/v1/{path}").status_code == 200
        return len(queries)

    with_one = statements()
    for n in (1, 2):
        a_ship_date(DAY + dt.timedelta(days=n))
        a_lot(f"M{n}", variety=a_variety(f"variety-{n}"))
        an_order(date=DAY + dt.timedelta(days=n))

    assert statements() == with_one


def test_the_bench_takes_a_paid_order_to_the_carrier(client, settings):
    settings.PACKING_BENCH, settings.CARRIER = "staff", "manual"
    order = a_shop_with_a_paid_order(2)
    a_person(client, "packing")

    def step(what: str, method: str = "post", **body: str) -> str:
        return sent(client, method, f"staff/orders/{order.number}/{what}", body).json().get("status", "refused")

    wave = sent(client, "post", f"staff/ship-dates/{DAY}/plan").json()["wave"]
    pick_list = client.get(f"/api/v1/staff/waves/{wave['id']}/pick-list").json()
    assert [(line["sku"], line["boxes"]) for line in pick_list["lines"]] == [("kyoho-2500", 2)]
    assert [step("picking"), step("packing")] == ["picked", "packed"]
    assert step("waybill", "put", waybill_no="SF1234567890") == "packed"
    work_off(NOW)
    label = client.get(f"/api/v1/staff/orders/{order.number}/label.pdf")
    assert (label.headers["Content-Type"], label.content[:4]) == ("application/pdf", b"%PDF")
    assert step("handover", waybill_no="sf 1234567890") == "shipped"
    assert step("delivery") == "delivered"


def test_a_step_out_of_turn_is_refused(client):
    order = a_shop_with_a_paid_order()
    a_person(client, "packing")

    for step in ("picking", "packing", "handover", "delivery"):
        response = sent(client, "post", f"staff/orders/{order.number}/{step}", {"waybill_no": "SF1234567890"})
        refused(response, 409, "wrong_state")

    assert Order.objects.get().status == "paid"


def test_an_empty_day_has_nothing_to_plan_and_an_unpacked_order_no_label(client):
    a_shop()
    order = an_order()
    a_person(client, "packing")

    assert sent(client, "post", f"staff/ship-dates/{DAY}/plan").json() == {"wave": None}
    refused(client.get(f"/api/v1/staff/orders/{order.number}/label.pdf"), 404, "not_found")
    refused(client.get("/api/v1/staff/waves/99999999999999999999/pick-list"), 404, "not_found")
