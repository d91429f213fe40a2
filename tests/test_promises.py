"""Whatever a page says of minutes and hours is what the farm is set to."""

import html

import pytest
import time_machine

from shop.links import order_path, passport_path
from shop.models import Lot, ShipDate
from tests import builders, visits
from tests.worlds import a_shop_with_a_delivered_order
from tours.links import booking_path

pytestmark = [pytest.mark.django_db, pytest.mark.once("words are the same beside any database")]


def an_unpaid_order() -> str:
    builders.a_shop()
    return order_path(builders.an_order())


def a_line_for_boxes() -> str:
    builders.a_shop()
    ShipDate.objects.update(limit=1)
    builders.an_order()
    return f"/wait/?ship_date={builders.DAY}&box-kyoho-2500=1"


def a_report_of_damage() -> str:
    return f"{order_path(a_shop_with_a_delivered_order())}damage/"


def a_withdrawn_box() -> str:
    order = a_shop_with_a_delivered_order()
    Lot.objects.update(is_withdrawn=True)
    return passport_path(order.lines.get().passport)


def an_unpaid_booking() -> str:
    return booking_path(visits.a_booking(visits.a_slot()))


def a_time_to_book() -> str:
    return f"/visits/picking/book/?slot={visits.a_slot().pk}"


def a_line_for_seats() -> str:
    slot = visits.a_slot(seats=2)
    visits.a_booking(slot)
    return f"/visits/picking/wait/?slot={slot.pk}"


@pytest.mark.parametrize(
    ("page", "setting", "words"),
    [
        (an_unpaid_order, "HOLD_MINUTES", "Keep them 7 minutes more"),
        (a_line_for_boxes, "BOX_OFFER_MINUTES", "keep them for you for 7 minutes"),
        (a_report_of_damage, "DAMAGE_ANSWER_HOURS", "within 7 hours a person answers"),
        (a_withdrawn_box, "DAMAGE_ANSWER_HOURS", "a person answers within 7 hours"),
        (an_unpaid_booking, "BOOKING_HOLD_MINUTES", "I need 7 minutes more"),
        (a_time_to_book, "BOOKING_HOLD_MINUTES", "kept for 7 minutes while you pay"),
        (a_line_for_seats, "WAITING_OFFER_MINUTES", "keep them for you for 7 minutes"),
    ],
)
def test_a_page_promises_what_is_set(client, settings, page, setting, words):
    with time_machine.travel(builders.NOW, tick=False):
        path = page()
        setattr(settings, setting, 7)
        answer = client.get(path)

    assert answer.status_code == 200, answer
    assert words in html.unescape(answer.content.decode())
