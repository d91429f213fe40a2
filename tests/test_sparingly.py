"""Anybody may write down anybody's number: about what nobody has paid only few messages a day go to one of them."""

import datetime as dt

import pytest
from django.db import connection

from farm.models import Notice
from farm.notify import Message, notify_sparingly
from farm.tidying import tidy
from shop import changes, waiting
from shop.models import Order
from tests.builders import (
    HOME,
    NOW,
    a_box,
    a_lot,
    a_paid_order,
    a_place_in_line,
    a_ship_date,
    a_shop,
    an_order,
    work_off,
)
from tests.plans import plans
from tests.rest import a_body, path_of, placed
from tests.rest import sent as sent_by
from tests.staff import a_boss, list_of
from tests.visits import VISITOR, a_booking, a_confirmed_booking, a_slot, an_experience
from tours import cancelling, closures
from tours.models import Slot

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)
GRANDMA = "13933334444"
sent: list[str] = []


class Port:
    """A contract for SMS: what went out by it."""

    def send(self, notice: Notice) -> None:
        sent.append(notice.key.partition(":")[2])


@pytest.fixture(autouse=True)
def contract(settings, time_machine):
    settings.SMS_PORT = f"{__name__}.Port"
    settings.UNPAID_MESSAGES_PER_DAY = 3
    sent.clear()
    time_machine.move_to(NOW, tick=False)


def heard(now: dt.datetime = NOW) -> list[str]:
    """What went out since this was asked last."""
    before = len(sent)
    work_off(now)
    return sent[before:]


def say(number: int = 1, now: dt.datetime = NOW, to: str = GRANDMA, channel: str = "sms") -> None:
    notify_sparingly(Message(channel, to, "text"), key=f"{number}:placed", about=f"order:{number}", now=now)


def test_who_orders_in_the_name_of_somebody_else_again_and_again_soon_sends_them_nothing_more(client):
    a_shop()
    orders = [placed(client, a_body(gift={"buyer_phone": GRANDMA})).json()["number"] for _ in range(5)]
    work_off()

    for order in Order.objects.filter(number__in=orders):
        sent_by(client, "post", f"{path_of(order)}/cancellation")
    work_off()

    assert sent == ["placed"] * 3
    assert Notice.objects.filter(to=GRANDMA, standing="held back", sent_at=None).count() == 7


def test_what_is_paid_is_told_whatever_was_held_back():
    a_shop()
    for number in range(4):
        say(number, to=HOME.phone)
    order = a_paid_order()
    changes.cancel(order=order, by="customer", now=NOW)

    assert [what.partition(":")[0] for what in heard()[3:]] == ["paid", "cancelled", "refunded"]


def test_other_numbers_and_the_next_day_hear_again():
    for number in range(4):
        say(number)

    say(10, to="13900000000")
    say(11, now=NOW + A_DAY)

    assert [len(heard()), len(heard(NOW + A_DAY))] == [4, 1]


def test_a_place_in_line_is_what_nobody_has_paid():
    a_ship_date(limit=4), a_box(), a_lot()
    an_order(4)
    place = a_place_in_line(phone=GRANDMA)
    for number in range(3):
        say(number)

    waiting.let_go(waiting=place, now=NOW)

    assert "lapsed" not in heard()
    assert Notice.objects.get(key=f"{place.number}:lapsed").standing == "held back"


def test_visits_that_nobody_pays_soon_send_nothing_more_by_sms_or_mail():
    slot = a_slot()
    visits = [a_booking(slot) for _ in range(4)]

    for visit in visits:
        cancelling.cancel(booking=visit, by="visitor", now=NOW)

    assert heard() == ["cancelled"] * 3
    assert Notice.objects.filter(channel="mail", standing="unpaid").count() == 3


def test_a_visit_that_was_paid_is_told_of_though_its_money_is_on_its_way_back():
    for number in range(4):
        say(number, to=VISITOR.phone)
    visit = a_confirmed_booking(a_slot())
    assert heard()[3:] == ["confirmed"]

    cancelling.cancel(booking=visit, by="visitor", now=NOW)

    assert [what.partition(":")[0] for what in heard()] == ["cancelled", "refunded"]


def test_a_visit_on_arrival_is_what_nobody_has_paid_and_rain_is_told_to_everybody():
    for number in range(3):
        say(number, to=VISITOR.phone)
    a_booking(a_slot(experience=an_experience(may_pay_on_arrival=True)), plan="arrival")
    assert heard() == ["placed"] * 3

    closures.close(slots=[Slot.objects.get().pk], reason=closures.Reason("雨", "Rain"), by="boss", now=NOW)
    closures.carry_on(NOW)

    assert [what.partition(":")[0] for what in heard()] == ["rain"]


def test_a_mail_address_in_capitals_is_the_same_one():
    for number in range(5):
        say(number, to=f"wang@{'example'[:number].upper()}{'example'[number:]}.com", channel="mail")

    assert Notice.objects.filter(standing="unpaid", to="wang@example.com").count() == 3


def test_what_is_held_back_stays_so_when_its_fact_is_told_once_more():
    for number in range(4):
        say(number)

    say(3, now=NOW + A_DAY)

    assert len(heard(NOW + A_DAY)) == 3


def test_none_is_held_back_without_a_limit(settings):
    settings.UNPAID_MESSAGES_PER_DAY = 0
    for number in range(20):
        say(number)

    assert len(heard()) == 20


def test_staff_see_what_was_held_back_and_after_ninety_days_it_goes(client):
    for number in range(4):
        say(number)
    a_boss(client)

    listed = client.get(f"{list_of(Notice)}?standing__exact=held+back").content.decode()
    tidy(NOW + 91 * A_DAY)

    assert ("order 3" in listed, "order 2" in listed) == (True, False)
    assert "held back" in listed
    assert sorted(Notice.objects.values_list("about", flat=True)) == ["order:0", "order:1", "order:2"]


@pytest.mark.once("PostgreSQL plans by statistics that a test has not")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by statistics that a test has not")
def test_messages_of_one_recipient_are_counted_by_an_index():
    [plan] = plans(say, of="farm_notice")

    assert "notices_of_a_recipient (to=? AND standing=? AND written_at>?)" in plan
