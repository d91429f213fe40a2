"""A carrier without any interface: its driver brings the waybills, staff type the numbers."""

import datetime as dt
from collections.abc import Mapping

from shop.carriers import CarrierEvent, CarrierPush, NotFromCarrier, ShipmentRequest
from shop.models import Shipment


class WaybillIsTyped(Exception):
    """A program asked for a waybill that only a person can give: a bug, never an answer for a customer."""


class Manual:
    """Always works, also on a day without network."""

    title = "冷链承运"
    is_by_hand = True

    def create_shipment(self, request: ShipmentRequest) -> str:
        raise WaybillIsTyped(request.request_no)

    def track(self, shipment: Shipment, now: dt.datetime) -> list[CarrierEvent]:
        return []

    def parse_push(self, headers: Mapping[str, str], body: bytes) -> list[CarrierPush]:
        raise NotFromCarrier("This carrier sends no tracking.", advice="Write to the address of your own carrier.")
