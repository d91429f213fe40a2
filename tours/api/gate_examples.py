"""Example requests and answers of the gate's doors; a test checks each against its schema."""

from typing import Any

from farm.api.schema import refusal
from tours.api.examples import NUMBER as NUMBER
from tours.api.examples import SLOT_ID

NONCE = "7f9c2b1e-6a53-4d0e-9b8f-2f1f0f4c8a11"
LEFT = {"nonce": "2b1e7f9c-53a6-4e0d-8f9b-0f4c2f1f8a11"}
FIRST, SECOND = "7Q2M9XK1V8C3", "4HX0T6ZB2WNA"
SCAN = {"code": NUMBER, "nonce": NONCE, "gate": "South gate", "people": 1}
BALANCE = {"number": NUMBER, "amount_fen": 17600, "how": "cash"}
SALE = {"slot": SLOT_ID, "party": {"adult": 2}, "how": "qr", "amount_fen": 17600, "nonce": NONCE, "gate": "South gate"}
UPLOAD = {"scans": [{**SCAN, "people": None, "keys": [FIRST], "at": "2026-09-12T09:21:07+08:00"}]}

_PARTY = {
    "number": NUMBER,
    "issue": 1,
    "experience": "Kyoho picking",
    "time": "2026-09-12 09:30-11:30",
    "party": "Adult ×2",
    "expected": 2,
    "inside": [],
    "outside": [FIRST, SECOND],
    "balance_fen": 17600,
    "balance": "176.00",
}
VERDICT: dict[str, Any] = {
    "code": "welcome",
    "green": True,
    "words": "Welcome",
    "advice": "",
    **_PARTY,
    "who": "李**",
    "to_know": ["Does anybody have allergies?: walnuts"],
    "waiting": [FIRST, SECOND],
}
PAID = {**VERDICT, "balance_fen": 0, "balance": "0.00"}
ADMISSION: dict[str, Any] = {**_PARTY, "inside": [FIRST], "outside": [SECOND], "let_in": 1, "again": False}
SOLD = {**ADMISSION, "inside": [FIRST, SECOND], "outside": [], "balance_fen": 0, "balance": "0.00", "let_in": 2}
CONFLICT = {
    "number": NUMBER,
    "why": "already_in",
    "gate": "West gate",
    "at": "09-12 09:21",
    "words": "Let in before: at 09:20 at South gate.",
}
DAY: dict[str, Any] = {
    "date": "2026-09-12",
    "until": "2026-09-13T00:00:00+08:00",
    "early_minutes": 60,
    "keys": {"A": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="},
    "bookings": [
        {
            "number": NUMBER,
            "issue": 1,
            "experience": "Kyoho picking",
            "starts_at": "2026-09-12T09:30:00+08:00",
            "ends_at": "2026-09-12T11:30:00+08:00",
            "closed": "",
            "who": "李**",
            "balance_fen": 17600,
            "to_know": ["Does anybody have allergies?: walnuts"],
            "tickets": [
                {"key": FIRST, "kind": "Adult", "is_in": True},
                {"key": SECOND, "kind": "Adult", "is_in": False},
            ],
        }
    ],
    "gone": [{"number": "BV9XK1V8C3M2", "issue": 2}],
    "walk_ins": [
        {
            "slot": SLOT_ID,
            "experience": "Kyoho picking",
            "time": "09:30",
            "left": 7,
            "kinds": [{"code": "adult", "name": "Adult", "fen": 8800, "price": "88.00"}],
        }
    ],
    "conflicts": [CONFLICT],
}
TOLD = {
    "told": [
        {
            "nonce": NONCE,
            "people": 0,
            "conflict": "already_in",
            "words": "Let in before: at 09:20 at South gate.",
        }
    ],
    "conflicts": [CONFLICT],
}

NOT_OURS = refusal(
    400,
    "not_our_ticket",
    "",
    "This is no ticket of our farm.",
    "Ask for the booking's number, or look on today's list.",
)
UNKNOWN_TICKET = refusal(
    400,
    "unknown_ticket",
    "",
    "There is no booking with this number.",
    "Read it again, or look on today's list.",
)
NOT_LET_IN = refusal(
    409,
    "not_let_in",
    "",
    "Let in before: at 09:20 at South gate.",
    "Nobody else comes in with it.",
    verdict="already_in",
    look={
        **VERDICT,
        "code": "already_in",
        "green": False,
        "words": "Let in before: at 09:20 at South gate.",
        "advice": "Nobody else comes in with it.",
        "inside": [FIRST, SECOND],
        "outside": [],
        "waiting": [],
    },
)
TOO_MANY = refusal(
    409,
    "too_many",
    "",
    "Only 1 of this party are outside yet.",
    "Look at the code again and let in fewer.",
    outside=1,
)
NONCE_USED = refusal(
    409,
    "nonce_used",
    "",
    "This scan was counted for another booking.",
    "Scan the code again.",
)
NOTHING_TO_PAY = refusal(
    409,
    "wrong_state",
    "",
    f"Nothing is to be paid for booking {NUMBER}.",
    "Reload its page to see what can be done now.",
)
OTHER_SUM = refusal(
    409,
    "other_sum",
    "amount_fen",
    "It is ¥88.00 now.",
    "Tell them the new sum, then take it.",
    amount_fen=8800,
)
OLD_PAGE = refusal(
    400,
    "old_page",
    "amount_fen",
    "Nothing was sold: this page of the gate is an older one and does not say the sum.",
    "Reload the page, then sell again.",
)
SOLD_ALREADY = refusal(
    409,
    "sold_already",
    "",
    f"It was sold as booking {NUMBER}.",
    "Take the money, or ask the office to take the sale back.",
    number=NUMBER,
)
NOT_TODAY = refusal(
    409,
    "slot_not_open",
    "slot",
    "Places are sold at the gate on the day, until the visit ends.",
    "Choose one of today's visits that is not over.",
)
