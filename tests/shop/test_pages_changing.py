import datetime as dt

import pytest
import time_machine

from farm.api import throttles
from farm.money import yuan
from farm.security import sign
from shop import refusals
from shop.models import Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, an_order, shipped
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db
NEXT = DAY + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def link(order: Order) -> str:
    return f"/o/{sign(order.number, purpose='order')}/"


def found(client, **typed: str) -> tuple[int, str]:
    answer = client.post("/find/", typed)
    return answer.status_code, answer.content.decode()


def test_cancelling_asks_first_and_then_cancels(client):
    order = a_shop_with_a_paid_order(2)

    asked = client.get(f"{link(order)}cancellation/").content.decode()
    answer = client.post(f"{link(order)}cancellation/")

    assert "¥158.00 goes back by itself" in asked
    assert answer["Location"] == link(order)
    assert Order.objects.get().status == Order.Status.CANCELLED
    assert ShipDate.objects.get().taken == 0


def test_an_order_past_its_cut_off_is_not_cancelled_and_says_why(client, clock):
    order = a_shop_with_a_paid_order()
    clock.move_to(dt.datetime.combine(DAY, dt.time(9), NOW.tzinfo))

    page = client.post(f"{link(order)}cancellation/", follow=True).content.decode()

    assert "can no longer be changed" in page
    assert "Changes were possible until" in page
    assert Order.objects.get().status == Order.Status.PAID


@pytest.mark.parametrize("page", ["cancellation/", "ship-date/", "address/"])
def test_an_old_page_of_an_order_that_is_on_its_way_leads_back_with_the_reason(client, page):
    order = shipped(a_shop_with_a_paid_order())

    answer = client.get(f"{link(order)}{page}", follow=True)

    assert answer.redirect_chain == [(link(order), 302)]
    assert refusals.not_possible(order).reason in answer.content.decode()


@pytest.mark.parametrize("page", ["cancellation/", "ship-date/", "address/"])
def test_an_old_page_past_the_cut_off_leads_back_with_what_to_do(client, clock, page):
    order = a_shop_with_a_paid_order()
    clock.move_to(dt.datetime.combine(DAY, dt.time(9), NOW.tzinfo))

    answer = client.get(f"{link(order)}{page}", follow=True)

    assert answer.redirect_chain == [(link(order), 302)]
    assert "call the farm if something is wrong" in answer.content.decode()


def test_an_address_that_costs_more_freight_says_the_new_total(client):
    a_shop()
    order = an_order(2)
    far = {"name": "王小明", "phone": "13800138000", "province": "新疆维吾尔自治区", "city": "乌鲁木齐市"}

    page = client.post(f"{link(order)}address/", {**far, "district": "天山区", "street": "人民路1号"}, follow=True)

    total_fen = Order.objects.get().total_fen
    assert total_fen > order.total_fen
    assert f"With the freight to there the total is now ¥{yuan(total_fen)}." in page.content.decode()


def test_another_ship_date_is_chosen_on_the_calendar(client):
    a_shop()
    a_ship_date(NEXT)
    order = a_paid_order(2)

    asked = client.get(f"{link(order)}ship-date/").content.decode()
    page = client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)}, follow=True).content.decode()

    assert f'value="{DAY}" checked' in asked
    assert "The ship date is changed." in page
    assert {row.date: row.taken for row in ShipDate.objects.all()} == {DAY: 0, NEXT: 2}


def test_a_calendar_with_too_little_room_for_the_order_says_so(client):
    order = a_shop_with_a_paid_order(2)
    ShipDate.objects.update(limit=3)

    page = client.get(f"{link(order)}ship-date/").content.decode()

    assert "1 left" in page
    assert "No date has room for the whole order" in page


def test_a_full_ship_date_is_refused_and_the_old_one_stays(client):
    a_shop()
    a_ship_date(NEXT, limit=2)
    an_order(1, date=NEXT)
    order = a_paid_order(2)

    answer = client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)})

    assert answer.status_code == 409
    assert "fewer boxes left" in answer.content.decode()
    order.refresh_from_db()
    assert order.ship_date.date == DAY


def test_a_day_named_in_place_of_a_full_one_is_taken_with_one_press(client):
    a_shop()
    a_ship_date(NEXT, limit=1)
    third = a_ship_date(NEXT + dt.timedelta(days=1))
    order = a_paid_order(2)

    page = client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)}).content.decode()
    client.post(f"{link(order)}ship-date/", {"other_date": str(third.date)})

    assert f'name="other_date" value="{third.date}"' in page
    assert Order.objects.get().ship_date == third


def test_days_with_enough_fruit_are_named_when_this_one_has_too_little(client):
    a_box()
    for days in range(3):
        a_ship_date(DAY + dt.timedelta(days=days))
    a_lot("tired", best_before=DAY + dt.timedelta(days=1))
    order = a_paid_order(2)
    a_lot("young", harvested_on=DAY + dt.timedelta(days=2))

    page = client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)}).content.decode()

    assert "There is not enough Kyoho" in page
    assert 'name="other_date" value="2026-09-12"' in page
    assert Order.objects.get().ship_date.date == DAY


def test_another_address_is_written_whole_because_the_old_one_is_masked(client):
    a_shop()
    order = an_order()
    elsewhere = {**vars(HOME), "name": "李红", "street": "解放路1号2室"}

    asked = client.get(f"{link(order)}address/").content.decode()
    page = client.post(f"{link(order)}address/", elsewhere, follow=True).content.decode()

    assert HOME.province in asked
    assert HOME.phone not in asked
    assert HOME.street not in asked
    assert "The address is changed." in page
    assert "李*" in page


@pytest.mark.parametrize(
    ("wrong", "words"), [({"phone": "1"}, "not a mobile number"), ({"city": "无此市"}, "not a known place")]
)
def test_a_wrong_address_is_refused_beside_its_field(client, wrong, words):
    a_shop()
    order = an_order()

    answer = client.post(f"{link(order)}address/", {**vars(HOME), "name": "李红", **wrong})

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Order.objects.get().name == HOME.name


def test_an_order_is_found_by_its_number_and_four_digits(client):
    a_shop()
    order = an_order()

    answer = client.post("/find/", {"number": f" {order.number.lower()} ", "digits": "5678"})

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/o/{order.number}:")


def test_every_failed_search_gets_the_same_answer(client):
    a_shop()
    order = an_order()

    wrong_digits = found(client, number=order.number, digits="0000")
    wrong_number = found(client, number=order.number[:-1] + "!", digits="5678")

    assert wrong_digits[0] == wrong_number[0] == 400
    assert "We know no order" in wrong_digits[1]
    assert "We know no order" in wrong_number[1]


def test_searching_is_slowed_down(client):
    answers = [found(client, number=f"BZ{n}", digits="0000")[0] for n in range(12)]

    assert answers[:10] == [400] * 10
    assert answers[10:] == [429] * 2


def test_guessing_is_slow_however_the_number_is_typed_and_through_both_doors(client):
    a_shop()
    number = an_order().number
    written = [number, number.lower(), f"{number[:4]} {number[4:]}", "　".join(number)]

    pages = [
        client.post("/find/", {"number": written[n % 4], "digits": f"{n:04}"}, REMOTE_ADDR=f"10.0.0.{n}").status_code
        for n in range(6)
    ]
    body = {"number": number, "last4": "5678"}
    api = client.post("/api/v1/order-lookups", body, content_type="application/json").status_code

    assert pages == [400] * 5 + [429]
    assert api == 429


def test_who_has_the_paper_of_a_parcel_has_five_guesses_an_hour(client, monkeypatch):
    a_shop()
    number, clock = an_order().number, [1000.0]
    monkeypatch.setattr(throttles, "monotonic", lambda: clock[0])

    def guessed(digits: int) -> int:
        clock[0] += 60
        return found(client, number=number, digits=f"{digits:04}")[0]

    answers = [guessed(digits) for digits in range(120)]

    assert answers.count(400) == 5 + 2 * 5 - 1  # five at once, then one each twelve minutes


def test_changing_and_paying_are_slowed_down_as_through_the_api(client, monkeypatch):
    a_shop()
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "order-ip", "1/min")
    a_ship_date(NEXT)
    order = an_order()

    client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)})
    again = client.post(f"{link(order)}ship-date/", {"ship_date": str(DAY)})
    moved = client.post(f"{link(order)}address/", vars(HOME))
    paid = client.post(f"{link(order)}payment/", follow=True).content.decode()
    cancelled = client.post(f"{link(order)}cancellation/", follow=True).content.decode()

    assert [again.status_code, moved.status_code] == [429, 429]
    assert "Too many tries" in paid
    assert "Too many tries" in cancelled
    order = Order.objects.get()
    assert (order.status, order.ship_date.date) == (Order.Status.PLACED, NEXT)
