"""Slips and whole addresses over REST."""

import pytest

from shop.models import PickWave
from tests.builders import HOME, NOW, a_paid_order
from tests.rest import refused
from tests.staff import a_member
from tests.worlds import a_shop_with_a_packed_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel(settings, time_machine):
    """A packed order of a carrier without an interface."""
    time_machine.move_to(NOW, tick=False)
    settings.PACKING_BENCH, settings.CARRIER = "staff", "manual"
    return a_shop_with_a_packed_order()


def looks(order) -> list[str]:
    return list(order.events.filter(what="address shown").values_list("by", flat=True))


def test_who_may_see_people_gets_the_whole_address_and_the_look_is_written_down(client, parcel):
    a_member(client, "shop")

    answer = client.get(f"/api/v1/staff/orders/{parcel.number}/address")

    assert answer.json() == vars(HOME)
    assert answer["Cache-Control"] == "no-store"
    assert looks(parcel) == ["shop"]


def test_the_packing_bench_gets_no_address(client, parcel):
    a_member(client, "packing")

    refused(client.get(f"/api/v1/staff/orders/{parcel.number}/address"), 403, "permission_denied")

    assert looks(parcel) == []


def test_no_address_is_given_out_before_the_parcel_is_packed_or_for_a_carrier_that_has_it(client, parcel):
    a_member(client, "shop")
    paid = a_paid_order()
    type(parcel.shipment).objects.update(carrier="simulated")

    refused(client.get(f"/api/v1/staff/orders/{paid.number}/address"), 409, "wrong_state")
    refused(client.get(f"/api/v1/staff/orders/{parcel.number}/address"), 409, "no_address_needed")
    refused(client.get("/api/v1/staff/orders/BZ0/address"), 404, "not_found")

    assert looks(parcel) + looks(paid) == []


def test_a_slip_comes_by_order_and_by_wave(client, parcel):
    a_member(client, "packing")

    by_order = client.get(f"/api/v1/staff/orders/{parcel.number}/slip.pdf")
    by_wave = client.get(f"/api/v1/staff/waves/{PickWave.objects.get().pk}/slips.pdf")

    assert by_order["Content-Type"] == "application/pdf"
    assert by_order.content == by_wave.content
    assert by_order.content.startswith(b"%PDF")


def test_an_order_that_is_not_planned_has_no_slip(client, parcel):
    a_member(client, "packing")

    refused(client.get(f"/api/v1/staff/orders/{a_paid_order().number}/slip.pdf"), 409, "no_slip_yet")
    refused(client.get("/api/v1/staff/orders/BZ0/slip.pdf"), 404, "not_found")
    for nowhere in (999, 10**20):  # the second is larger than any key of the database
        refused(client.get(f"/api/v1/staff/waves/{nowhere}/slips.pdf"), 404, "not_found")
