import datetime as dt

import pytest

from farm.security import new_reference
from shop import carriers, divisions, freight
from shop.carriers import ShipmentRequest, simulated
from shop.carriers.manual import WaybillIsTyped
from shop.models import Order, Shipment, TrackingEvent
from tests.builders import HOME, NOW

pytestmark = pytest.mark.once("a carrier sees no database")
SERVED = [place for place in divisions.DIVISIONS.values() if place.city and place.code[:2] + "0000" in freight.ZONES]


def a_request(request_no: str) -> ShipmentRequest:
    return ShipmentRequest(request_no, HOME, 2500)


def a_parcel_to(place: divisions.Division, *, shipped_at: dt.datetime | None = NOW) -> Shipment:
    order = Order(division_code=place.code, province=place.province, city=place.city, district=place.district)
    waybill_no = simulated.waybill_of("BZS0123456789")
    return Shipment(order=order, request_no="BZS0123456789", waybill_no=waybill_no, shipped_at=shipped_at)


def test_the_same_request_always_gets_the_same_waybill():
    carrier = carriers.named("simulated")

    waybills = {carrier.create_shipment(a_request("BZS0123456789")) for _ in range(3)}

    assert len(waybills) == 1


def test_ten_thousand_requests_get_ten_thousand_waybills():
    numbers = {new_reference("BZS") for _ in range(10_000)}

    assert len({simulated.waybill_of(number) for number in numbers}) == len(numbers)


def test_the_carrier_without_an_interface_gives_no_waybill_and_tells_nothing():
    carrier = carriers.named("manual")

    assert carrier.is_by_hand
    assert carrier.track(a_parcel_to(SERVED[0]), NOW) == []
    with pytest.raises(WaybillIsTyped):
        carrier.create_shipment(a_request("BZS0123456789"))


def test_a_carrier_nobody_wrote_is_refused_with_the_names_there_are():
    with pytest.raises(carriers.UnknownCarrier) as refusal:
        carriers.named("pigeon")

    assert refusal.value.advice == "Known: manual, simulated."


def test_nothing_happens_to_a_parcel_before_it_is_handed_over():
    assert carriers.named("simulated").track(a_parcel_to(SERVED[0], shipped_at=None), NOW) == []


@pytest.mark.parametrize("place", SERVED[::97], ids=lambda place: place.code)
def test_every_journey_begins_in_jinzhou_and_ends_on_the_promised_day(place):
    journey = simulated.journey(a_parcel_to(place))

    days = freight.days_on_the_road(place.code[:2] + "0000")
    assert (journey[0].code, journey[0].place) == ("collected", "锦州市")
    assert (journey[-1].code, journey[-1].place) == ("delivered", place.city)
    assert journey[-1].at == NOW + dt.timedelta(days=days)
    assert [event.at for event in journey] == sorted({event.at for event in journey})
    assert {event.code for event in journey} <= set(TrackingEvent.Code.values)


def test_the_cities_on_the_way_are_real():
    cities = {place.city for place in divisions.DIVISIONS.values()}

    assert {hub for hubs in simulated.HUBS.values() for hub in hubs} | {simulated.FARM_CITY} <= cities


def test_a_trial_parcel_makes_a_step_every_ten_seconds(settings):
    settings.DEMO_CLOCK = True

    journey = simulated.journey(a_parcel_to(SERVED[0]))

    assert [event.at - NOW for event in journey] == [dt.timedelta(seconds=10 * (n + 1)) for n in range(len(journey))]


@pytest.mark.parametrize("is_trial", [True, False])
def test_a_journey_stays_the_same_when_the_trial_begins_or_ends(settings, is_trial):
    settings.DEMO_CLOCK = is_trial
    parcel = a_parcel_to(SERVED[0])
    before = simulated.journey(parcel)

    settings.DEMO_CLOCK = not is_trial

    assert simulated.journey(parcel) == before
