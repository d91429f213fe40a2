"""Finding an order again: numbers as people write them, one count of guesses for all of them, and visits' numbers."""

import html

import pytest
import time_machine

from tests.builders import NOW, a_shop, an_order
from tests.visits import a_booking, a_slot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def spellings(number: str) -> list[str]:
    """The number as people write it."""
    kind, drawn = number[:2], number[2:]
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    return [
        number.lower(),
        drawn,
        drawn.lower(),
        f"{kind}{drawn[:2]}-{drawn[2:]}",
        f"订单{number}",
        f"单号：{kind} {drawn}",
        f"Order {number}.",
        f"{kind}\u200b{drawn}",
        wide,
    ]


def sought(client, number: str, digits: str, address: str = "10.0.0.1"):
    return client.post("/find/", {"number": number, "digits": digits}, REMOTE_ADDR=address)


@pytest.mark.parametrize("n", range(9))
def test_a_number_is_read_as_people_write_it(client, n):
    a_shop()
    order = an_order()

    answer = sought(client, spellings(order.number)[n], order.phone[-4:])

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
    order = an_order()

    answers = [
        sought(client, number, f"{n:04}", f"10.0.{n}.1").status_code for n, number in enumerate(spellings(order.number))
    ]

    assert answers == [400] * 5 + [429] * 4


def test_other_letters_before_it_name_another_thing(client):
    a_shop()
    order = an_order()

    assert sought(client, f"BD{order.number[2:]}", order.phone[-4:]).status_code == 400


@pytest.mark.parametrize("number", ["{0}", "预约{0}", "BV0000000000"])
def test_the_number_of_a_visit_says_where_visits_are_found(client, number):
    booking = a_booking(a_slot())

    page = html.unescape(sought(client, number.format(booking.number), booking.phone[-4:]).content.decode())

    assert "This is the number of a visit." in page
    assert "We know no order" not in page
