"""Paper of parcels in the staff's tool: packing slips, and the whole address for the waybill of a carrier by hand."""

import io

import pypdf
import pytest
from django.urls import reverse

from shop import parcels, prints
from shop.models import Label, Order, PickWave, Shipment
from tests.builders import HOME, NOW, a_paid_order, packed, work_off
from tests.staff import a_boss, a_member, act, list_of, page_of, press, told
from tests.worlds import a_shop_with_a_packed_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel(settings, time_machine):
    """A packed order of a carrier without an interface."""
    time_machine.move_to(NOW, tick=False)
    settings.PACKING_BENCH, settings.CARRIER = "staff", "manual"
    return a_shop_with_a_packed_order(2)


def place(action: str, row: Order | PickWave) -> str:
    return reverse(f"admin:shop_{row._meta.model_name}_{action}", args=[row.pk])


def sheets(answer) -> list[str]:
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    return [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(answer.content)).pages]


def looks(order: Order) -> list[str]:
    return list(order.events.filter(what="address shown").values_list("by", flat=True))


def test_who_may_see_people_copies_the_whole_address_and_each_look_is_written_down(client, parcel):
    a_member(client, "shop")

    client.get(place("write_waybill_of_one", parcel))
    page = client.get(place("write_waybill_of_one", parcel)).content.decode()

    assert [part for part in (HOME.name, HOME.phone, HOME.street) if part not in page] == []
    assert looks(parcel) == ["shop", "shop"]


def test_who_may_not_see_people_is_told_so_and_sees_nobody(client, parcel):
    a_member(client, "packing")

    page = client.get(place("write_waybill_of_one", parcel)).content.decode()

    assert "ask the office to write this waybill" in page
    assert [part for part in (HOME.name, HOME.phone, HOME.street) if part in page] == []
    assert looks(parcel) == []


def test_the_number_is_noted_and_the_label_drawn_with_it(client, parcel):
    a_member(client, "packing")

    press(client, "write_waybill_of_one", parcel, waybill_no="sf 1234567890")
    work_off()

    assert Order.objects.get().shipment.waybill_no == "SF1234567890"
    assert Label.objects.count() == 1
    assert looks(parcel) == []


def test_a_number_that_is_none_is_refused_in_words(client, parcel):
    a_member(client, "packing")

    page = told(press(client, "write_waybill_of_one", parcel, waybill_no="??"))

    assert "is no waybill number" in page
    assert Order.objects.get().shipment.waybill_no == ""


def test_nobody_copies_an_address_after_the_parcel_left(client, parcel):
    parcels.hand_over(order=parcel, waybill_no="SF1234567890", by="packer", now=NOW)
    a_boss(client)

    assert "cannot be done" in told(client.get(place("write_waybill_of_one", parcel)))
    assert place("write_waybill_of_one", parcel) not in client.get(page_of(parcel)).content.decode()
    assert looks(parcel) == []


def test_a_slip_is_printed_from_the_order_the_list_and_the_wave(client, parcel):
    a_member(client, "packing")
    chosen = {"action": "print_slips", "_selected_action": [parcel.pk]}

    from_order = sheets(client.get(place("slip_of_one", parcel)))
    from_list = sheets(client.post(list_of(Order), chosen))
    from_wave = sheets(client.get(place("slips", PickWave.objects.get())))

    assert from_order == from_list == from_wave
    assert parcel.number in from_order[0]


def test_a_waves_count_leads_to_its_orders(client, parcel):
    a_member(client, "packing")
    other = a_paid_order()
    its_orders = f"{list_of(Order)}?wave__id__exact={parcel.wave_id}"

    found = client.get(its_orders).content.decode()
    pages = [client.get(place).content.decode() for place in (list_of(PickWave), page_of(parcel.wave))]

    assert [f'<a href="{its_orders}">1</a>' in page for page in pages] == [True, True]
    assert (parcel.number in found, other.number in found) == (True, False)


def test_labels_and_slips_of_a_wave_are_one_paper(client, parcel):
    a_member(client, "packing")
    parcels.write_waybill(order=parcel, waybill_no="SF1234567890", by="packer", now=NOW)
    work_off()

    label, slip = sheets(client.get(place("papers", PickWave.objects.get())))

    assert "SF1234567890" in label.replace(" ", "")
    assert "SF1234567890" not in slip
    assert sheets(client.get(place("papers_of_one", parcel))) == [label, slip]
    assert Label.objects.get().prints == 2


def test_what_cannot_be_printed_yet_is_named(client, parcel):
    a_member(client, "packing")
    unplanned = a_paid_order()

    assert f"Not planned yet: {unplanned.number}" in act(client, "print_slips", parcel, unplanned)
    assert f"No label yet: {parcel.number}" in act(client, "print_papers", parcel)
    wave = client.get(place("papers", PickWave.objects.get()), follow=True).content.decode()
    assert f"No label yet: {parcel.number}" in wave


def test_of_a_carrier_without_an_interface_nobody_is_told_to_wait(client, parcel):
    a_member(client, "packing")

    unprinted, kept = act(client, "print_papers", parcel), act(client, "hand_over", parcel)

    assert "press “Write the waybill” on the page of its order" in unprinted
    assert "Write it first: “Write the waybill” on the page of the order." in kept
    assert kept.count(parcel.number) == 1
    assert "wait a moment" not in (unprinted + kept).lower()


def test_a_carrier_with_an_interface_brings_the_waybill_with_the_label(client, settings, parcel):
    a_member(client, "packing")
    settings.CARRIER = "simulated"
    Shipment.objects.update(carrier="simulated")

    assert "wait a moment" in act(client, "print_papers", parcel)
    assert "the waybill comes with it" in act(client, "hand_over", parcel)


def test_who_does_not_pack_prints_nothing(client, parcel):
    a_member(client, "money")

    assert client.get(place("slip_of_one", parcel)).status_code == 403
    assert client.get(place("slips", PickWave.objects.get())).status_code == 403


def test_more_orders_than_one_file_holds_are_not_printed_but_a_whole_wave_is(client, parcel, monkeypatch):
    monkeypatch.setattr(prints, "MOST_AT_ONCE", 1)
    second = packed(a_paid_order())
    Order.objects.update(wave=parcel.wave)
    a_boss(client)

    refused = {name: act(client, name, parcel, second) for name in ("print_labels", "print_slips", "print_papers")}

    assert [name for name, page in refused.items() if "More than 1 orders are chosen" not in page] == []
    assert set(Label.objects.values_list("prints", flat=True)) <= {0}
    assert len(sheets(client.get(place("slips", parcel.wave)))) == 2
