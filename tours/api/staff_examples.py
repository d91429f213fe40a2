"""Example requests and answers of the staff's doors to visits; a test checks each against its schema."""

from typing import Any

from farm.api.schema import refusal
from tours.api.examples import NUMBER as NUMBER
from tours.api.examples import SLOT_ID as SLOT_ID
from tours.api.examples import SUNDAY_ID as SUNDAY_ID

CLOSURE_NUMBER = "BR5T9W2K7MHC"
SLOT: dict[str, Any] = {
    "id": SLOT_ID,
    "experience": "picking",
    "date": "2026-09-12",
    "starts_at": "2026-09-12T09:30:00+08:00",
    "ends_at": "2026-09-12T11:30:00+08:00",
    "cut_off_at": "2026-09-12T07:30:00+08:00",
    "limit": 20,
    "taken": 13,
    "left": 7,
    "is_closed": False,
    "reason_zh": "",
    "reason_en": "",
    "minimum_to_run": 0,
    "runs": "sure",
}
DAY = {
    "date": "2026-09-12",
    "limit": 300,
    "taken": 163,
    "left": 137,
    "is_closed": False,
    "reason_zh": "",
    "reason_en": "",
}
WEEK = {
    "days": [{"date": "2026-09-12", "holiday": "", "is_workday": False, "visitors": DAY}],
    "slots": [SLOT],
}
BOOKING: dict[str, Any] = {
    "number": NUMBER,
    "status": "confirmed",
    "slot": SLOT_ID,
    "experience": "picking",
    "starts_at": "2026-09-12T09:30:00+08:00",
    "channel": "web",
    "people": 2,
    "name": "李**",
    "phone": "139******21",
    "total_fen": 17600,
    "paid_fen": 17600,
    "balance_fen": 0,
    "held_at": "2026-09-08T10:00:00+08:00",
}
CANCELLED = {**BOOKING, "status": "cancelled", "paid_fen": 0}
MOVED = {**BOOKING, "slot": SUNDAY_ID, "starts_at": "2026-09-13T09:30:00+08:00"}
PAGE = {
    "next": "https://grapes.example/api/v1/staff/bookings?cursor=cD0xMjM0",
    "previous": None,
    "results": [BOOKING],
}
MANIFEST = {
    "slot": SLOT,
    "tickets": {"Adult": 2, "Infant": 1},
    "expected": 3,
    "inside": 0,
    "balance_fen": 0,
    "parties": [
        {
            "number": NUMBER,
            "name": "李小红",
            "phone": "13987654321",
            "language": "zh-hans",
            "tickets": {"Adult": 2, "Infant": 1},
            "expected": 3,
            "inside": 0,
            "balance_fen": 0,
            "answers": [{"question": "Does anybody have allergies?", "answer": "walnuts"}],
            "notes": "",
        }
    ],
}
CLOSURE_IN = {"date": "2026-09-13", "reason_zh": "大雨", "reason_en": "heavy rain", "otherwise": "refund"}
CLOSURE: dict[str, Any] = {
    "number": CLOSURE_NUMBER,
    "status": "open",
    "date": "2026-09-13",
    "reason_zh": "大雨",
    "reason_en": "heavy rain",
    "otherwise": "refund",
    "made_at": "2026-09-11T17:00:00+08:00",
    "made_by": "xiaohong",
    "answer_until": "2026-09-13T17:00:00+08:00",
}
WHOLE_CLOSURE: dict[str, Any] = {
    **CLOSURE,
    "slots": [{**SLOT, "is_closed": True, "reason_zh": "大雨", "reason_en": "heavy rain"}],
    "waiting": 1,
    "offers": [{"booking": BOOKING, "choice": "waiting"}],
}
UNDONE = {**WHOLE_CLOSURE, "status": "undone", "slots": [SLOT]}
CLOSURES = {
    "next": "https://grapes.example/api/v1/staff/closures?cursor=cD0xMjM0",
    "previous": None,
    "results": [CLOSURE],
}
LIMIT_TOO_LOW = refusal(
    409,
    "limit_too_low",
    "limit",
    "13 people have a seat already.",
    "Set the limit to 13 or more, or move bookings first.",
)
NOTHING_TO_CLOSE = refusal(
    400, "nothing_to_close", "", "None of these times is open.", "Reload the week to see what is."
)
STILL_ANSWERING = refusal(
    409,
    "still_answering",
    "",
    "Parties of this time have not chosen yet.",
    "Write down what they want at their closure, or undo it while nobody has answered.",
)
ANSWERED_ALREADY = refusal(
    409,
    "answered_already",
    "",
    "Somebody has answered already.",
    "Open single times again in the schedule instead.",
)
ONE_BEGUN = refusal(
    409, "begun_already", "", "One of these times has begun already.", "Add new times in the schedule instead."
)
BEGUN_ALREADY = refusal(
    409, "begun_already", "", "This time has begun already.", "Add a new time in the schedule instead."
)
DAY_OVER = refusal(409, "begun_already", "", "This day is over.", "Open a day that is still to come.")
NOT_PLANNED = refusal(
    409, "not_planned", "", "The farm is closed on this day.", "Take the day off the closed days first."
)
_LINE = {
    "bookings": 3,
    "expected": 9,
    "came": 5,
    "stayed_away": 4,
    "no_show_percent": 44,
    "seats": 8,
    "capacity": 20,
    "occupancy_percent": 40,
    "in_fen": 57200,
    "out_fen": 8800,
    "net_fen": 48400,
}
REPORT: dict[str, Any] = {
    "first": "2026-09-12",
    "last": "2026-09-12",
    "total": _LINE,
    "days": [{**_LINE, "date": "2026-09-12"}],
    "experiences": [{**_LINE, "experience": "picking"}],
    "channels": [{**_LINE, "channel": "web", "seats": 0, "capacity": 0, "occupancy_percent": None}],
}
