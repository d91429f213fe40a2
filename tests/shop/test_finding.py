"""Finding an order again: numbers as people write them, one count of guesses for all of them, and visits' numbers."""

import html

import pytest
import time_machine

from shop.models import Order
from tests.builders import NOW, a_shop, an_order
from tests.visits import a_booking, a_slot

pytestmark = pytest.mark.django_db
SPELLINGS = [
    "bz0123456789",
    "0123456789",
    "BZ01-23456789",
    "订单BZ0123456789",
    "单号：BZ 0123456789",
    "Order BZ0123456789.",
    "Order 0123456789",
    "No. 0123456789",
    "BZ\u200b0123456789",
    "\u200b" * 200 + "BZ0123456789",
    "0123456789Z\u200b\u0301",
    "BZO123456789",
    "bzol23456789",
    "BZ0I23456789",
    "ＢＺ０１２３４５６７８９",
]
"""BZ0123456789 as people write it."""


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def a_known_order() -> Order:
    order = an_order()
    order.number = "BZ0123456789"
    order.save(update_fields=["number"])
    return order


def sought(client, number: str, digits: str, address: str = "10.0.0.1"):
    return client.post("/find/", {"number": number, "digits": digits}, REMOTE_ADDR=address)


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_number_is_read_as_people_write_it(client, number):
    a_shop()
    order = a_known_order()

    answer = sought(client, number, order.phone[-4:])

    assert answer.headers.get("Location", "").startswith(f"/o/{order.number}:")


def test_the_api_reads_it_alike(client):
    a_shop()
    order = an_order()

    answer = client.post(
        "/api/v1/order-lookups",
        {"number": f"订单{order.number[2:]}", "last4": order.phone[-4:]},
        content_type="application/json",
    )

    assert answer.status_code == 200


def test_who_spells_it_otherwise_guesses_no_faster(client):
    a_shop()
    a_known_order()

    answers = [sought(client, number, f"{n:04}", f"10.0.{n}.1").status_code for n, number in enumerate(SPELLINGS)]

    assert answers == [400] * 5 + [429] * (len(SPELLINGS) - 5)


@pytest.mark.parametrize("number", ["{0}", "预约{0}", "BV0000000000"])
def test_the_number_of_a_visit_says_where_visits_are_found(client, number):
    booking = a_booking(a_slot())

    page = html.unescape(sought(client, number.format(booking.number), booking.phone[-4:]).content.decode())

    assert "This is the number of a visit." in page
    assert "We know no order" not in page
