"""What an account shows: the orders and visits of the proven phone or mail address, and nobody else's."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farm.models import Customer
from shop import customers
from shop.addresses import Address
from shop.models import Order
from tests.accounts import OTHER, PHONE, signs_in
from tests.builders import HOME, NOW, a_shop, an_order
from tests.visits import VISITOR, a_booking, a_slot
from tests.worlds import a_shop_with_a_paid_order, a_slot_with_a_booking
from tours.booking import Contact

pytestmark = pytest.mark.django_db
ELSEWHERE = Address("王五", OTHER, HOME.province, HOME.city, HOME.district, HOME.street)
LISTS = ("overview", "orders", "bookings")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def page(client: Client, name: str) -> str:
    answer = client.get(reverse(f"account:{name}"))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def test_my_orders_are_there_with_the_way_to_them(client):
    order = a_shop_with_a_paid_order(2)
    signs_in(client)

    shown = page(client, "orders")

    assert order.number in shown
    assert "Kyoho 2.5 kg × 2" in shown
    assert client.get(shown.split('mine__what"><a href="')[1].split('"')[0]).status_code == 200


def test_an_order_of_another_phone_is_nowhere(client):
    a_shop()
    mine, theirs = an_order(), an_order(address=ELSEWHERE)
    signs_in(client, OTHER)

    shown = "".join(page(client, name) for name in LISTS)

    assert theirs.number in shown
    assert mine.number not in shown


def test_an_infant_is_one_of_those_who_come(client):
    a_booking(a_slot(), adult=1, family=1, infant=1)
    signs_in(client, VISITOR.phone)

    assert "· 6 people" in page(client, "bookings")  # a family is four


def test_my_visits_are_found_by_phone_and_by_mail(client):
    booking = a_slot_with_a_booking()
    by_mail = Client()
    signs_in(client, VISITOR.phone)
    signs_in(by_mail, VISITOR.email.upper())

    assert booking.number in page(client, "bookings")
    assert booking.number in page(by_mail, "bookings")
    assert "Orders are kept under a phone number" in page(by_mail, "orders")


def test_a_mail_address_opens_nothing_of_those_who_gave_none(client):
    a_shop()
    an_order()
    a_booking(a_slot(), contact=Contact("王芳", PHONE, ""))
    signs_in(client, "somebody@example.com")

    assert all('class="mine"' not in page(client, name) for name in LISTS)


def test_names_phones_and_streets_stay_out_of_the_lists(client):
    a_shop()
    an_order()
    signs_in(client)

    shown = "".join(page(client, name) for name in LISTS)

    assert all(word not in shown for word in (HOME.name, HOME.phone, HOME.street))


def test_a_list_costs_the_same_with_one_and_with_three(client):
    a_shop()
    slot = a_slot()
    signs_in(client)
    costs = []
    for rows in (1, 2):
        for _ in range(rows):
            an_order()
            a_booking(slot, contact=Contact("王小明", PHONE, ""))
        costs.append([cost(client, name) for name in LISTS])

    assert costs[0] == costs[1]
    assert max(costs[1]) <= 6


def cost(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client, name)
    return len(captured)


def test_long_lists_come_in_pieces(client):
    a_shop()
    orders = [an_order() for _ in range(21)]
    signs_in(client)

    first = page(client, "orders")
    older = client.get(f"{reverse('account:orders')}?before={orders[1].pk}").content.decode()

    assert f"?before={orders[1].pk}" in first
    assert orders[0].number not in first
    assert orders[0].number in older
    assert client.get(f"{reverse('account:orders')}?before=x").status_code == 200


def test_a_customer_without_a_phone_has_no_orders():
    a_shop()
    an_order()
    Order.objects.update(phone="")

    assert not customers.orders_of(Customer(email="li@example.com")).exists()


def test_who_is_not_signed_in_sees_no_list(client):
    answers = [client.get(reverse(f"account:{name}")) for name in LISTS]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert all(answer.headers["Location"].startswith(reverse("account:sign-in")) for answer in answers)


def test_public_pages_are_the_same_for_whoever_is_signed_in(client):
    a_shop()
    before = [client.get(place) for place in ("/", "/shop/", "/privacy/")]
    signs_in(client)
    after = [client.get(place, headers={"If-None-Match": answer.headers["ETag"]})
             for place, answer in zip(("/", "/shop/", "/privacy/"), before, strict=True)]  # fmt: skip

    assert [answer.status_code for answer in after] == [304] * 3
    assert all("sessionid" not in answer.cookies for answer in before + after)
    assert 'data-account="/account/"' in before[0].content.decode()


@pytest.mark.parametrize(("door", "seats"), [("tours:book", 20), ("tours:wait", 0)])
def test_name_phone_and_mail_stand_in_the_forms_of_visits_of_who_is_signed_in_alone(client, door, seats):
    slot = a_slot(seats=seats)
    form = f"{reverse(door, args=[slot.experience.code])}?slot={slot.pk}&name=Mallory"
    signs_in(client)
    Customer.objects.update(name="李小红", email="li@example.com")

    mine, theirs = client.get(form).content.decode(), Client().get(form).content.decode()

    for words in ("李小红", PHONE, "li@example.com"):
        assert f'value="{words}"' in mine
        assert words not in theirs
    assert 'value="Mallory"' not in mine + theirs
