"""What the staff's lists call the states of visits, and in which colour."""

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import escape
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tours import recurrence
from tours.models import Bill, Booking, Closure, ClosureOffer, Rebooking, WaitingParty


class Said(tuple[str, str]):
    """A state, which gives a list its colour, and its words, which are all that the row's own page shows."""

    def __html__(self) -> str:
        return escape(self[1])


BOOKING = {
    Booking.Status.HELD: _("held, unpaid"),
    Booking.Status.CONFIRMED: _("confirmed"),
    Booking.Status.ATTENDED: _("has come"),
    Booking.Status.NO_SHOW: _("did not come"),
    Booking.Status.CANCELLED: _("cancelled"),
    Booking.Status.EXPIRED: _("not paid in time"),
}
BOOKING_COLOURS = {
    "held": "info",
    "confirmed": "primary",
    "attended": "success",
    "no-show": "warning",
    "cancelled": "danger",
    "expired": "",
}
PLAN = {
    Booking.Plan.FULL: _("all at once"),
    Booking.Plan.DEPOSIT: _("a deposit first"),
    Booking.Plan.ARRIVAL: _("on arrival"),
}
CHANNEL = {
    Booking.Channel.WEB: _("website"),
    Booking.Channel.API: _("by API"),
    Booking.Channel.GATE: _("at the gate"),
    Booking.Channel.STAFF: _("by our staff"),
}
BILL = {
    Bill.Why.FULL: _("the whole price"),
    Bill.Why.DEPOSIT: _("the deposit"),
    Bill.Why.REMAINDER: _("the rest"),
    Bill.Why.DIFFERENCE: _("the difference of a change"),
}
CHANGE = {
    Rebooking.Status.HELD: _("waits for its payment"),
    Rebooking.Status.DONE: _("done"),
    Rebooking.Status.EXPIRED: _("not paid in time"),
    Rebooking.Status.DROPPED: _("given up"),
}
CLOSURE = {
    Closure.Status.OPEN: _("parties are choosing"),
    Closure.Status.SETTLED: _("settled"),
    Closure.Status.UNDONE: _("undone"),
}
CLOSURE_COLOURS = {"open": "warning", "settled": "success", "undone": ""}
OTHERWISE = {
    Closure.Otherwise.REFUND: _("all money goes back"),
    Closure.Otherwise.CREDIT: _("a credit for another visit"),
}
OFFER = {
    ClosureOffer.Status.WAITING: _("has not chosen"),
    ClosureOffer.Status.MOVED: _("another time"),
    ClosureOffer.Status.REFUNDED: _("money back"),
    ClosureOffer.Status.CREDITED: _("a credit"),
    ClosureOffer.Status.UNDONE: _("undone"),
}
OFFER_COLOURS = {"waiting": "warning", "moved": "success", "refunded": "info", "credited": "info", "undone": ""}
WAITING = {
    WaitingParty.Status.WAITING: _("waits"),
    WaitingParty.Status.OFFERED: _("seats offered"),
    WaitingParty.Status.BOOKED: _("booked"),
    WaitingParty.Status.LAPSED: _("ended unused"),
    WaitingParty.Status.LEFT: _("left the line"),
}
WAITING_COLOURS = {"waiting": "info", "offered": "warning", "booked": "success", "lapsed": "", "left": ""}
WEEKDAY_WORDS = {day: WEEKDAYS_ABBR[number] for number, day in enumerate(recurrence.WEEKDAYS_KNOWN)}


def recurrence_words(text: str) -> str:
    """The two ways in which nearly every rule recurs in words; any other as it is written."""
    if text == recurrence.EVERY_DAY:
        return _now("every day")
    days = recurrence.weekdays(text)
    if not days:
        return text
    named = pgettext("between days", ", ").join(str(WEEKDAY_WORDS[day]) for day in days)
    return _now("every week: %(days)s") % {"days": named}
