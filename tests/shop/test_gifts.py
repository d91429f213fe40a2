"""A parcel for somebody else: its buyer is told and finds the order, whom it goes to learns neither price nor link."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from django.test import Client

from farm.models import Customer, Notice
from farm.security import mask_phone
from shop import changes, line
from shop.checkout import Gift
from shop.links import order_path, waiting_path
from shop.models import Order, ShipDate
from tests.accounts import signs_in
from tests.builders import DAY, HOME, NOW, a_paid_order, a_place_in_line, a_shop, an_order, work_off
from tests.rest import a_body, path_of, placed, refused, sent
from tests.shop.test_pages_ordering import typed
from tests.staff import list_of, page_of

pytestmark = pytest.mark.django_db
BUYER, FRIEND = "13911112222", "13933334444"
A_GIFT = Gift("生日快乐", hides_price=True, buyer_phone=BUYER)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def told() -> set[str]:
    """The phones that messages were sent to."""
    work_off()
    return set(Notice.objects.values_list("to", flat=True))


def finds(client: Client, order: Order, phone: str) -> bool:
    return client.post("/find/", {"number": order.number, "digits": phone[-4:]}).status_code == 302


def test_every_message_goes_to_the_buyer(client):
    a_shop()
    client.post("/order/", typed(gift_message="生日快乐", buyer_phone=f"+86 {BUYER}"))
    order = a_paid_order(gift=A_GIFT)
    changes.cancel(order=order, by="customer", now=NOW)

    assert told() == {BUYER}
    assert Notice.objects.count() > 4  # two placed, one paid, cancelled and refunded
    assert set(Order.objects.values_list("phone", flat=True)) == {HOME.phone}


def test_only_the_buyer_finds_it_again(client):
    a_shop()
    order = an_order(gift=A_GIFT)
    by_rest = [
        sent(client, "post", "order-lookups", {"number": order.number, "last4": phone[-4:]}).status_code
        for phone in (BUYER, HOME.phone)
    ]

    assert (finds(client, order, BUYER), finds(client, order, HOME.phone)) == (True, False)
    assert by_rest == [200, 404]


def test_it_stands_in_the_account_of_its_buyer_alone(client):
    a_shop()
    order = an_order(gift=A_GIFT)
    giver, taker = Client(), Client()
    signs_in(giver, BUYER)
    signs_in(taker, HOME.phone)

    assert order.number in giver.get("/account/orders/").content.decode()
    assert order.number not in taker.get("/account/orders/").content.decode()


def test_the_farm_does_not_call_the_buyer_by_the_name_on_the_parcel():
    a_shop()
    a_paid_order(gift=A_GIFT)
    work_off()

    assert list(Customer.objects.values_list("phone", "name")) == [(BUYER, "")]


def test_who_is_signed_in_need_not_write_their_number(client):
    a_shop()
    signs_in(client, BUYER)

    assert f'name="buyer_phone" value="{BUYER}"' in client.get("/order/").content.decode()


def test_a_stranger_cannot_write_an_address_into_my_form(client):
    """Anybody may order with my number; only what I paid for and got at home is mine for sure."""
    a_shop()
    a_paid_order(address=replace(HOME, phone=BUYER))
    theirs = replace(HOME, phone=FRIEND, street="青年路88号")
    a_paid_order(address=theirs, gift=Gift(buyer_phone=BUYER))
    an_order(address=replace(theirs, phone=BUYER))
    signs_in(client, BUYER)

    page = client.get("/order/").content.decode()

    assert (HOME.street in page, theirs.street in page) == (True, False)


@pytest.mark.parametrize(
    ("gift", "words"),
    [
        ({"hides_price": "on", "buyer_phone": BUYER}, f"<dd>{BUYER}</dd>"),
        ({"gift_message": "生日快乐"}, f"<dd>{HOME.phone}<br>Is this number not yours?"),
    ],
)
def test_before_a_gift_is_ordered_the_page_says_who_is_told(client, gift, words):
    a_shop()

    assert words in client.post("/order/", typed(agreed_fen="", **gift)).content.decode()


def test_a_wrong_number_is_refused_beside_its_field(client):
    a_shop()

    page = client.post("/order/", typed(buyer_phone="139")).content.decode()
    problem = refused(placed(client, a_body(gift={"buyer_phone": "139"})), 400, "bad_phone")

    assert 'id="id_buyer_phone_error"' in page
    assert [wrong["field"] for wrong in problem["fields"]] == ["gift.buyer_phone"]
    assert not Order.objects.exists()


def test_the_api_takes_the_number_and_shows_it_masked(client):
    a_shop()

    order_in = a_body(gift={"message": "生日快乐", "buyer_phone": f"+86 {BUYER}"})
    order = Order.objects.get(number=placed(client, order_in).json()["number"])
    shown = client.get(f"/api/v1/{path_of(order)}").json()

    assert (order.buyer_phone, order.phone) == (BUYER, HOME.phone)
    assert (shown["buyer_phone"], shown["phone"]) == (mask_phone(BUYER), mask_phone(HOME.phone))


def test_the_same_key_does_not_serve_another_buyer(client):
    a_shop()
    placed(client, a_body(gift={"buyer_phone": BUYER}), key="the-same-key")

    refused(placed(client, a_body(gift={"buyer_phone": FRIEND}), key="the-same-key"), 422, "idempotency_key_reused")


def test_who_waited_in_line_is_told_of_what_they_order_for_somebody_else(client):
    a_shop()
    ShipDate.objects.update(limit=4)
    full = an_order(4)
    place = a_place_in_line(2, BUYER)
    changes.cancel(order=full, by="customer", now=NOW)
    line.offer_due(NOW)

    client.post(waiting_path(place), {**vars(HOME), "seen": 15800})

    assert Order.objects.get(status="placed").buyer_phone == BUYER


class TestAnotherAddress:
    """Whom an order then speaks to."""

    @pytest.mark.parametrize(
        ("gift", "written", "told"),
        [
            (Gift(), "", FRIEND),  # they may only have mended their own number
            (Gift(), BUYER, BUYER),
            (A_GIFT, "", BUYER),
            (A_GIFT, HOME.phone, HOME.phone),
        ],
    )
    def test_by_either_door(self, client, gift, written, told):
        a_shop()
        by_page, by_rest = an_order(gift=gift), an_order(gift=gift)
        address = {**vars(HOME), "phone": FRIEND, "buyer_phone": written}

        client.post(f"{order_path(by_page)}address/", address)
        sent(client, "put", f"{path_of(by_rest)}/address", address)

        assert list(Order.objects.values_list("phone", "buyer_phone")) == [(FRIEND, told)] * 2

    def test_a_wrong_number_of_the_buyer_changes_nothing(self, client):
        a_shop()
        order = an_order(gift=A_GIFT)
        address = {**vars(HOME), "street": "解放路1号", "buyer_phone": "139"}

        page = client.post(f"{order_path(order)}address/", address)
        problem = refused(sent(client, "put", f"{path_of(order)}/address", address), 400, "bad_phone")

        assert (page.status_code, problem["fields"][0]["field"]) == (400, "buyer_phone")
        assert Order.objects.get().street == HOME.street

    def test_the_page_shows_the_number_to_the_signed_in_buyer_only(self, client):
        a_shop()
        order = an_order(gift=A_GIFT)
        signs_in(client, BUYER)
        theirs, anybodys = (one.get(f"{order_path(order)}address/").content.decode() for one in (client, Client()))

        assert BUYER in theirs
        assert BUYER not in anybodys


def test_the_orders_page_says_to_whom_it_speaks(client):
    a_shop()
    pages = [client.get(order_path(an_order(gift=gift))).content.decode() for gift in (A_GIFT, Gift())]

    assert [mask_phone(BUYER) in page for page in pages] == [True, False]


def test_staff_find_it_by_either_phone(admin_client):
    a_shop()
    order = an_order(gift=A_GIFT)
    another = an_order(address=replace(HOME, phone=FRIEND))

    for phone in (BUYER, HOME.phone):
        page = admin_client.get(list_of(Order), {"q": phone}).content.decode()
        assert (page_of(order) in page, page_of(another) in page) == (True, False)


class TestForgetting:
    """Whom a gift went to may ask to be forgotten as well."""

    def test_a_gift_under_way_stands_in_the_way(self, client):
        a_shop()
        an_order(gift=A_GIFT)
        signs_in(client, HOME.phone)

        page = client.post("/account/data/erasure/", {"understood": "on"}).content.decode()

        assert "A parcel that somebody else ordered for you has not arrived yet." in page
        assert Order.objects.get().phone == HOME.phone

    def test_then_the_parcel_goes_and_the_buyers_order_stays(self, client):
        a_shop()
        order = an_order(gift=A_GIFT)
        changes.cancel(order=order, by="customer", now=NOW)
        signs_in(client, HOME.phone)
        file = client.get("/account/data/export/").json()

        client.post("/account/data/erasure/", {"understood": "on"})

        assert [(gift["street"], gift["ship_date"]) for gift in file["gifts_received"]] == [(HOME.street, str(DAY))]
        assert file["orders"] == []
        assert str(order.total_fen) not in str(file["gifts_received"])
        row = Order.objects.get()
        assert (row.name, row.phone, row.street, row.gift_message, row.buyer_phone) == ("", "", "", "", BUYER)
        assert finds(Client(), order, BUYER)
