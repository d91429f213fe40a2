"""Example requests and answers for the documentation; a test checks each against its schema."""

from typing import Any

from farm.api.schema import refusal

NUMBER = "BZ7K3M9QF2XA"
TOKEN = "BZ7K3M9QF2XA:1xYzAb:4f6Jc0sWmQ1hT8uVbNqLrE2kXgPdZ9iOaRyUeIwMtKs"  # noqa: S105  # an example, signed by nobody
LINKS = {
    "self": f"/api/v1/orders/{TOKEN}",
    "pay": f"/api/v1/orders/{TOKEN}/payment",
    "page": f"/o/{TOKEN}/",
}
VARIETY = {"code": "kyoho", "name": "Kyoho", "taste": "Sweet and winy.", "skin": "purple", "keeps_days": 60}
BOX = {
    "sku": "kyoho-2500",
    "name": "Kyoho, 2.5 kg",
    "variety": "kyoho",
    "net_grams": 2500,
    "packing_units": 1,
    "price_fen": 6800,
    "max_per_order": 50,
    "is_gift": False,
    "season_from": "2026-08-20",
    "season_until": "2027-02-28",
}
DAY = {
    "date": "2026-09-10",
    "is_open": True,
    "left": 137,
    "limit": 500,
    "cut_off_at": "2026-09-09T20:00:00+08:00",
    "closed_reason": "",
}
DIVISION = {"code": "210700", "name": "锦州市", "has_parts": True}
LINE_IN = {"sku": "kyoho-2500", "quantity": 2}
PLACE = {"province": "辽宁省", "city": "锦州市", "district": "北镇市"}
ADDRESS = {"name": "王小明", "phone": "13812345678", **PLACE, "street": "闾山路12号3单元402室"}
QUOTE_IN = {"lines": [LINE_IN], "ship_date": "2026-09-10", "address": PLACE}
QUOTE = {
    "lines": [{"sku": "kyoho-2500", "name": "Kyoho, 2.5 kg", "quantity": 2, "price_fen": 6800, "sum_fen": 13600}],
    "boxes_fen": 13600,
    "freight_fen": 2400,
    "total_fen": 16000,
    "packing_units": 2,
    "net_grams": 5000,
    "arrives_on": "2026-09-11",
}
ORDER_IN = {
    "lines": [LINE_IN],
    "ship_date": "2026-09-10",
    "address": ADDRESS,
    "gift": {"message": "Happy birthday!", "hides_price": True, "buyer_phone": "13911112222"},
    "agreed_fen": 16000,
}
PLACED = {
    "number": NUMBER,
    "status": "placed",
    "boxes_fen": 13600,
    "freight_fen": 2400,
    "total_fen": 16000,
    "hold_until": "2026-09-08T10:15:00+08:00",
    "links": LINKS,
}
PARCEL = {
    "carrier": "simulated",
    "waybill_no": "SIM0012345678",
    "shipped_at": "2026-09-10T09:30:00+08:00",
    "promised_on": "2026-09-11",
    "delivered_at": None,
    "tracking": [
        {"at": "2026-09-10T09:40:00+08:00", "code": "collected", "place": "锦州市", "text": "The parcel was collected."}
    ],
}
TRACKING = {"number": NUMBER, "status": "shipped", "parcel": PARCEL}
ORDER: dict[str, Any] = {
    "number": NUMBER,
    "status": "paid",
    "parcel": None,
    "ship_date": "2026-09-10",
    "can_change_until": "2026-09-09T20:00:00+08:00",
    "name": "王**",
    "phone": "138******78",
    "buyer_phone": "139******22",
    **PLACE,
    "street": "闾山路***",
    "gift_message": "Happy birthday!",
    "hides_price": True,
    "packing_units": 2,
    "net_grams": 5000,
    "boxes_fen": 13600,
    "freight_fen": 2400,
    "total_fen": 16000,
    "placed_at": "2026-09-08T10:00:00+08:00",
    "hold_until": "2026-09-08T10:15:00+08:00",
    "was_extended": False,
    "paid_at": "2026-09-08T10:03:12+08:00",
    "lines": [
        {"sku": "kyoho-2500", "name": "Kyoho, 2.5 kg", "lot": "K-0903-A1", "quantity": 2, "price_fen": 6800},
    ],
    "events": [
        {"at": "2026-09-08T10:00:00+08:00", "what": "placed"},
        {"at": "2026-09-08T10:03:12+08:00", "what": "paid"},
    ],
    "links": LINKS,
}
EXTENDED = {
    **ORDER,
    "status": "placed",
    "hold_until": "2026-09-08T10:30:00+08:00",
    "was_extended": True,
    "paid_at": None,
    "events": [
        {"at": "2026-09-08T10:00:00+08:00", "what": "placed"},
        {"at": "2026-09-08T10:08:00+08:00", "what": "extended"},
    ],
}
PAYMENT = {
    "trade_no": "PT4T7Q2M9XK1V8C3HJ5N6B",
    "provider": "practice",
    "status": "pending",
    "amount_fen": 16000,
    "pay_url": "/cashier/PT4T7Q2M9XK1V8C3HJ5N6B/",
    "expires_at": "2026-09-08T10:15:00+08:00",
}


UNKNOWN_BOX = refusal(400, "unknown_box", "lines.0.sku", "There is no box “kyoho-9999”.", "Choose a box from the list.")
UNKNOWN_PLACE = refusal(
    400,
    "bad_address",
    "district",
    "“北镇县” is not a known place here.",
    "Did you mean: 北镇市?",
    suggestions=["北镇市"],
)
UNKNOWN_PROVIDER = refusal(
    400, "unknown_provider", "provider", "The farm does not take this way of paying.", "Choose one of: practice."
)
SOLD_OUT = refusal(
    409,
    "sold_out",
    "ship_date",
    "2026-09-10 has fewer boxes left than you want.",
    "The next dates with room: 2026-09-12.",
    next_dates=["2026-09-12"],
    left=1,
)
LARGER_THAN_A_DAY = refusal(
    409,
    "sold_out",
    "ship_date",
    "This is more than we pack on 2026-09-10 in all.",
    "The next dates with room: 2026-09-12.",
    next_dates=["2026-09-12"],
    left=20,
    limit=40,
)
TOTAL_CHANGED = refusal(
    409,
    "total_changed",
    "agreed_fen",
    "The total is ¥160.00 now, no longer ¥158.00: a price or the freight has changed.",
    "Nothing was ordered. Look at the new total, and order if it suits you.",
    total_fen=16000,
)
TOO_MUCH_UNPAID = refusal(
    409,
    "too_much_unpaid",
    "",
    "Boxes that were ordered with this phone number wait for their payment.",
    "Pay that order or cancel it, then order these.",
)
NOT_ENOUGH_FRUIT = refusal(
    409,
    "sold_out",
    "lines",
    "There is not enough Kyoho in the cold rooms for 2026-09-10.",
    "The next dates with enough for your order: 2026-09-14. Or order fewer boxes of it or another variety.",
    next_dates=["2026-09-14"],
)
UNKNOWN_SHOW = refusal(
    400, "unknown_show", "live", "There is no live show “nobody”.", "Order without it, or correct the code."
)
CLOSED = refusal(
    409,
    "date_not_open",
    "ship_date",
    "Orders for 2026-09-10 have closed.",
    "Choose a later ship date.",
)
TOO_LATE = refusal(
    409,
    "too_late",
    "",
    f"Order {NUMBER} can no longer be changed.",
    "Changes were possible until its cut-off; call the farm if something is wrong.",
)
