"""Nobody's data is deleted while their money is still to come back, from the moment that it is to: without their name
there would be nobody to ask about a refund that goes wrong."""

from collections.abc import Callable

import pytest
import time_machine
from django.urls import reverse

from farm.models import Customer, OutboxMessage
from shop import changes, damage
from shop.damage import Hurt
from shop.models import Order
from tests.accounts import PHONE, signs_in
from tests.builders import NOW, a_capture, a_shop, an_order, work_off
from tests.visits import a_confirmed_booking, a_slot
from tests.worlds import a_shop_with_a_delivered_order, a_shop_with_a_paid_order
from tours import cancelling
from tours.booking import Contact

pytestmark = pytest.mark.django_db
ERASURE = reverse("account:erasure")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def a_cancelled_order() -> str:
    return changes.cancel(order=a_shop_with_a_paid_order(), by="customer", now=NOW).number


def a_parked_refund() -> str:
    number = a_cancelled_order()
    OutboxMessage.objects.filter(topic="refund.due").update(next_try_at=None)
    return number


def late_money() -> str:
    a_shop()
    order = changes.cancel(order=an_order(), by="customer", now=NOW)
    a_capture(order)
    return order.number


def granted_damage() -> str:
    order: Order = a_shop_with_a_delivered_order()
    report = damage.report(order=order, hurt=[Hurt("kyoho-2500", 1)], words="", photos=[], now=NOW)
    damage.grant(report=report, amount_fen=100, words="Sorry!", by="li.na", now=NOW)
    return order.number


def a_cancelled_visit() -> str:
    booking = a_confirmed_booking(a_slot(), contact=Contact("王小明", PHONE, ""))
    return cancelling.cancel(booking=booking, by="visitor", reason="", now=NOW).number


@pytest.mark.parametrize("made", [a_cancelled_order, a_parked_refund, late_money, granted_damage, a_cancelled_visit])
def test_money_that_is_to_go_back_keeps_the_data_before_anybody_was_told_of_it(client, made: Callable[[], str]):
    number = made()
    signs_in(client, PHONE)

    page, answer = client.get(ERASURE), client.post(ERASURE, {"understood": "on"})

    assert answer.status_code == 409
    assert f"Money of {'booking' if made is a_cancelled_visit else 'order'} {number}" in answer.content.decode()
    assert number in page.content.decode()
    assert Customer.objects.filter(phone=PHONE).exists()


def test_when_the_money_has_gone_back_the_data_is_deleted(client):
    late_money()
    work_off()
    signs_in(client, PHONE)

    answer = client.post(ERASURE, {"understood": "on"})

    assert answer.status_code == 200
    assert not Customer.objects.filter(phone=PHONE).exists()
