"""The words in which histories are read: what happened to a row, and at whose hand."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

WHAT = {
    "placed": _("placed"),
    "paid": _("paid"),
    "paid again": _("back to paid, out of its pick wave"),
    "planned": _("planned"),
    "picked": _("picked"),
    "packed": _("packed"),
    "shipped": _("shipped"),
    "delivered": _("delivered"),
    "cancelled": _("cancelled"),
    "expired": _("hold ended"),
    "refunded": _("refunded"),
    "date changed": _("date changed"),
    "address changed": _("address changed"),
    "address shown": _("address shown"),
    "waybill written": _("waybill written"),
    "lots changed": _("lots changed"),
    "late money": _("late money"),
    "paid twice": _("paid twice"),
    "wrong amount": _("wrong amount"),
    "started": _("an attempt to pay"),
    "captured": _("money came in"),
    "failed": _("failed"),
    "closed": _("the attempt is over"),
    "due": _("due to go back"),
    "done": _("done"),
    "refused": _("refused"),
    "held": _("held"),
    "confirmed": _("confirmed"),
    "extended": _("extended"),
    "reported": _("reported"),
    "granted": _("granted"),
    "damage reported": _("damage reported"),
    "damage answered": _("damage answered"),
    "changed": _("changed"),
    "let in": _("let in"),
    "not let in": _("let in by mistake"),
    "attended": _("attended"),
    "no-show": _("did not come"),
    "open": _("parties are choosing"),
    "settled": _("settled"),
    "undone": _("undone"),
    "waiting": _("waiting"),
    "moved": _("another time"),
    "credited": _("a credit"),
    "dropped": _("given up"),
    "offered": _("offered"),
    "booked": _("booked"),
    "ordered": _("ordered"),
    "lapsed": _("ended unused"),
    "left": _("left the line"),
}
LEAVES_WAVE = {"from_wave", "left_wave"}
"""Details of an order that is paid again because it left its wave: nobody paid then. `left_wave` is an older row's."""
NOTHING = _("nothing")
WHO = {"system": _("system"), "customer": _("customer"), "visitor": _("visitor")}


def what(word: str) -> str:
    """An event's word as people read it; a word nobody listed is shown as it was written."""
    return str(WHAT.get(word, word))


def happened(word: str, details: Iterable[str]) -> str:
    """An event as people read it, by its word and the names of its details."""
    return what("paid again" if LEAVES_WAVE.intersection(details) else word)


def who(name: str) -> str:
    """Who did it: the house's own names in the reader's language, a staff member's as it is."""
    return str(WHO.get(name, name))
