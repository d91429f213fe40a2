"""Letters that nobody sees get onto no label, list or card, through any door: who has no others has no name."""

import pytest
import time_machine
from django.urls import reverse

from shop.models import KeptAddress, Order
from tests.accounts import signs_in
from tests.builders import DAY, HOME, NOW, a_shop
from tests.rest import ADDRESS, a_body, placed, refused
from tests.visits import VISITOR, a_slot
from tests.visits_rest import SOMEBODY, a_visit_body, booked, nothing_was_booked
from tours.models import Booking

pytestmark = pytest.mark.django_db
NOBODY = "\u200b\u202e\x7f"
ASKED = ("Write the name.", "Write the name.", "Write your name.")
EMPTY = ["\u3164", "\u115f\u1160", "\u2800" * 3, "\ufe0f", "\u034f", "\uffa0", "--"]
FARMER = "👨🏽\u200d🌾"
TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng\x7f")
ENGLAND = f"🏴{TAGS}"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def an_order_form(**different: str) -> dict[str, object]:
    return {"box-kyoho-2500": 2, "ship_date": str(DAY), **vars(HOME), "key": "k" * 9, "agreed_fen": 15800, **different}


def a_visit_form(name: str) -> dict[str, object]:
    plain = {"slot": a_slot().pk, "ticket-adult": "1", "phone": VISITOR.phone, "plan": "full", "key": "k1"}
    return {**plain, "seen": "8800/8800", "name": name}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王\u200b小\u00ad明", "王小明"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\r\nb\x1b[31m", "a b[31m"),
        ("John\u2028Smith\tJr\ufeff", "John Smith Jr"),
        (f"李{FARMER}", f"李{FARMER}"),
        ("王\u200d小明", "王小明"),
        (f"Ann {ENGLAND}{TAGS}", f"Ann {ENGLAND}"),
        (f"Ann 🏴{TAGS * 2}", f"Ann {ENGLAND}"),
        (f"王{TAGS}", "王"),
    ],
)
def test_a_name_keeps_the_letters_that_show(client, typed, kept):
    a_shop()

    placed(client, a_body(address={**ADDRESS, "name": typed, "street": f"{typed} 12号"}))
    booked(client, a_visit_body(a_slot(), contact={**SOMEBODY, "name": typed}))

    order = Order.objects.get()
    assert (order.name, order.street, Booking.objects.get().name) == (kept, f"{kept} 12号", kept)


@pytest.mark.parametrize("typed", [NOBODY, *EMPTY])
@pytest.mark.parametrize(("field", "reason"), [("name", "The name is missing"), ("street", "The street is missing")])
def test_an_address_of_letters_that_nobody_sees_is_refused_as_an_empty_one(client, field, reason, typed):
    a_shop()

    answer = placed(client, a_body(address={**ADDRESS, field: typed * 3}))

    assert reason in refused(answer, 400, "bad_address")["detail"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("typed", [NOBODY, *EMPTY])
def test_a_visitor_without_a_name_that_shows_is_asked_for_one(client, typed):
    answer = booked(client, a_visit_body(a_slot(), contact={**SOMEBODY, "name": typed}))

    assert "Write your name." in refused(answer, 400, "bad_contact")["detail"]
    assert nothing_was_booked()


@pytest.mark.parametrize("typed", [NOBODY, "\u3164"])
def test_the_pages_ask_for_a_name_as_if_nothing_was_written(client, typed):
    a_shop()
    signs_in(client)

    pages = [
        client.post("/order/", an_order_form(name=typed)),
        client.post(reverse("account:new-address"), {**vars(HOME), "name": typed}),
        client.post("/visits/picking/book/", a_visit_form(typed)),
    ]

    assert [page.status_code for page in pages] == [400, 400, 400]
    assert [asked in page.content.decode() for page, asked in zip(pages, ASKED, strict=True)] == [True, True, True]
    assert not any(kind.objects.exists() for kind in (Order, KeptAddress, Booking))


def test_a_gift_message_keeps_its_lines_and_nothing_that_hides(client):
    a_shop()
    typed, kept = f"生日\u200b快乐\r\n\r\n{FARMER}\x07\u2029再见\x1b", f"生日快乐\n\n{FARMER}\n再见"

    placed(client, a_body(gift={"message": typed}))
    client.post("/order/", an_order_form(gift_message=typed))

    assert [order.gift_message for order in Order.objects.all()] == [kept, kept]
