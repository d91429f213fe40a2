"""Tracking: each thing a carrier says is kept once, and what arrived stays arrived."""

import datetime as dt
import json
from random import Random

import pytest

from farm.models import OutboxMessage, StaffTask
from farm.states import WrongState
from shop import carriers, fulfilment, parcels, planning, tracking
from shop.carriers import simulated
from shop.models import Order, Shipment, TrackingEvent
from tests.builders import NOW, a_paid_order, a_shop, work_off
from tests.worlds import a_shop_with_a_paid_order, told_before

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
ARRIVED = NOW + 24 * HOUR


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@told_before
def a_parcel() -> Shipment:
    day = a_shop()
    a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)
    work_off()
    return Shipment.objects.select_related("order").get()


def push(parcel: Shipment, *, until: dt.datetime, now: dt.datetime | None = None) -> int:
    headers, body = simulated.push_about(parcel, until)
    return tracking.receive(carrier="simulated", headers=headers, body=body, now=now or until)


def codes() -> list[str]:
    return list(TrackingEvent.objects.values_list("code", flat=True))


def status() -> str:
    return Order.objects.get().status


def test_a_parcel_travels_through_real_cities_and_arrives():
    parcel = a_parcel()

    assert push(parcel, until=ARRIVED) == 5

    assert codes() == ["collected", "moving", "moving", "delivering", "delivered"]
    assert TrackingEvent.objects.first().place == "锦州市"
    assert status() == "delivered"
    parcel.refresh_from_db()
    assert (parcel.delivered_at, parcel.ask_again_at) == (ARRIVED, None)
    assert OutboxMessage.objects.filter(topic="order.delivered").count() == 1


def test_ten_copies_of_a_push_are_kept_once():
    parcel = a_parcel()

    new = [push(parcel, until=ARRIVED) for _ in range(10)]

    assert new == [5] + [0] * 9
    assert TrackingEvent.objects.count() == 5
    assert OutboxMessage.objects.filter(topic="order.delivered").count() == 1


def test_pushes_in_any_order_end_at_the_same_place():
    parcel = a_parcel()
    hours = [3 * hour for hour in range(9)]
    Random(7).shuffle(hours)

    for hour in hours:
        push(parcel, until=NOW + hour * HOUR, now=ARRIVED)

    assert TrackingEvent.objects.count() == 5
    assert status() == "delivered"


def test_an_older_word_after_the_signature_does_not_take_the_delivery_back():
    parcel = a_parcel()
    push(parcel, until=ARRIVED)
    again = carriers.CarrierEvent(ARRIVED + HOUR, "moving", "沈阳市", "转运")

    tracking.record_tracking(shipment=parcel, events=[again], now=ARRIVED + HOUR)

    assert status() == "delivered"
    assert codes()[-1] == "moving"


def test_an_unknown_word_of_the_carrier_is_kept_as_it_is():
    parcel = a_parcel()
    event = {"at": "2026-09-08T12:00:00+08:00", "code": "8848", "place": "沈阳市", "text": "包裹在雪山上"}
    body = json.dumps({"parcels": [{"request_no": parcel.request_no, "waybill_no": "", "events": [event]}]})
    headers = {simulated.SIGNATURE: simulated.sign(body.encode())}

    assert tracking.receive(carrier="simulated", headers=headers, body=body.encode(), now=NOW) == 1

    event = TrackingEvent.objects.get()
    assert (event.code, event.text) == ("other", "包裹在雪山上")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("", carriers.UnreadablePush),
        ("[]", carriers.UnreadablePush),
        ('{"parcels": 1}', carriers.UnreadablePush),
        ('{"parcels": [{}]}', carriers.UnreadablePush),
        ('{"parcels": ["a"]}', carriers.UnreadablePush),
        ('{"parcels": [{"request_no": "x", "waybill_no": "", "events": {}}]}', carriers.UnreadablePush),
        ('{"parcels": [{"request_no": "x", "waybill_no": "", "events": [{"at": "now"}]}]}', carriers.UnreadablePush),
        (
            '{"parcels": [{"request_no": "x", "waybill_no": "", "events": '
            '[{"at": "2026-09-08T12:00:00", "code": "moving", "place": "", "text": ""}]}]}',
            carriers.UnreadablePush,
        ),
        (
            '{"parcels": [{"request_no": "x", "waybill_no": "", "events": '
            '[{"at": "0001-01-01T00:00:00+08:00", "code": "moving", "place": "", "text": ""}]}]}',
            carriers.UnreadablePush,
        ),
    ],
)
def test_a_push_that_cannot_be_read_is_refused_and_leaves_nothing(body, refusal):
    a_parcel()
    headers = {simulated.SIGNATURE: simulated.sign(body.encode())}

    with pytest.raises(refusal):
        tracking.receive(carrier="simulated", headers=headers, body=body.encode(), now=NOW)

    assert not TrackingEvent.objects.exists()


@pytest.mark.parametrize("headers", [{}, {simulated.SIGNATURE: ""}, {simulated.SIGNATURE: "雪"}, {"X-Other": "1"}])
def test_a_push_without_the_carriers_signature_is_refused_and_leaves_nothing(headers):
    parcel = a_parcel()
    _, body = simulated.push_about(parcel, ARRIVED)

    with pytest.raises(carriers.NotFromCarrier):
        tracking.receive(carrier="simulated", headers=headers, body=body, now=ARRIVED)

    assert not TrackingEvent.objects.exists()
    assert status() == "shipped"


def test_a_push_changed_on_its_way_is_refused():
    headers, body = simulated.push_about(a_parcel(), ARRIVED)

    with pytest.raises(carriers.NotFromCarrier):
        tracking.receive(carrier="simulated", headers=headers, body=body + b" ", now=ARRIVED)

    assert not TrackingEvent.objects.exists()


@pytest.mark.parametrize("carrier", ["manual", "nobody", ""])
def test_a_push_in_the_name_of_a_carrier_that_sends_none_is_refused(carrier):
    headers, body = simulated.push_about(a_parcel(), ARRIVED)

    with pytest.raises((carriers.UnknownCarrier, carriers.NotFromCarrier)):
        tracking.receive(carrier=carrier, headers=headers, body=body, now=ARRIVED)

    assert not TrackingEvent.objects.exists()


def test_a_push_about_somebody_elses_parcel_is_passed_over():
    parcel = a_parcel()
    headers, body = simulated.push_about(Shipment(order=parcel.order, request_no="BZS-OTHER", shipped_at=NOW), ARRIVED)

    assert tracking.receive(carrier="simulated", headers=headers, body=body, now=ARRIVED) == 0

    assert not TrackingEvent.objects.exists()


def test_the_sweep_asks_every_two_hours_and_every_half_hour_on_the_promised_day():
    parcel = a_parcel()
    assert parcel.ask_again_at == NOW + 2 * HOUR

    assert tracking.ask_carriers(NOW + 2 * HOUR - dt.timedelta(seconds=1)) == 0
    assert tracking.ask_carriers(NOW + 15 * HOUR) == 3

    parcel.refresh_from_db()
    assert parcel.ask_again_at == NOW + 15.5 * HOUR
    assert tracking.ask_carriers(NOW + 15 * HOUR) == 0


def test_without_any_push_the_sweep_alone_brings_the_parcel_home():
    a_parcel()
    now = NOW

    while status() != "delivered":
        now += HOUR / 4
        tracking.ask_carriers(now)

    assert now == ARRIVED


def test_a_trial_sees_its_parcel_arrive_within_a_minute(settings):
    settings.DEMO_CLOCK = True
    a_parcel()

    for seconds in range(0, 60, 15):
        tracking.ask_carriers(NOW + dt.timedelta(seconds=seconds))
    assert status() == "shipped"
    tracking.ask_carriers(NOW + dt.timedelta(seconds=60))

    assert status() == "delivered"


@pytest.mark.parametrize("is_trial", [True, False])
def test_what_was_told_of_a_parcel_stays_true_when_the_trial_begins_or_ends(settings, is_trial):
    settings.DEMO_CLOCK = is_trial
    parcel = a_parcel()
    halfway = NOW + (dt.timedelta(seconds=25) if is_trial else 12 * HOUR)
    assert tracking.ask_carriers(halfway) == 2

    settings.DEMO_CLOCK = not is_trial
    Shipment.objects.update(ask_again_at=ARRIVED)
    tracking.ask_carriers(ARRIVED)

    assert codes() == ["collected", "moving", "moving", "delivering", "delivered"]
    parcel.refresh_from_db()
    assert parcel.delivered_at == (NOW + dt.timedelta(seconds=50) if is_trial else ARRIVED)


def test_a_carrier_that_fails_for_one_parcel_answers_for_the_others():
    parcel = a_parcel()
    a_paid_order()
    planning.plan_day(ship_date=parcel.order.ship_date, now=NOW)
    work_off()
    Shipment.objects.filter(pk=parcel.pk).update(carrier="bankrupt")

    assert tracking.ask_carriers(ARRIVED) == 5

    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["shipped", "delivered"]


def test_after_a_month_without_a_signature_staff_are_asked_and_the_carrier_no_more():
    parcel = a_parcel()
    Shipment.objects.update(carrier="bankrupt")

    tracking.ask_carriers(NOW + dt.timedelta(days=31))

    parcel.refresh_from_db()
    assert parcel.ask_again_at is None
    assert StaffTask.objects.get().about == parcel.order.payable


def test_staff_confirm_the_delivery_of_a_carrier_that_tells_nothing():
    parcel = a_parcel()

    tracking.confirm_delivered(order=parcel.order, by="Li", now=ARRIVED)

    assert status() == "delivered"
    assert parcel.order.events.get(what="delivered").by == "Li"
    with pytest.raises(WrongState):
        tracking.confirm_delivered(order=parcel.order, by="Li", now=ARRIVED)
    assert OutboxMessage.objects.filter(topic="order.delivered").count() == 1


def test_an_order_that_was_never_packed_cannot_be_delivered():
    order = a_shop_with_a_paid_order()

    with pytest.raises(WrongState):
        tracking.confirm_delivered(order=order, by="Li", now=ARRIVED)

    assert status() == "paid"


def test_a_parcel_signed_for_before_staff_said_it_left_is_delivered_once_they_do(settings):
    settings.PACKING_BENCH = "staff"
    day = a_shop()
    order = a_paid_order()
    planning.plan_day(ship_date=day, now=NOW)
    fulfilment.confirm_picked(order=order, by="Li", now=NOW)
    fulfilment.confirm_packed(order=order, by="Li", now=NOW)
    work_off()
    signed = [carriers.CarrierEvent(NOW, "delivered", "锦州市", "已签收")]

    assert tracking.record_tracking(shipment=Shipment.objects.get(), events=signed, now=NOW) == 1
    assert status() == "packed"
    parcels.hand_over(order=order, waybill_no="", by="Li", now=NOW)
    tracking.record_tracking(shipment=Shipment.objects.get(), events=signed, now=NOW)

    assert status() == "delivered"
    assert codes() == ["delivered"]
