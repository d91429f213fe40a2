"""Example requests and answers of the line for full ship dates; a test checks each against its schema."""

from typing import Any

from farm.api.schema import refusal
from shop.api.examples import ADDRESS, LINE_IN

TOKEN = "BL7C1D4H8JKT:1xYzAb:9iOaRyUeIwMtKs4f6Jc0sWmQ1hT8uVbNqLrE2kXgPdZ"  # noqa: S105  # an example, signed by nobody
WAITING_IN = {"lines": [LINE_IN], "ship_date": "2026-09-10", "phone": "13911112222"}
OFFER_IN = {"address": ADDRESS, "gift": {"message": "Happy birthday!", "hides_price": True}}
WAITING: dict[str, Any] = {
    "number": "BL7C1D4H8JKT",
    "token": TOKEN,
    "status": "waiting",
    "ship_date": "2026-09-10",
    "lines": [LINE_IN],
    "packing_units": 2,
    "net_grams": 5000,
    "phone": "139******22",
    "place": 3,
    "joined_at": "2026-09-08T10:00:00+08:00",
    "offered_until": None,
    "order": None,
    "links": {"self": f"/api/v1/waiting-orders/{TOKEN}", "page": f"/wait/{TOKEN}/"},
}
LEFT = {**WAITING, "status": "left", "place": None}
BAD_PHONE = refusal(
    400,
    "bad_phone",
    "phone",
    "This is not a mobile number in mainland China.",
    "Write 11 digits, for example 138 1234 5678.",
)
ROOM_IS_LEFT = refusal(409, "room_is_left", "ship_date", "There is room for your boxes.", "Order them now.")
WAITS_ALREADY = refusal(
    409,
    "waits_already",
    "",
    "This phone number waits for that day already.",
    "You hear from us when boxes come free.",
)
OFFER_ENDED = refusal(
    409,
    "offer_ended",
    "",
    "These boxes are no longer kept for you.",
    "Look at the calendar for days with boxes left.",
)
