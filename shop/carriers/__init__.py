"""The carriers a parcel can be handed to, all behind one port."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.utils.module_loading import import_string

from farm.refusals import Refused
from shop.addresses import Address
from shop.models import Shipment

ADAPTERS = {
    "manual": "shop.carriers.manual.Manual",
    "simulated": "shop.carriers.simulated.Simulated",
}


class UnknownCarrier(Refused):
    """The farm works with no carrier of this name."""

    code = "unknown_carrier"


class NotFromCarrier(Refused):
    """The push is not signed by the carrier it speaks for."""

    code = "bad_signature"


class UnreadablePush(Refused):
    """The push is genuine, but not in the form agreed on."""

    code = "unreadable_push"


@dataclass(frozen=True)
class ShipmentRequest:
    """All a carrier has to know to fetch and bring one parcel: the only place where personal data leave unmasked."""

    request_no: str
    to: Address
    net_grams: int


@dataclass(frozen=True)
class CarrierEvent:
    """What a carrier says happened to a parcel: `code` is one of TrackingEvent.Code, `place` a city."""

    at: dt.datetime
    code: str
    place: str
    text: str


@dataclass(frozen=True)
class CarrierPush:
    """Events of one parcel, known by our request number, or by its waybill where a carrier sends only that."""

    request_no: str
    waybill_no: str
    events: list[CarrierEvent]


class Carrier(Protocol):
    """A carrier. Calls may be slow or fail in any way, so none is made inside a transaction."""

    title: str
    """Its name as printed on labels."""
    is_by_hand: bool
    """True when it has no interface: staff type the waybill, and nobody can ask where the parcel is."""

    def create_shipment(self, request: ShipmentRequest) -> str:
        """Order the transport and return its waybill number; the same `request_no` again is the same waybill."""

    def track(self, shipment: Shipment, now: dt.datetime) -> list[CarrierEvent]:
        """All that happened to the parcel so far."""

    def parse_push(self, headers: Mapping[str, str], body: bytes) -> list[CarrierPush]:
        """Check and read what somebody posted to us.

        :raises NotFromCarrier: unless the carrier signed it.
        :raises UnreadablePush: when it is signed, but not in the form agreed on.
        """


def named(name: str) -> Carrier:
    """The adapter of a carrier.

    :raises UnknownCarrier: when there is none of that name.
    """
    if name not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise UnknownCarrier("The farm works with no carrier of this name.", advice=f"Known: {known}.", field="carrier")
    adapter: Carrier = import_string(ADAPTERS[name])()
    return adapter


def by_hand() -> list[str]:
    """The carriers without an interface, whose waybills people write."""
    return [name for name in ADAPTERS if named(name).is_by_hand]
