"""Example requests and answers of the staff's doors; a test checks each against its schema."""

from typing import Any

from farm.api.schema import Refusal, refusal
from shop.api.examples import NUMBER as NUMBER

DAY = {
    "date": "2026-09-10",
    "limit": 500,
    "taken": 363,
    "left": 137,
    "is_closed": False,
    "reason_zh": "",
    "reason_en": "",
    "cut_off_at": "2026-09-09T20:00:00+08:00",
}
LOT_IN = {
    "code": "K-0903-A1",
    "variety": "kyoho",
    "cold_room": "C1",
    "grower": "李家庄合作社",
    "block": "A-1",
    "harvested_on": "2026-09-03",
    "best_before": "2026-11-02",
    "net_grams": 1500000,
}
LOT = {**LOT_IN, "promised_grams": 5000, "is_withdrawn": False}
WAVE = {"id": 17, "ship_date": "2026-09-10", "number": 1, "planned_at": "2026-09-10T04:30:00+08:00"}
PICK_LINE = {
    "cold_room": "C1",
    "lot": "K-0903-A1",
    "sku": "kyoho-2500",
    "name": "Kyoho, 2.5 kg",
    "boxes": 214,
    "orders": 163,
}
ORDER = {
    "number": NUMBER,
    "status": "planned",
    "ship_date": "2026-09-10",
    "wave": 17,
    "name": "王**",
    "phone": "138******78",
    "buyer_phone": "138******78",
    "province": "辽宁省",
    "city": "锦州市",
    "packing_units": 2,
    "net_grams": 5000,
    "total_fen": 16000,
    "placed_at": "2026-09-08T10:00:00+08:00",
    "paid_at": "2026-09-08T10:03:12+08:00",
}
MOVED = {**ORDER, "status": "paid", "ship_date": "2026-09-12", "wave": None}
TAKEN_APART = {**ORDER, "status": "paid", "wave": None}
CANCELLED = {**ORDER, "status": "cancelled", "wave": None}
LIMIT_TOO_LOW = refusal(
    409,
    "limit_too_low",
    "limit",
    "363 packing units are promised on 2026-09-10 already.",
    "Set the limit to 363 or more, or move orders to another date first.",
)
NOTHING_TO_CHANGE = refusal(
    409, "nothing_to_change", "", "Lot K-0903-A1 was changed already.", "Reload the list of lots."
)
LOT_KNOWN: Refusal = refusal(
    409, "lot_known", "code", "There is a lot K-0903-A1 already.", "Give this one another code."
)
BAD_WAYBILL = refusal(
    400,
    "bad_waybill",
    "waybill_no",
    "“??” is no waybill number.",
    "Type the 6 to 32 letters and digits under the barcode of the waybill.",
)
UNSOUND_LOT = refusal(
    409,
    "unsound_lot",
    "",
    f"A lot of order {NUMBER} is withdrawn, or over before it arrives.",
    "Set its boxes aside and choose “Take apart”; then move or cancel the order.",
)
NOTHING_WRONG = refusal(
    409,
    "nothing_wrong",
    "",
    f"All lots of order {NUMBER} are sound.",
    "Go on with it, or say why it has to be taken apart all the same.",
)
RECIPIENT = {
    "name": "王小明",
    "phone": "13812345678",
    "province": "辽宁省",
    "city": "锦州市",
    "district": "北镇市",
    "street": "闾山路12号3单元402室",
}
NO_ADDRESS_NEEDED = refusal(
    409,
    "no_address_needed",
    "",
    f"The carrier of order {NUMBER} has the address already.",
    "Print its label: it shows all that the driver needs.",
)
NO_SLIP_YET = refusal(
    409, "no_slip_yet", "", f"Not planned yet: {NUMBER}.", "An order has a packing slip from the moment it is planned."
)
NO_STICKERS_YET = refusal(
    409,
    "no_stickers_yet",
    "",
    f"Not planned yet: {NUMBER}.",
    "An order's boxes have stickers from the moment it is planned.",
)


def page_of(row: dict[str, Any]) -> dict[str, Any]:
    return {"next": "https://grapes.example/api/v1/staff/orders?cursor=cD0xMjM0", "previous": None, "results": [row]}
