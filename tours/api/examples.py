"""Example requests and answers for the documentation; a test checks each against its schema."""

from typing import Any

NUMBER = "BV3F8K2M9QXA"
TOKEN = "BV3F8K2M9QXA:1xYzAb:4f6Jc0sWmQ1hT8uVbNqLrE2kXgPdZ9iOaRyUeIwMtKs"  # noqa: S105  # an example, signed by nobody
WAITING_TOKEN = "BW7C1D4H8JKT:1xYzAb:9iOaRyUeIwMtKs4f6Jc0sWmQ1hT8uVbNqLrE2kXgPdZ"  # noqa: S105  # as above
TICKET = "FT1.1.QlYzRjhLMk05UVhB.7Q2M9XK1V8C3.1.1789176600.c2lnbmVkIGJ5IG5vYm9keQ"
SLOT_ID, SUNDAY_ID = 4711, 4712
LINKS = {
    "self": f"/api/v1/bookings/{TOKEN}",
    "pay": f"/api/v1/bookings/{TOKEN}/payment",
    "tickets": f"/api/v1/bookings/{TOKEN}/tickets",
    "page": f"/v/{TOKEN}/",
}
EXPERIENCE = {
    "code": "picking",
    "name": "Kyoho picking",
    "summary": "Cut a bunch of Kyoho yourself",
    "duration_minutes": 120,
    "is_outdoor": True,
    "languages": ["zh", "en"],
    "min_party": 1,
    "max_party": 12,
}
TERMS = [{"hours": 48, "percent": 100}, {"hours": 24, "percent": 50}]
ADULT = {
    "code": "adult",
    "kind": "adult",
    "name": "Adult",
    "price_fen": 8800,
    "people": 1,
    "tickets": 1,
    "min_age": 13,
    "max_age": 99,
    "ages": "from 13 years",
    "needs_proof": False,
    "min_quantity": None,
    "max_quantity": None,
    "accompanied_by": [],
    "per_grown_up": None,
    "grown_ups": 1,
    "company": "",
}
INFANT = {
    **ADULT,
    "code": "infant",
    "kind": "infant",
    "name": "Infant",
    "price_fen": 0,
    "people": 0,
    "min_age": 0,
    "max_age": 3,
    "ages": "up to 3 years",
    "accompanied_by": ["adult", "family"],
    "per_grown_up": 2,
    "grown_ups": 0,
    "company": "with a grown-up, at most 2 for each grown-up",
}
WHOLE_EXPERIENCE: dict[str, Any] = {
    **EXPERIENCE,
    "story": "The oldest vines stand at the south gate.",
    "meeting_point": "Under the vines at the south gate",
    "included": ["Scissors and a basket", "One bunch to take home"],
    "bring": ["A hat"],
    "rules": ["Children up to 12 come with an adult."],
    "cut_off_minutes": 120,
    "plans": ["full", "deposit"],
    "deposit_percent": 30,
    "refund_terms": TERMS,
    "ticket_types": [ADULT, INFANT],
    "questions": [
        {"code": "allergies", "words": "Does anybody have allergies?", "is_required": False, "choices": []},
        {
            "code": "language",
            "words": "In which language?",
            "is_required": True,
            "choices": [{"code": "zh", "words": "Chinese"}, {"code": "en", "words": "English"}],
        },
    ],
    "waiver": {"version": "2026-09", "text": "Scissors are sharp. Children are watched by those they came with."},
}
SLOT: dict[str, Any] = {
    "id": SLOT_ID,
    "experience": "picking",
    "date": "2026-09-12",
    "starts_at": "2026-09-12T09:30:00+08:00",
    "ends_at": "2026-09-12T11:30:00+08:00",
    "cut_off_at": "2026-09-12T07:30:00+08:00",
    "status": "limited",
    "reason": "",
    "left": 7,
    "capacity": 20,
    "from_fen": 8800,
    "minimum_to_run": 0,
    "runs": "sure",
}
TIME = {
    "id": SLOT_ID,
    "experience": "picking",
    "name": "Kyoho picking",
    "meeting_point": "Under the vines at the south gate",
    "starts_at": "2026-09-12T09:30:00+08:00",
    "ends_at": "2026-09-12T11:30:00+08:00",
    "cut_off_at": "2026-09-12T07:30:00+08:00",
    "minimum_to_run": 0,
    "runs": "sure",
    "is_closed": False,
}
SUNDAY = {
    **TIME,
    "id": SUNDAY_ID,
    "starts_at": "2026-09-13T09:30:00+08:00",
    "ends_at": "2026-09-13T11:30:00+08:00",
    "cut_off_at": "2026-09-13T07:30:00+08:00",
}
PARTY = {"adult": 2, "infant": 1}
LINES = [
    {"ticket_type": "adult", "name": "Adult", "quantity": 2, "price_fen": 8800, "sum_fen": 17600},
    {"ticket_type": "infant", "name": "Infant", "quantity": 1, "price_fen": 0, "sum_fen": 0},
]
QUOTE_IN = {"slot": SLOT_ID, "party": PARTY, "plan": "full"}
QUOTE = {
    "slot": SLOT_ID,
    "people": 2,
    "lines": LINES,
    "plan": "full",
    "total_fen": 17600,
    "credit_fen": 0,
    "due_now_fen": 17600,
    "refund_terms": TERMS,
}
CONTACT = {"name": "李小红", "phone": "13987654321", "email": "li@example.com"}
ANSWERS: dict[str, Any] = {
    "plan": "full",
    "answers": {"allergies": "walnuts", "language": "en"},
    "waiver": "2026-09",
    "notes": "We come by train.",
}
BOOKING_IN = {"slot": SLOT_ID, "party": PARTY, "contact": CONTACT, **ANSWERS}
HELD: dict[str, Any] = {
    "number": NUMBER,
    "token": TOKEN,
    "status": "held",
    "hold_until": "2026-09-08T10:20:00+08:00",
    "total_fen": 17600,
    "due_now_fen": 17600,
    "links": LINKS,
}
BOOKING: dict[str, Any] = {
    **HELD,
    "status": "confirmed",
    "due_now_fen": 0,
    "slot": TIME,
    "people": 2,
    "party": LINES,
    "plan": "full",
    "name": "李小红",
    "phone": "139******21",
    "credit_fen": 0,
    "fee_fen": 0,
    "paid_fen": 17600,
    "balance_fen": 0,
    "may_be_extended": False,
    "held_at": "2026-09-08T10:00:00+08:00",
    "confirmed_at": "2026-09-08T10:03:12+08:00",
    "cancelled_at": None,
    "refund_terms": TERMS,
    "waiver": "2026-09",
    "change": None,
    "weather_note": "Sunny, 14 to 24 °C.",
    "rain": None,
    "events": [
        {"at": "2026-09-08T10:00:00+08:00", "what": "held"},
        {"at": "2026-09-08T10:03:12+08:00", "what": "confirmed"},
    ],
}
EXTENDED = {**BOOKING, **HELD, "hold_until": "2026-09-08T10:40:00+08:00", "paid_fen": 0, "confirmed_at": None}
CANCELLED = {**BOOKING, "status": "cancelled", "cancelled_at": "2026-09-09T08:00:00+08:00", "paid_fen": 0}
MOVED = {**BOOKING, "slot": SUNDAY}
RAINED_OUT = {
    **BOOKING,
    "slot": {**TIME, "is_closed": True},
    "rain": {
        "reason": "heavy rain",
        "answer_until": "2026-09-13T17:00:00+08:00",
        "otherwise": "refund",
        "alternatives": [SUNDAY],
    },
}
CHANGE_IN = {"slot": SUNDAY_ID, "party": {"adult": 3}}
CHANGE = {
    "slot": SUNDAY_ID,
    "people": 3,
    "lines": [{"ticket_type": "adult", "name": "Adult", "quantity": 3, "price_fen": 8800, "sum_fen": 26400}],
    "total_fen": 26400,
    "difference_fen": 8800,
    "due_first_fen": 8800,
    "refund_fen": 0,
    "credit_fen": 0,
    "fee_fen": 0,
    "must_be_paid_first": True,
}
CHANGE_WAITS = {
    **BOOKING,
    "due_now_fen": 8800,
    "change": {
        "slot": SUNDAY,
        "party": {"adult": 3},
        "total_fen": 26400,
        "due_fen": 8800,
        "hold_until": "2026-09-08T11:20:00+08:00",
    },
}
RETURN = {"percent": 50, "money_fen": 8800, "credit_fen": 0, "fee_fen": 8800}
TICKETS = {
    "number": NUMBER,
    "party": TICKET,
    "tickets": [{"token": TICKET, "ticket_type": "adult", "name": "Adult", "let_in_at": None}],
}
SENT_AGAIN = {"phone": "139******21", "has_email": True}
PAYMENT = {
    "trade_no": "PT4T7Q2M9XK1V8C3HJ5N6B",
    "provider": "practice",
    "status": "pending",
    "amount_fen": 17600,
    "pay_url": "/cashier/PT4T7Q2M9XK1V8C3HJ5N6B/",
    "expires_at": "2026-09-08T10:20:00+08:00",
}
WAITING_IN = {"slot": SLOT_ID, "party": PARTY, "contact": CONTACT}
WAITING: dict[str, Any] = {
    "number": "BW7C1D4H8JKT",
    "token": WAITING_TOKEN,
    "status": "waiting",
    "slot": TIME,
    "party": PARTY,
    "people": 2,
    "place": 3,
    "joined_at": "2026-09-08T10:00:00+08:00",
    "offered_until": None,
    "booking": None,
    "links": {"self": f"/api/v1/waiting-parties/{WAITING_TOKEN}", "page": f"/w/{WAITING_TOKEN}/"},
}
LEFT = {**WAITING, "status": "left", "place": None}
