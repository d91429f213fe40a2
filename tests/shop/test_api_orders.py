import datetime as dt

import pytest
import time_machine

from farm.models import Payment
from farm.security import sign
from shop import planning
from shop.models import ShipDate
from tests.builders import DAY, NOW, a_paid_order, a_ship_date, a_shop, an_order, work_off
from tests.rest import ADDRESS, path_of, refused, sent
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_the_customer_sees_the_order_but_not_the_whole_phone(client):
    order = a_shop_with_a_paid_order(2)

    shown = client.get(f"/api/v1/{path_of(order)}").json()

    assert (shown["status"], shown["name"], shown["phone"]) == ("paid", "王**", "138******78")
    assert shown["street"] == "闾山路***"
    assert [(line["sku"], line["quantity"]) for line in shown["lines"]] == [("kyoho-2500", 2)]
    assert [event["what"] for event in shown["events"]] == ["placed", "paid"]


@pytest.mark.parametrize("token", ["BZ123", "BZ:1:x", "%00", "中文", "a" * 3000])
def test_a_forged_link_leads_nowhere(client, token):
    a_shop()
    an_order()

    refused(client.get(f"/api/v1/orders/{token}"), 404, "not_found")
    refused(client.post(f"/api/v1/orders/{token}/cancellation"), 404, "not_found")


def test_a_token_of_another_purpose_opens_no_order(client):
    a_shop()
    order = an_order()

    refused(client.get(f"/api/v1/orders/{sign(order.number, purpose='ticket')}"), 404, "not_found")


def test_paying_starts_one_attempt_however_often_it_is_pressed(client):
    a_shop()
    order = an_order()

    first, second = (sent(client, "post", f"{path_of(order)}/payment", {"provider": "practice"}) for _ in range(2))

    assert (first.status_code, first.json()) == (201, second.json())
    assert first.json()["amount_fen"] == order.total_fen
    assert client.get(first.json()["pay_url"]).status_code == 200


def test_a_provider_we_do_not_use_takes_no_money(client):
    a_shop()

    refused(sent(client, "post", f"{path_of(an_order())}/payment", {"provider": "bank"}), 400, "unknown_provider")

    assert not Payment.objects.exists()


def test_an_order_whose_hold_is_over_cannot_be_paid(client, now):
    a_shop()
    order = an_order()
    now.move_to(order.hold_until)

    refused(sent(client, "post", f"{path_of(order)}/payment"), 409, "wrong_state")

    assert not Payment.objects.exists()


def test_a_cancelled_order_gives_its_room_back_and_stays_cancelled(client):
    a_shop()
    order = an_order(3)

    answer = sent(client, "post", f"{path_of(order)}/cancellation")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert ShipDate.objects.get().taken == 0
    refused(sent(client, "post", f"{path_of(order)}/cancellation"), 409, "wrong_state")


def test_after_the_cut_off_an_order_stays_as_it_is(client, now):
    day = a_shop()
    order = a_paid_order()
    now.move_to(day.cut_off_at)

    refused(sent(client, "post", f"{path_of(order)}/cancellation"), 409, "too_late")
    refused(sent(client, "put", f"{path_of(order)}/address", ADDRESS), 409, "too_late")

    assert ShipDate.objects.get().taken == 1


def test_an_order_moves_to_another_ship_date(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=2))
    order = an_order(2)

    answer = sent(client, "put", f"{path_of(order)}/ship-date", {"ship_date": "2026-09-12"})

    assert (answer.status_code, answer.json()["ship_date"]) == (200, "2026-09-12")
    assert list(ShipDate.objects.values_list("taken", flat=True)) == [0, 2]


def test_an_order_stays_where_it_is_when_the_other_date_is_full(client):
    a_shop()
    a_ship_date(DAY + dt.timedelta(days=2), limit=1)
    order = an_order(2)

    refused(sent(client, "put", f"{path_of(order)}/ship-date", {"ship_date": "2026-09-12"}), 409, "sold_out")

    assert list(ShipDate.objects.values_list("taken", flat=True)) == [2, 0]


def test_an_order_goes_to_another_address(client):
    a_shop()
    order = an_order()
    other = {**ADDRESS, "province": "北京市", "city": "北京市", "district": "朝阳区", "name": "李雷"}

    answer = sent(client, "put", f"{path_of(order)}/address", other)

    assert (answer.status_code, answer.json()["district"], answer.json()["name"]) == (200, "朝阳区", "李*")


def test_a_wrong_place_in_a_new_address_is_named_as_it_was_sent(client):
    a_shop()
    order = an_order()

    document = refused(
        sent(client, "put", f"{path_of(order)}/address", {**ADDRESS, "district": "x"}), 400, "bad_address"
    )

    assert document["fields"][0]["field"] == "district"


def test_a_parcel_is_tracked_by_its_orders_link(client):
    order = a_shop_with_a_paid_order()
    before = client.get(f"/api/v1/{path_of(order)}/tracking").json()

    assert before == {"number": order.number, "status": "paid", "parcel": None}


def test_an_order_is_found_by_its_number_and_the_end_of_its_phone(client):
    a_shop()
    order = an_order()

    answer = sent(client, "post", "order-lookups", {"number": order.number.lower(), "last4": "5678"})

    assert client.get(answer.json()["links"]["self"]).json()["number"] == order.number


def test_whatever_does_not_fit_gets_the_same_answer(client):
    a_shop()
    order = an_order()
    guesses = [{"number": order.number, "last4": "0000"}, {"number": "BZ0000000000", "last4": "5678"}]

    answers = [sent(client, "post", "order-lookups", guess) for guess in guesses]

    assert answers[0].content == answers[1].content
    refused(answers[0], 404, "not_found")


def test_guessing_is_slow_even_from_many_addresses(client):
    a_shop()
    order = an_order()

    answers = [
        client.post(
            "/api/v1/order-lookups",
            {"number": order.number, "last4": f"{n:04}"},
            content_type="application/json",
            REMOTE_ADDR=f"10.0.0.{n}",
        ).status_code
        for n in range(6)
    ]

    assert answers == [404] * 5 + [429]


def test_a_whole_journey_leaves_a_parcel_to_track(client, settings):
    settings.DEMO_CLOCK = True
    order = a_shop_with_a_paid_order()

    planning.plan_day(ship_date=ShipDate.objects.get(), now=NOW)
    work_off(NOW)
    shown = client.get(f"/api/v1/{path_of(order)}/tracking").json()

    assert shown["status"] in ("shipped", "delivered")
    assert shown["parcel"]["waybill_no"]


def test_how_the_farm_works_is_not_told_to_customers(client):
    order = a_shop_with_a_paid_order()
    order.log("address shown", at=NOW, by="packer")

    told = client.get(f"/api/v1/{path_of(order)}").json()["events"]

    assert [event["what"] for event in told] == ["placed", "paid"]
