"""Parcels of a carrier without an interface: staff say what has arrived, and after a week it counts as arrived."""

import datetime as dt

import pytest
import time_machine

from farm.models import Customer, StaffTask
from shop import damage, erasure, parcels, tracking
from shop.models import Label, Order, Shipment
from tests.builders import HOME, NOW, a_paid_order, a_shop, packed, work_off
from tests.staff import a_member, act, list_of, page_of
from tests.worlds import told_before

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PROMISED_ON = NOW.date() + DAY
LOOK_AT = dt.datetime.combine(PROMISED_ON + DAY, dt.time(8), NOW.tzinfo)
ARRIVED_AT = dt.datetime.combine(PROMISED_ON + 7 * DAY, dt.time(8), NOW.tzinfo)


@pytest.fixture(autouse=True)
def _paper_waybills(settings):
    settings.CARRIER, settings.PACKING_BENCH = "manual", "staff"


@told_before
def two_parcels() -> None:
    a_shop()
    for waybill_no in ("SF1234567890123", "SF1234567890124"):
        order = packed(a_paid_order(2))
        parcels.hand_over(order=order, waybill_no=waybill_no, by="packer", now=NOW)
    work_off()


def ask(at: dt.datetime) -> list[str]:
    """Let the sweep ask; how the orders stand then."""
    tracking.ask_carriers(at)
    return list(Order.objects.order_by("pk").values_list("status", flat=True))


def test_on_the_morning_after_the_promised_day_staff_are_asked_once_for_all_its_parcels():
    two_parcels()

    ask(LOOK_AT - dt.timedelta(seconds=1))
    assert not StaffTask.objects.exists()

    for days in range(5):
        assert ask(LOOK_AT + days * DAY) == ["shipped", "shipped"]
    assert StaffTask.objects.get().what == (
        f"Which parcels promised for {PROMISED_ON} have arrived? "
        f"What nobody names counts as arrived on {PROMISED_ON + 7 * DAY}."
    )


def test_the_task_leads_to_the_orders_that_one_action_makes_delivered(client):
    two_parcels()
    ask(LOOK_AT)
    first, second = Order.objects.order_by("pk")
    a_member(client, "packing")

    with time_machine.travel(LOOK_AT, tick=False):
        asked = client.get(list_of(StaffTask)).content.decode()
        shown = client.get(list_of(Order), {"overdue": "yes"}).content.decode()
        said = act(client, "confirm_delivered", first, second)

    assert f"{list_of(Order)}?overdue=yes" in asked
    assert page_of(first) in shown
    assert page_of(second) in shown
    assert "2" in said
    assert ask(LOOK_AT) == ["delivered", "delivered"]


def test_a_parcel_that_is_not_late_yet_is_not_in_that_list(client):
    two_parcels()
    a_member(client, "packing")

    with time_machine.travel(NOW + DAY, tick=False):
        shown = client.get(list_of(Order), {"overdue": "yes"}).content.decode()

    assert page_of(Order.objects.first()) not in shown


def test_a_week_after_the_promised_day_it_counts_as_arrived_and_damage_can_be_reported():
    two_parcels()
    assert ask(ARRIVED_AT - dt.timedelta(seconds=1)) == ["shipped", "shipped"]

    assert ask(ARRIVED_AT) == ["delivered", "delivered"]

    order = Order.objects.first()
    assert order.events.get(what="delivered").by == "system"
    damage.check_open(order, now=ARRIVED_AT)


def test_then_its_label_goes_and_nothing_stands_in_the_way_of_being_forgotten():
    two_parcels()
    ask(LOOK_AT)
    ask(ARRIVED_AT)

    parcels.delete_old_labels(ARRIVED_AT + parcels.KEEP_LABELS)

    assert not Label.objects.exists()
    assert list(erasure.obstacles(Customer(phone=HOME.phone))) == []


def test_a_parcel_for_which_no_day_could_be_promised_is_asked_about_after_the_longest_way():
    two_parcels()
    Shipment.objects.update(promised_on=None)

    assert tracking.first_ask(Shipment.objects.first(), NOW) == LOOK_AT + 3 * DAY
