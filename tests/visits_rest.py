"""Talk to the visits' REST doors as a client does."""

import uuid
from typing import Any

from django.test import Client

from farm.models import Movement
from tests.rest import sent
from tours import links
from tours.models import Bill, Booking, Slot, WaitingParty

SOMEBODY = {"name": "李小红", "phone": "139 8765 4321", "email": "li@example.com"}


def a_visit_body(slot: Slot, /, **different: Any) -> dict[str, Any]:
    return {"slot": slot.pk, "party": {"adult": 2}, "contact": SOMEBODY, **different}


def booked(client: Client, body: dict[str, Any], *, key: str = "", **headers: str) -> Any:
    return sent(client, "post", "bookings", body, **{"Idempotency-Key": key or uuid.uuid4().hex, **headers})


def place_of(booking: Booking) -> str:
    return f"bookings/{links.token_of(booking)}"


def party_place_of(party: WaitingParty) -> str:
    return f"waiting-parties/{links.party_token(party)}"


def nothing_was_booked() -> bool:
    taken = Slot.objects.exclude(taken=0) | Slot.objects.exclude(day__taken=0)
    rows = (Booking, Bill, Movement, WaitingParty)
    return not (taken.exists() or any(model.objects.exists() for model in rows))
