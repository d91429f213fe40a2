import datetime as dt

import pytest
import time_machine

from farm.security import sign
from shop.models import Order, ShipDate
from tests.builders import DAY, HOME, NOW, a_paid_order, a_ship_date, a_shop, an_order

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
    a_shop()
    order = a_paid_order(2)

    asked = client.get(f"{link(order)}cancellation/").content.decode()
    answer = client.post(f"{link(order)}cancellation/")

    assert "¥158.00 goes back by itself" in asked
    assert answer["Location"] == link(order)
    assert Order.objects.get().status == Order.Status.CANCELLED
    assert ShipDate.objects.get().taken == 0


def test_an_order_past_its_cut_off_is_not_cancelled_and_says_why(client, clock):
    a_shop()
    order = a_paid_order()
    clock.move_to(dt.datetime.combine(DAY, dt.time(9), NOW.tzinfo))

    page = client.post(f"{link(order)}cancellation/", follow=True).content.decode()

    assert "can no longer be changed" in page
    assert "Changes were possible until" in page
    assert Order.objects.get().status == Order.Status.PAID


def test_another_ship_date_is_chosen_on_the_calendar(client):
    a_shop()
    a_ship_date(NEXT)
    order = a_paid_order(2)

    asked = client.get(f"{link(order)}ship-date/").content.decode()
    page = client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)}, follow=True).content.decode()

    assert f'value="{DAY}" checked' in asked
    assert "The ship date is changed." in page
    assert {row.date: row.taken for row in ShipDate.objects.all()} == {DAY: 0, NEXT: 2}


def test_a_full_ship_date_is_refused_and_the_old_one_stays(client):
    a_shop()
    a_ship_date(NEXT, limit=1)
    order = a_paid_order(2)

    answer = client.post(f"{link(order)}ship-date/", {"ship_date": str(NEXT)})

    assert answer.status_code == 409
    assert "fewer boxes left" in answer.content.decode()
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
