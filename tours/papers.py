"""Tickets on paper: one A4 sheet with the party's code and the first six tickets to cut out, more on the next ones."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from farm import ink
from farm.language import in_readers_language
from farm.money import yuan
from farm.refusals import Refused
from tours import tickets
from tours.models import Booking, Slot, Ticket

# All lengths below are millimetres from the lower left corner, font sizes too.
LEFT, RIGHT, TOP = 12, 198, 285
QR_DOT = 0.125
PARTY_QR, PARTY_QR_X, PARTY_QR_Y = 62, 136, 196
FACTS_WIDE, FACT_STEP, LINE = 118, 12.4, 5.4
SLIP_WIDE, SLIP_HIGH, SLIP_QR = 93, 46, 41
FIRST_SLIPS, MORE_SLIPS = 6, 12
SLIPS_TOP = 150
BRING_LINES = 6


class NoTickets(Refused):
    code = "no_tickets"
    conflict = True


def pdf(booking: Booking) -> bytes:
    """The party's tickets in its language, as a PDF; the same tickets give the same bytes. Queries do not grow.

    :raises NoTickets: while it is not sure yet, or no more.
    """
    if booking.status not in (Booking.Status.CONFIRMED, Booking.Status.ATTENDED, Booking.Status.NO_SHOW):
        raise NoTickets(
            _("Booking %(number)s has no tickets.") % {"number": booking.number},
            advice=_("Tickets are made when it is paid, and end when it is cancelled."),
        )
    slips = list(booking.tickets.filter(issue=booking.issue).select_related("unit__ticket_type").order_by("pk"))
    with override(booking.language):
        return _drawn(booking, slips)


def party_words(booking: Booking) -> str:
    """Who comes, as papers say it: `Adult ×2, Child ×1`, in the reader's language."""
    return kinds_words(unit.ticket_type.name for unit in booking.units.select_related("ticket_type"))


def kinds_words(names: Iterable[str]) -> str:
    return ", ".join(f"{name} ×{quantity}" for name, quantity in Counter(names).items())


def booking_words(booking: Booking) -> str:
    return _("Booking %(number)s") % {"number": booking.number}


def date_words(slot: Slot) -> str:
    return date_format(localtime(slot.starts_at), in_readers_language("Y年n月j日 l", "l, j F Y"))


def time_words(slot: Slot) -> str:
    return f"{localtime(slot.starts_at):%H:%M}-{localtime(slot.ends_at):%H:%M}"


def qr_image(words: str) -> str:
    """A code to show on a page, as the address of an image: small, and sharp at every size that shows its pixels."""
    return str(ink.qr(words).png_data_uri(border=4, scale=4))


def _drawn(booking: Booking, slips: Sequence[Ticket]) -> bytes:
    paper = io.BytesIO()
    page = ink.sheets_for_anybody(paper, _("Beizhen farm visit %(number)s") % {"number": booking.number}, ink.A4)
    page.scale(mm, mm)
    _draw_party(page, booking)
    _draw_slips(page, booking, slips[:FIRST_SLIPS], SLIPS_TOP, 0)
    page.showPage()
    for first in range(FIRST_SLIPS, len(slips), MORE_SLIPS):
        page.scale(mm, mm)
        _draw_slips(page, booking, slips[first : first + MORE_SLIPS], TOP + 2, first)
        page.showPage()
    page.save()
    return paper.getvalue()


def _draw_party(page: Canvas, booking: Booking) -> None:
    slot = booking.slot
    ink.draw_grapes(page, LEFT + 1, TOP - 2.4)
    ink.write(page, LEFT + 8, TOP - 5, "北镇葡萄 Beizhen Grapes", 5, bold=True)
    number = booking_words(booking)
    ink.write(page, RIGHT - ink.width_of(number, 4.4), TOP - 5, number, 4.4, bold=True)
    page.setLineWidth(0.4)
    page.line(LEFT, TOP - 9, RIGHT, TOP - 9)
    ink.write(page, LEFT, TOP - 20, *_fitted(slot.experience.name, 9, FACTS_WIDE), bold=True)
    ink.write(page, LEFT, TOP - 30, *_fitted(f"{date_words(slot)}  {time_words(slot)}", 6, FACTS_WIDE), bold=True)
    _draw_facts(page, booking, TOP - 41)
    _draw_code(page, booking)
    if booking.balance_fen:
        _draw_balance(page, booking)


def _draw_facts(page: Canvas, booking: Booking, y: float) -> None:
    experience = booking.slot.experience
    for label, words in ((_("Meeting point"), experience.meeting_point), (_("Your party"), party_words(booking))):
        ink.write(page, LEFT, y, label, 3.2, bold=False)
        lines = ink.in_two_lines(words, 4.4, FACTS_WIDE)
        for row, line in enumerate(lines):
            ink.write(page, LEFT, y - 5.6 - row * LINE, line, 4.4, bold=True)
        y -= FACT_STEP + LINE * len(lines[1:])
    if not experience.bring:
        return
    ink.write(page, LEFT, y, _("Please bring"), 3.2, bold=False)
    for row, line in enumerate(experience.bring[:BRING_LINES]):
        ink.write(page, LEFT, y - 5.6 - row * LINE, ink.clipped(f"- {line}", 4.2, FACTS_WIDE), 4.2, bold=False)


def _draw_code(page: Canvas, booking: Booking) -> None:
    """The code that lets in everybody at once, and what it is."""
    ink.draw_qr(page, tickets.party_token(booking), PARTY_QR_X, PARTY_QR_Y, PARTY_QR, dot=QR_DOT)
    middle = PARTY_QR_X + PARTY_QR / 2
    words, size = _fitted(_("The whole party with one code"), 4.4, PARTY_QR)
    ink.write_centred(page, middle, PARTY_QR_Y - 4, words, size, bold=True)
    words, size = _fitted(_("or each person with the ticket below"), 3.4, PARTY_QR)
    ink.write_centred(page, middle, PARTY_QR_Y - 9.5, words, size, bold=False)


def _draw_balance(page: Canvas, booking: Booking) -> None:
    words = _("To pay on arrival: ¥%(amount)s") % {"amount": yuan(booking.balance_fen)}
    page.setLineWidth(0.6)
    page.roundRect(PARTY_QR_X, 166, PARTY_QR, 12, 2, stroke=1, fill=0)
    words, size = _fitted(words, 5, PARTY_QR - 6)
    ink.write_centred(page, PARTY_QR_X + PARTY_QR / 2, 170.2, words, size, bold=True)


def _draw_slips(page: Canvas, booking: Booking, slips: Sequence[Ticket], top: float, before: int) -> None:
    """Draw tickets in two columns, with a dashed line around each to cut along."""
    page.setLineWidth(0.2)
    page.setDash(1.2, 1.2)
    for place in range(len(slips)):
        x, y = _corner(place, top)
        page.rect(x, y, SLIP_WIDE, SLIP_HIGH, stroke=1, fill=0)
    page.setDash()
    for place, ticket in enumerate(slips):
        _draw_slip(page, booking, ticket, _corner(place, top), before + place + 1)


def _draw_slip(page: Canvas, booking: Booking, ticket: Ticket, corner: tuple[float, float], person: int) -> None:
    x, y = corner
    slot, wide = booking.slot, SLIP_WIDE - SLIP_QR - 6
    ink.draw_qr(page, tickets.token_of(ticket, booking), x + 2, y + 2.5, SLIP_QR, dot=QR_DOT)
    left = x + SLIP_QR + 3
    ink.write(page, left, y + 37, *_fitted(ticket.unit.ticket_type.name, 5.6, wide), bold=True)
    ink.write(page, left, y + 29, *_fitted(slot.experience.name, 4, wide), bold=False)
    ink.write(page, left, y + 22.5, *_fitted(date_words(slot), 4, wide), bold=False)
    ink.write(page, left, y + 16, time_words(slot), 4.6, bold=True)
    ink.write(page, left, y + 9.5, booking.number, 3.6, bold=False)
    ages = ticket.unit.ticket_type.ages
    words = _("Ticket %(person)s") % {"person": person}
    ink.write(page, left, y + 4, *_fitted(f"{words} · {ages}" if ages else words, 3.2, wide), bold=False)


def _corner(place: int, top: float) -> tuple[float, float]:
    row, column = divmod(place, 2)
    return LEFT + column * SLIP_WIDE, top - (row + 1) * SLIP_HIGH


def _fitted(words: str, size: float, wide: float) -> tuple[str, float]:
    """The words at the largest size at which they fit, cut when even the smallest is too wide."""
    fitting = ink.fitting(words, size, wide)
    return ink.clipped(words, fitting, wide), fitting
