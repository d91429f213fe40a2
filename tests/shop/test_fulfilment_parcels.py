"""Waybills, labels and handing over: no parcel leaves without a waybill, and never with another's."""

import datetime as dt
import io

import pypdf
import pytest

from farm.models import Job, OutboxMessage
from farm.states import WrongState
from shop import fulfilment, parcels, planning
from shop.models import Label, Order, Shipment
from tests.builders import DAY, HOME, NOW, a_paid_order, a_shop, work_off
from tests.worlds import told_before

pytestmark = pytest.mark.django_db
DAYS = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def people_at_the_bench(settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.PACKING_BENCH = "staff"


@told_before
def packed_orders(count: int = 1) -> list[Order]:
    day = a_shop()
    orders = [a_paid_order() for _ in range(count)]
    planning.plan_day(ship_date=day, now=NOW)
    for order in orders:
        order.refresh_from_db()
        fulfilment.confirm_picked(order=order, by="Li", now=NOW)
        fulfilment.confirm_packed(order=order, by="Li", now=NOW)
    work_off()
    return orders


def label_text() -> str:
    """What the stored label says, without blanks."""
    [page] = pypdf.PdfReader(io.BytesIO(bytes(Label.objects.get().pdf))).pages
    return page.extract_text().replace(" ", "")


@pytest.fixture
def by_hand(settings):
    settings.CARRIER = "manual"


def refused(order: Order, waybill_no: str) -> str:
    """Try to hand over, expect a refusal, check that nothing changed, and return its code."""
    before = (list(Shipment.objects.values()), list(Label.objects.values("pk", "prints")), order.events.count())
    told = OutboxMessage.objects.count()
    with pytest.raises(parcels.Refused) as refusal:
        parcels.hand_over(order=order, waybill_no=waybill_no, by="Li", now=NOW)
    order.refresh_from_db()
    assert (list(Shipment.objects.values()), list(Label.objects.values("pk", "prints")), order.events.count()) == before
    assert OutboxMessage.objects.count() == told
    assert order.status == "packed"
    assert refusal.value.field == "waybill_no"
    assert refusal.value.advice
    return refusal.value.code


def test_handing_over_promises_a_day_and_tells_the_customer():
    [order] = packed_orders()

    parcels.hand_over(order=order, waybill_no="", by="Li", now=NOW)

    parcel = Shipment.objects.get()
    assert (parcel.shipped_at, parcel.promised_on) == (NOW, NOW.date() + DAYS)  # within Liaoning: one day
    assert order.events.get(what="shipped").details == {"carrier": "simulated", "waybill_no": parcel.waybill_no}
    assert OutboxMessage.objects.filter(topic="order.shipped", payload={"number": order.number}).count() == 1


def test_scanning_the_label_is_a_way_to_hand_over():
    [order] = packed_orders()

    parcels.hand_over(order=order, waybill_no=f" {Shipment.objects.get().waybill_no.lower()}\n", by="Li", now=NOW)

    order.refresh_from_db()
    assert order.status == "shipped"


def test_the_label_of_another_parcel_is_refused():
    one, other = packed_orders(2)

    assert refused(one, Shipment.objects.get(order=other).waybill_no) == "other_waybill"


def test_a_parcel_of_a_carrier_without_an_interface_waits_for_its_waybill(by_hand):
    [order] = packed_orders()

    assert not Label.objects.exists()
    assert not Job.objects.exclude(state="done").exists()
    assert refused(order, "") == "waybill_missing"


def test_the_typed_waybill_is_cleaned_kept_and_drawn_on_a_label(by_hand):
    [order] = packed_orders()

    parcels.hand_over(order=order, waybill_no=" sf １２３４ 5678 90 ", by="Li", now=NOW)
    work_off()

    order.refresh_from_db()
    assert order.status == "shipped"
    assert order.shipment.waybill_no == "SF1234567890"
    assert "SF1234567890" in label_text()


def test_the_words_of_a_gift_are_printed_behind_the_label(by_hand):
    [order] = packed_orders()
    Order.objects.update(gift_message="祝外婆生日快乐")

    parcels.hand_over(order=order, waybill_no="SF1234567890", by="Li", now=NOW)
    work_off()

    label, card = pypdf.PdfReader(io.BytesIO(bytes(Label.objects.get().pdf))).pages
    assert "外婆" not in label.extract_text()
    assert "祝外婆生日快乐" in card.extract_text()


@pytest.mark.parametrize("typed", ["12345", "SF 12/34567", "运单1234567", "A" * 33, "SF123456789\0", "-1234567"])
def test_what_is_no_waybill_number_is_refused(by_hand, typed):
    [order] = packed_orders()

    assert refused(order, typed) == "bad_waybill"


def test_one_waybill_cannot_be_typed_for_two_parcels(by_hand):
    one, other = packed_orders(2)
    parcels.hand_over(order=one, waybill_no="SF1234567890", by="Li", now=NOW)

    assert refused(other, "SF1234567890") == "waybill_taken"


def test_a_mistyped_waybill_is_corrected_before_the_parcel_leaves_and_its_label_drawn_anew(by_hand, time_machine):
    [order] = packed_orders()
    parcels.write_waybill(order=order, waybill_no="SF1234567890", by="Li", now=NOW)
    work_off()
    later = NOW + dt.timedelta(minutes=1)
    time_machine.move_to(later, tick=False)

    parcels.write_waybill(order=order, waybill_no="SF1234567891", by="Li", now=later)

    assert not Label.objects.exists()
    work_off(later)
    assert "SF1234567891" in label_text()


def test_each_of_several_corrections_within_a_second_gets_its_label(by_hand):
    [order] = packed_orders()
    for typed in ("SF1234567890", "SF1234567891", "SF1234567890"):
        parcels.write_waybill(order=order, waybill_no=typed, by="Li", now=NOW)
        work_off()
        assert typed in label_text()

    assert Job.objects.filter(kind=fulfilment.LABEL_JOB, state="done").count() == 3


def test_a_waybill_typed_and_corrected_before_the_worker_came_is_drawn_as_corrected(by_hand):
    [order] = packed_orders()

    parcels.write_waybill(order=order, waybill_no="SF1234567890", by="Li", now=NOW)
    parcels.write_waybill(order=order, waybill_no="SF1234567891", by="Li", now=NOW)
    work_off()

    assert "SF1234567891" in label_text()


def test_whoever_writes_the_waybill_sees_the_whole_address_and_each_look_is_written_down(by_hand):
    [order] = packed_orders()

    shown = [parcels.show_address(order=order, by=by, now=NOW) for by in ("Li", "Wang", "Li")]

    assert shown == [HOME] * 3
    assert list(order.events.filter(what="address shown").values_list("by", flat=True)) == ["Li", "Wang", "Li"]


def test_nobody_looks_at_an_address_that_a_program_gave_to_the_carrier():
    [order] = packed_orders()

    with pytest.raises(parcels.NoAddressNeeded):
        parcels.show_address(order=order, by="Li", now=NOW)

    assert not order.events.filter(what="address shown").exists()


def test_an_address_is_shown_only_while_its_parcel_waits_for_the_carrier(by_hand):
    [order] = packed_orders()
    parcels.hand_over(order=order, waybill_no="SF1234567890", by="Li", now=NOW)

    with pytest.raises(WrongState):
        parcels.show_address(order=order, by="Li", now=NOW)

    assert not order.events.filter(what="address shown").exists()


def test_a_label_drawn_for_a_waybill_that_was_corrected_meanwhile_is_thrown_away(by_hand):
    [order] = packed_orders()
    parcels.write_waybill(order=order, waybill_no="SF1234567890", by="Li", now=NOW)
    stale = parcels.label(number=order.number, now=NOW)
    parcels.write_waybill(order=order, waybill_no="SF1234567891", by="Li", now=NOW)

    stale()

    assert Shipment.objects.get().waybill_no == "SF1234567891"
    assert not Label.objects.exists()


def test_the_waybill_of_a_parcel_that_left_cannot_be_changed(by_hand):
    [order] = packed_orders()
    parcels.hand_over(order=order, waybill_no="SF1234567890", by="Li", now=NOW)

    with pytest.raises(WrongState):
        parcels.write_waybill(order=order, waybill_no="SF1234567891", by="Li", now=NOW)

    assert Shipment.objects.get().waybill_no == "SF1234567890"


def test_nobody_types_a_waybill_for_a_carrier_that_gives_its_own():
    [order] = packed_orders()
    own = Shipment.objects.get().waybill_no

    with pytest.raises(parcels.OtherWaybill):
        parcels.write_waybill(order=order, waybill_no="SF1234567890", by="Li", now=NOW)

    assert Shipment.objects.get().waybill_no == own


def test_the_label_shows_the_boxes_and_hides_the_person():
    [order] = packed_orders()

    [page] = pypdf.PdfReader(io.BytesIO(bytes(order.shipment.label.pdf))).pages
    words = page.extract_text()

    assert order.number in words
    assert str(DAY) in words or DAY.strftime("%m-%d") in words
    assert order.phone not in words
    assert order.name not in words


def test_labels_are_deleted_thirty_days_after_delivery_and_not_before():
    packed_orders()
    Shipment.objects.update(delivered_at=NOW)

    assert parcels.delete_old_labels(NOW + 30 * DAYS - dt.timedelta(seconds=1)) == 0
    assert parcels.delete_old_labels(NOW + 30 * DAYS) == 1

    assert not Label.objects.exists()
    assert Shipment.objects.count() == 1


def test_labels_of_parcels_on_the_road_are_kept_however_old():
    packed_orders()

    assert parcels.delete_old_labels(NOW + 300 * DAYS) == 0
