"""A practice carrier: waybills at once, parcels that travel by the clock, signed pushes."""

import datetime as dt
import json
from collections.abc import Mapping
from itertools import pairwise

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from shop import freight
from shop.carriers import CarrierEvent, CarrierPush, NotFromCarrier, ShipmentRequest, UnreadablePush
from shop.models import Order, Shipment, TrackingEvent

SIGNATURE = "X-Carrier-Signature"
# A waybill begins with the pace of its parcel, so that a journey stays the same whatever the settings are later.
REAL, TRIAL = "SM", "ST"
TRIAL_STEP = dt.timedelta(seconds=10)
FARM_CITY = "锦州市"
Code = TrackingEvent.Code
KNOWN_CODES = frozenset(Code.values)
# Where cold trucks change on the way from Jinzhou, by the first digit of the destination's division code.
HUBS = {
    "1": ("唐山市",),
    "2": ("沈阳市",),
    "3": ("天津市", "济南市"),
    "4": ("北京市", "郑州市"),
    "5": ("北京市", "西安市"),
    "6": ("北京市", "西安市"),
}


class Simulated:
    """Remembers nothing: waybill and journey follow from the parcel's own row, so any process gives one answer."""

    title = "模拟冷链速运"
    is_by_hand = False

    def create_shipment(self, request: ShipmentRequest) -> str:
        return waybill_of(request.request_no)

    def track(self, shipment: Shipment, now: dt.datetime) -> list[CarrierEvent]:
        """What its pushes up to `now` say, read through the same door as everybody's."""
        [push] = self.parse_push(*push_about(shipment, now))
        return push.events

    def parse_push(self, headers: Mapping[str, str], body: bytes) -> list[CarrierPush]:
        signature = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE.lower(), "")
        if not constant_time_compare(signature.encode(), sign(body).encode()):
            raise NotFromCarrier("The signature does not fit the body.", advice="Sign the body as it is sent.")
        try:
            return [_push(parcel) for parcel in json.loads(body)["parcels"]]
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise UnreadablePush("The push is not in the form agreed on.", advice="Send it as agreed.") from error


def waybill_of(request_no: str) -> str:
    """The waybill for one request: its ten random characters, so never two alike, behind the pace it travels at."""
    return f"{TRIAL if settings.DEMO_CLOCK else REAL}{request_no[-10:]}"


def sign(body: bytes) -> str:
    """HMAC-SHA-256 of the body, in hex."""
    return salted_hmac("shop.carriers.simulated", body, algorithm="sha256").hexdigest()


def push_about(shipment: Shipment, now: dt.datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body of the push that tells what happened to the parcel until `now`."""
    events = [
        {"at": event.at.isoformat(), "code": event.code, "place": event.place, "text": event.text}
        for event in journey(shipment)
        if event.at <= now
    ]
    parcel = {"request_no": shipment.request_no, "waybill_no": shipment.waybill_no, "events": events}
    body = json.dumps({"parcels": [parcel]}, ensure_ascii=False).encode()
    return {SIGNATURE: sign(body)}, body


def journey(shipment: Shipment) -> list[CarrierEvent]:
    """Everything that will happen to the parcel; nothing before it is handed over."""
    if shipment.shipped_at is None:
        return []
    stops = _stops(shipment.order)
    step = TRIAL_STEP / settings.DEMO_HURRY
    if not shipment.waybill_no.startswith(TRIAL):
        days = freight.days_on_the_road(shipment.order.division_code[:2] + "0000")
        step = dt.timedelta(days=days) / len(stops)
    return [
        CarrierEvent(shipment.shipped_at + step * number, code, place, text)
        for number, (code, place, text) in enumerate(stops, start=1)
    ]


def _stops(order: Order) -> list[tuple[str, str, str]]:
    goal = order.city or order.province
    hubs = [hub for hub in HUBS.get(order.division_code[:1], ()) if hub != goal]
    moves = [(Code.MOVING, here, f"已从{here}发往{there}") for here, there in pairwise([*hubs, goal])]
    return [
        (Code.COLLECTED, FARM_CITY, "已揽收，冷链 0-5 °C"),
        *moves,
        (Code.MOVING, goal, f"已到达{goal}"),
        (Code.DELIVERING, goal, "正在派送"),
        (Code.DELIVERED, goal, "已签收"),
    ]


def _push(parcel: dict[str, object]) -> CarrierPush:
    events = parcel["events"]
    if not isinstance(events, list):
        raise TypeError("events are a list")
    return CarrierPush(str(parcel["request_no"]), str(parcel["waybill_no"]), [_event(event) for event in events])


def _event(event: dict[str, object]) -> CarrierEvent:
    at = dt.datetime.fromisoformat(str(event["at"]))
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    at = at.astimezone(dt.UTC)
    code = str(event["code"])
    # A code of next year's carrier manual is still worth reading.
    return CarrierEvent(at, code if code in KNOWN_CODES else Code.OTHER, str(event["place"]), str(event["text"]))
