"""Boxes are kept once more as long, for whoever needs time to pay; never twice, never when it is over."""

import datetime as dt

import pytest
import time_machine

from shop import checkout, refusals
from shop.links import order_path
from shop.models import Order, ShipDate
from tests.builders import DAY, NOW, a_capture, a_paid_order, a_ship_date, a_shop, an_order, work_off
from tests.rest import path_of, refused, sent

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def longer(order: Order, *, now: dt.datetime = NOW) -> Order:
    return checkout.extend_hold(order=order, now=now)


def test_a_hold_is_made_longer_once_and_ends_then():
    a_shop()
    order = an_order()

    assert longer(order).hold_until == NOW + 30 * MINUTE

    assert checkout.expire_holds(NOW + 16 * MINUTE) == 0
    with pytest.raises(refusals.KeptOnce):
        longer(Order.objects.get(), now=NOW + 16 * MINUTE)
    assert checkout.expire_holds(NOW + 30 * MINUTE) == 1
    assert list(order.events.values_list("what", flat=True)) == ["placed", "extended", "expired"]


def test_what_is_paid_in_the_longer_time_is_in_time():
    a_shop()
    order = longer(an_order())

    a_capture(order, now=NOW + 20 * MINUTE)
    work_off(NOW + 20 * MINUTE)

    order.refresh_from_db()
    assert order.status == "paid"


@pytest.mark.parametrize("state", ["over", "paid"])
def test_a_hold_that_is_over_or_paid_is_not_made_longer(state):
    a_shop()
    order = a_paid_order() if state == "paid" else an_order()
    before = Order.objects.values().get()

    with pytest.raises(refusals.NotPossibleNow):
        longer(order, now=NOW if state == "paid" else order.hold_until)

    assert Order.objects.values().get() == before
    assert ShipDate.objects.get().taken == 1


def test_by_page_a_second_press_changes_nothing_and_says_nothing(client):
    a_shop()
    order = an_order()

    pages = [client.post(f"{order_path(order)}extension/", follow=True).content.decode() for _ in range(2)]

    assert all("Kept for you until 10:30" in page and "extension/" not in page for page in pages)
    assert "notice--problem" not in pages[1]


def test_over_rest_it_is_made_longer_once(client):
    a_shop()
    order = an_order()

    answer = sent(client, "post", f"{path_of(order)}/extension").json()

    assert (answer["hold_until"], answer["was_extended"]) == ("2026-09-08T10:30:00+08:00", True)
    refused(sent(client, "post", f"{path_of(order)}/extension"), 409, "wrong_state")


def test_a_date_whose_count_is_wrong_keeps_no_order_of_another_date_waiting():
    broken = a_shop()
    held = an_order()
    other = a_ship_date(DAY + dt.timedelta(days=1))
    sound = [an_order(date=other.date) for _ in range(3)]
    ShipDate.objects.filter(pk=broken.pk).update(taken=0)

    gone = [checkout.expire_holds(NOW + dt.timedelta(hours=hour)) for hour in (1, 2)]

    assert gone == [3, 0]
    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["placed", *["expired"] * len(sound)]
    ShipDate.objects.filter(pk=broken.pk).update(taken=held.packing_units)
    assert checkout.expire_holds(NOW + dt.timedelta(hours=3)) == 1
