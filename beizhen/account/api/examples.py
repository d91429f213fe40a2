"""Example requests and answers for the documentation; a test checks each against its schema."""

from typing import Any

from farm import consents
from farm.api.schema import refusal
from shop.api import examples as shop
from tours.api import examples as tours

TICKET = "17:1xYzAb:4f6Jc0sWmQ1hT8uVbNqLrE2kXgPdZ9iOaRyUeIwMtKs"
CODE_IN = {"contact": "138 1234 5678"}
CODE = {"ticket": TICKET, "to": "138******78", "ends_at": "2026-09-08T10:10:00+08:00"}
SIGN_IN_IN = {"ticket": TICKET, "code": "246810"}
CUSTOMER = {"contact": "138******78", "language": "zh-hans", "gets_news": False}
ENDS_AT = "2026-10-08T10:01:00+08:00"
SIGNED_IN = {"access_token": "c2lnbmVkIGJ5IG5vYm9keSwganVzdCBhbiBleGFtcGxl", "ends_at": ENDS_AT, "customer": CUSTOMER}
SIGN_IN = {"device": "iPhone", "at": "2026-09-08T10:01:00+08:00", "ends_at": ENDS_AT}
ORDER: dict[str, Any] = {
    "number": shop.NUMBER,
    "status": "shipped",
    "placed_at": "2026-09-08T10:00:00+08:00",
    "ship_date": "2026-09-10",
    "total_fen": 16000,
    "lines": [{"sku": "kyoho-2500", "name": "Kyoho, 2.5 kg", "quantity": 2}],
    "links": shop.LINKS,
}
BOOKING: dict[str, Any] = {
    "number": tours.NUMBER,
    "status": "confirmed",
    "experience": "picking",
    "name": "Kyoho picking",
    "starts_at": "2026-09-12T09:30:00+08:00",
    "people": 2,
    "total_fen": 17600,
    "links": {"self": tours.LINKS["self"], "page": tours.LINKS["page"]},
}
KEPT = {"id": 3, **shop.ADDRESS, "is_default": True}
SAID = {
    "what": "marketing",
    "is_given": True,
    "version": consents.VERSION,
    "text": "Beizhen Grapes may write to me about the harvest and about offers, a few times a year.",
    "at": "2026-09-08T10:02:00+08:00",
}
CONSENTS = {"wording": SAID["text"], "version": consents.VERSION, "is_given": True, "said": [SAID]}
EXPORT: dict[str, Any] = {
    "made_at": "2026-09-08T10:05:00+08:00",
    "customer": {"phone": "13812345678", "email": None, "name": "王小明", "language": "zh-hans"},
    **{name: [] for name in ("sign_ins", "consents", "messages", "addresses", "orders", "waiting_orders", "bookings")},
    "waiting_parties": [],
    "credits": [],
}

BAD_CONTACT = refusal(
    400,
    "bad_contact",
    "contact",
    "This is neither a mobile number in mainland China nor a mail address.",
    "Write 11 digits, for example 138 1234 5678, or an address like name@example.com.",
)
ENOUGH = refusal(
    409,
    "enough_codes",
    "",
    "Many codes were asked for here.",
    "Use the newest one you got, or try again tomorrow.",
)
WRONG_CODE = refusal(
    400,
    "wrong_code",
    "code",
    "These are not the digits we sent.",
    "Look at the newest message: 4 tries are left.",
)
CODE_OVER = refusal(409, "code_over", "code", "This code is over.", "Ask for a new one.")
TOO_MANY_ADDRESSES = refusal(
    409, "too_many_addresses", "", "You keep 20 addresses already.", "Remove one that you do not need."
)
UNDER_WAY = refusal(
    409,
    "still_under_way",
    "",
    f"Order {shop.NUMBER} is still under way.",
    "Wait until it is over, or cancel it; then delete your data.",
)
SIGN_IN_AGAIN = refusal(
    409, "sign_in_again", "", "You signed in a while ago.", "Sign in again, so that we know it is you."
)
NOT_UNDERSTOOD = refusal(
    400, "not_understood", "understood", "Nothing was deleted.", "Send true: nobody can bring it back."
)
