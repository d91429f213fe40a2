"""What people call the codes that rows are written in: reasons, ways to pay, kinds of work, and names like `order:BZ…`.

Codes stay codes in the database; staff read these words, each in their own language.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farm import history
from farm.language import in_readers_language
from farm.money import in_yuan

LANGUAGE = {"zh-hans": _("Chinese"), "en": _("English")}
PROVIDER = {"practice": _("practice cashier"), "desk": _("desk")}
CARRIER = {"simulated": _("practice carrier"), "manual": _("waybills by hand")}
REFUND = {
    "cancelled": _("cancelled"),
    "late": _("money came too late"),
    "double": _("paid twice"),
    "wrong amount": _("wrong amount"),
    "changed": _("changed"),
    "damage": _("damaged fruit"),
}
"""Why money goes back; what stands after such a word, as in `damage BD…`, tells two of one kind apart."""
MOVEMENT = {
    "placed": _("placed"),
    "held": _("held"),
    "ordered": _("ordered"),
    "booked": _("booked"),
    "offered": _("offered"),
    "changed": _("changed"),
    "change held": _("held for a change"),
    "done": _("change done"),
    "dropped": _("change given up"),
    "walk-in": _("came without booking"),
    "cancelled": _("cancelled"),
    "expired": _("hold ended"),
    "lapsed": _("ended unused"),
    "left": _("left the line"),
    "rain": _("rained out"),
    "rain undone": _("held after all"),
}
WORK = {
    "farm.tasks.refund": _("send money back"),
    "farm.tasks.check_statement": _("compare a statement"),
    "farm.tasks.send_notice": _("send a notice"),
    "shop.tasks.pick": _("pick"),
    "shop.tasks.pack": _("pack"),
    "shop.tasks.label": _("get the label"),
    "shop.tasks.ship": _("hand over to the carrier"),
}
TOPIC = {
    "day.closed": _("day closed"),
    "day.lifted": _("day no longer closed"),
    "ship_date.changed": _("ship date changed"),
    "lot.changed": _("lot changed"),
    "order.placed": _("order placed"),
    "order.paid": _("order paid"),
    "order.moved": _("order moved"),
    "order.packed": _("order packed"),
    "order.shipped": _("order shipped"),
    "order.delivered": _("order delivered"),
    "order.cancelled": _("order cancelled"),
    "boxes.offered": _("boxes offered"),
    "boxes.lapsed": _("offer of boxes ended"),
    "damage.reported": _("damage reported"),
    "damage.answered": _("damage answered"),
    "payment.captured": _("money came in"),
    "payment.refunded": _("money went back"),
    "refund.due": _("money is to go back"),
    "booking.confirmed": _("booking confirmed"),
    "booking.changed": _("booking changed"),
    "booking.cancelled": _("booking cancelled"),
    "booking.rained_out": _("booking rained out"),
    "booking.rain_undone": _("booking held after all"),
    "credit.given": _("credit given"),
    "slot.sure": _("time will be held"),
    "slot.called_off": _("time called off"),
    "party.offered": _("seats offered"),
    "party.lapsed": _("offer of seats ended"),
}
THING = {
    "order": _("order"),
    "booking": _("booking"),
    "in-line": _("waiting order"),
    "arrivals": _("parcels promised for"),
    "waiting": _("waiting party"),
    "refund": _("refund"),
    "rule": _("schedule rule"),
    "experience": _("experience"),
    "sign-in": _("sign-in code"),
}
DETAIL = {
    "amount_fen": _("amount"),
    "refund_fen": _("goes back"),
    "fee_fen": _("fee"),
    "given_fen": _("paid"),
    "saved_fen": _("saved"),
    "granted_fen": _("granted"),
    "payment": _("payment"),
    "payable": _("for what"),
    "number": _("number"),
    "why": _("why"),
    "reason": _("reason"),
    "how": _("how it was paid"),
    "people": _("people"),
    "party": _("party"),
    "gate": _("gate"),
    "slots": pgettext_lazy("how many", "times"),
    "slot": _("time"),
    "was": _("before"),
    "now": _("now"),
    "wave": _("pick wave"),
    "from_wave": _("left pick wave"),
    "left_wave": _("left pick wave (internal number)"),
    "carrier": _("carrier"),
    "waybill_no": _("waybill"),
    "report": _("damage report"),
    "photos": _("photos"),
    "answer": _("answer"),
    "notice": _("notice"),
    "date": _("date"),
    "what": _("what happened"),
    "by": _("done by"),
    "refund_no": _("refund"),
    "provider": _("provider"),
    "code": _("code"),
    "lot": _("lot"),
    "offer": _("choice"),
    "tries": _("attempts"),
    "until": _("of use until"),
    "moved_at": _("moved at"),
}
HOW = {"cash": _("cash"), "qr": _("the farm's own QR code")}
CHANGE = {
    "added": _("added"),
    "closed": pgettext_lazy("done", "closed"),
    "reopened": _("reopened"),
    "limit": _("limit"),
    "cut-off": _("cut-off"),
    "withdrawn": _("withdrawn"),
    "on sale again": _("on sale again"),
    "best before": _("best before"),
}
TAKEN_APART = {
    "spoilt": _("a box is spoilt or missing"),
    "mistake": _("a step was taken by mistake"),
    "wish": _("the customer wishes something else"),
}
VALUES: dict[str, Mapping[str, Any]] = {
    "how": HOW,
    "carrier": CARRIER,
    "provider": PROVIDER,
    "by": history.WHO,
    "reason": TAKEN_APART,
}


def language(code: str) -> str:
    """The language in which somebody is written to."""
    return str(LANGUAGE.get(code, code))


def provider(name: str) -> str:
    """Who takes the money."""
    return str(PROVIDER.get(name, name))


def carrier(name: str) -> str:
    """Who brings the parcel."""
    return str(CARRIER.get(name, name))


def work(kind: str) -> str:
    """What a job does."""
    return str(WORK.get(kind, kind))


def topic(name: str) -> str:
    """What a message tells."""
    return str(TOPIC.get(name, name))


def reason(code: str) -> str:
    """Why something moved or goes back, with what tells it from another of its kind."""
    known = REFUND | MOVEMENT
    word, _space, rest = code.partition(" ")
    if code in known or word not in known:
        return str(known.get(code, code))
    return f"{known[word]} {rest}"


def thing(name: str) -> str:
    """What a name such as `order:BZ…` or `shop.lot:17` stands for; as it is, when nobody knows its kind."""
    kind, _colon, key = name.partition(":")
    if kind in THING:
        return f"{THING[kind]} {key}".rstrip()
    model = next((model for model in apps.get_models() if key and model._meta.label_lower == kind), None)
    return f"{model._meta.verbose_name} #{key}" if model else name


def facts(said: Mapping[str, Any]) -> list[str]:
    """What an event or a message says beside its name, one line for each fact."""
    told = ((name, value) for name, value in said.items() if value not in ("", None))
    return [f"{DETAIL.get(name, name)}: {_fact(name, value)}" for name, value in told]


def _fact(name: str, value: Any) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return in_yuan(value)
    if name == "party":  # kept in both languages
        return in_readers_language(*value)
    if name in VALUES:
        return str(VALUES[name].get(value, value))
    say = SAID.get(name, str)
    return say(str(value))


def _change(value: str) -> str:
    """What was done to a row: `closed`, or `limit` with the new one."""
    word = next((word for word in CHANGE if value == word or value.startswith(f"{word} ")), "")
    return f"{CHANGE[word]}{value.removeprefix(word)}" if word else value


def _moment(value: str) -> str:
    """A day stays one, a moment is told by the farm's clock."""
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at.tzinfo else value


MOMENTS = ("was", "now", "until", "moved_at")
SAID = {"why": reason, "payable": thing, "what": _change, **dict.fromkeys(MOMENTS, _moment)}
