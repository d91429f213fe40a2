"""The visit in a visitor's calendar: one event that keeps its name through changes and a cancelling."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm.money import yuan
from tours.models import Booking
from tours.papers import booking_words, party_words

if TYPE_CHECKING:
    from icalendar import Event

OVER = (Booking.Status.CANCELLED, Booking.Status.EXPIRED)


def calendar_file(booking: Booking, *, url: str = "", now: dt.datetime) -> bytes:
    """The booking as an iCalendar file in its language. Its UID never changes and its SEQUENCE rises with each issue
    of tickets, so a calendar moves or removes what it took in before. `url` leads to the booking's page.
    """
    from icalendar import Calendar, Event  # a tenth of a second that no web server's start waits for

    event = Event()
    with override(booking.language):
        _describe(event, booking, now)
    if url:
        event.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Beizhen Grapes//Farm visits//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if booking.status in OVER else "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _describe(event: "Event", booking: Booking, now: dt.datetime) -> None:
    slot = booking.slot
    event.add("uid", f"{booking.number}@visits.beizhen")
    event.add("sequence", booking.issue)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", localtime(slot.starts_at))
    event.add("dtend", localtime(slot.ends_at))
    event.add("summary", slot.experience.name)
    event.add("location", slot.experience.meeting_point)
    event.add("description", _description(booking))
    event.add("status", _status(booking))


def _description(booking: Booking) -> str:
    experience = booking.slot.experience
    lines = [booking_words(booking), _("Your party: %(party)s") % {"party": party_words(booking)}]
    if experience.bring:
        lines.append(_("Please bring: %(things)s") % {"things": ", ".join(experience.bring)})
    if booking.balance_fen and booking.status not in OVER:
        lines.append(_("To pay on arrival: ¥%(amount)s") % {"amount": yuan(booking.balance_fen)})
    return "\n".join(lines)


def _status(booking: Booking) -> str:
    if booking.status in OVER:
        return "CANCELLED"
    return "TENTATIVE" if booking.status == Booking.Status.HELD else "CONFIRMED"
