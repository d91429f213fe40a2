"""A lot is withdrawn while its boxes stand at the packing bench: nobody sends them, and staff have a way on."""

import pytest
from django.utils import timezone

from farm import naming
from farm.models import Refund, StaffTask
from farm.states import WrongState
from shop import changes, fulfilment, lot_care, parcels, stranded
from shop.models import Label, Lot, Order, Shipment
from tests.builders import DAY, NOW, a_lot, a_paid_order, packed, work_off
from tests.drift import drift
from tests.rest import refused, sent
from tests.staff import a_boss, a_member, act, list_of, page_of, press
from tests.worlds import a_shop_with_a_planned_order

pytestmark = pytest.mark.django_db
STEPS = {"planned": "confirm_picked", "picked": "confirm_packed", "packed": "hand_over"}
NOUNS = {"planned": "picking", "picked": "packing", "packed": "handover"}


@pytest.fixture(autouse=True)
def _people_at_the_bench(settings):
    settings.PACKING_BENCH = "staff"


def brought_to(status: str) -> Order:
    """The planned order after all steps that come before this status."""
    order = a_shop_with_a_planned_order()
    order.refresh_from_db()
    if status in ("picked", "packed"):
        fulfilment.confirm_picked(order=order, by="packer", now=NOW)
    if status == "packed":
        fulfilment.confirm_packed(order=order, by="packer", now=NOW)
        work_off()
    return Order.objects.get()


def withdraw() -> Lot:
    return lot_care.withdraw(lot=Lot.objects.get(code="L1"), by="li.na", now=NOW)


@pytest.mark.parametrize("status", STEPS)
def test_no_step_at_the_bench_is_taken_with_a_withdrawn_lot(client, status):
    order = brought_to(status)
    withdraw()
    a_boss(client)

    said = act(client, STEPS[status], order)

    assert f"A lot of order {order.number} is withdrawn" in said
    assert ("Take apart" in said) is (status != "planned")
    assert Order.objects.get().status == status


@pytest.mark.parametrize("status", NOUNS)
def test_nor_over_the_api(client, status):
    order = brought_to(status)
    withdraw()
    a_member(client, "packing")

    answer = sent(client, "post", f"staff/orders/{order.number}/{NOUNS[status]}", {"waybill_no": ""})

    refused(answer, 409, "unsound_lot")
    assert Order.objects.get().status == status


def test_grapes_that_would_be_over_on_arrival_are_not_sent_either():
    order = brought_to("packed")
    lot_care.set_best_before(lot=Lot.objects.get(), best_before=DAY, by="li.na", now=NOW)

    with pytest.raises(stranded.UnsoundLot):
        parcels.hand_over(order=order, waybill_no="", by="packer", now=NOW)


def test_a_lot_put_back_lets_its_parcel_go():
    order = brought_to("packed")
    lot_care.put_back(lot=withdraw(), by="li.na", now=NOW)

    assert parcels.hand_over(order=order, waybill_no="", by="packer", now=NOW).status == "shipped"


def test_the_task_counts_what_is_picked_or_packed_and_the_list_shows_it(client):
    a_shop_with_a_planned_order()
    order, at_the_bench = Order.objects.get(), packed(a_paid_order(1))
    a_boss(client)

    withdraw()

    assert StaffTask.objects.get().what == (
        "Lot L1 is withdrawn: move or cancel 2 orders; picked or packed: 1, take these apart first."
    )
    shown = client.get(list_of(Order), {"stranded": "yes"}).content.decode()
    assert page_of(order) in shown
    assert page_of(at_the_bench) in shown


def test_the_task_about_one_order_at_the_bench_speaks_of_one():
    brought_to("packed")

    withdraw()

    assert StaffTask.objects.get().what == (
        "Lot L1 is withdrawn: move or cancel 1 order; picked or packed: 1, take it apart first."
    )


@pytest.mark.parametrize("status", ["picked", "packed"])
def test_an_order_taken_apart_is_paid_again_without_wave_and_parcel(client, status):
    order = brought_to(status)
    withdraw()
    a_boss(client)

    press(client, "take_apart_one", order)

    order.refresh_from_db()
    assert (order.status, order.wave, order.events.last().by) == ("paid", None, "boss")
    assert not Shipment.objects.exists()
    assert not Label.objects.exists()


def test_taken_apart_it_can_be_cancelled_and_the_money_goes_back(client):
    order = brought_to("packed")
    withdraw()
    a_boss(client)

    act(client, "take_apart", order)
    act(client, "cancel", order)
    work_off(timezone.now())

    assert Order.objects.get().status == "cancelled"
    assert Refund.objects.get().amount_fen == order.total_fen


def test_taken_apart_it_gets_sound_boxes_a_new_waybill_and_leaves_on_its_day(client):
    order = brought_to("packed")
    first = order.shipment.waybill_no
    withdraw()
    a_lot("sound")
    a_member(client, "packing")

    sent(client, "post", f"staff/orders/{order.number}/unpacking")
    changes.move_by_staff(order=order, to=DAY, by="li.na", now=NOW)
    order = packed(Order.objects.get())
    parcels.hand_over(order=order, waybill_no="", by="packer", now=NOW)

    order = Order.objects.get()
    assert (order.status, order.lines.get().lot.code) == ("shipped", "sound")
    assert order.shipment.waybill_no not in ("", first)
    assert Label.objects.get().shipment == order.shipment


def test_an_order_of_sound_lots_is_not_taken_apart_without_a_reason(client):
    order = brought_to("picked")
    a_member(client, "packing")

    refused(sent(client, "post", f"staff/orders/{order.number}/unpacking"), 409, "nothing_wrong")
    act(client, "take_apart", order)
    asked = press(client, "take_apart_one", order, why="")

    assert "This field is required." in asked.content.decode()
    assert Order.objects.get().status == "picked"


@pytest.mark.parametrize("status", ["picked", "packed"])
def test_when_a_box_fell_its_order_is_taken_apart_and_packed_anew(client, status):
    order = brought_to(status)
    a_member(client, "packing")

    press(client, "take_apart_one", order, why="spoilt")
    again = packed(Order.objects.get())

    taken_apart = order.events.get(what="paid", by="packing")
    assert "reason: a box is spoilt or missing" in naming.facts(taken_apart.details)
    assert again.status == "packed"
    assert drift() == []


def test_over_the_api_a_mistake_at_the_bench_is_undone_with_its_reason(client):
    order = brought_to("picked")
    a_member(client, "packing")

    answer = sent(client, "post", f"staff/orders/{order.number}/unpacking", {"why": "mistake"})

    assert (answer.status_code, Order.objects.get().status) == (200, "paid")


def test_no_words_of_somebody_s_own_are_kept_as_a_reason(client):
    order = brought_to("picked")
    a_member(client, "packing")

    press(client, "take_apart_one", order, why="Wang 13812345678 called")
    refused(sent(client, "post", f"staff/orders/{order.number}/unpacking", {"why": "Wang called"}), 400, "invalid")

    assert Order.objects.get().status == "picked"


def test_what_left_the_farm_is_not_taken_apart():
    order = brought_to("packed")
    parcels.hand_over(order=order, waybill_no="", by="packer", now=NOW)
    withdraw()

    with pytest.raises(WrongState):
        stranded.take_apart(order=Order.objects.get(), by="packer", now=NOW)

    assert Order.objects.get().status == "shipped"
