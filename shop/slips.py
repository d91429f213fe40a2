"""Draw the slip that lies in the parcel: what is in it, where and when it grew, a gift's words, and what it cost."""

import datetime as dt
import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from farm import ink
from farm.money import yuan
from shop import cards

# All lengths below are millimetres from the lower left corner, font sizes too.
LEFT, RIGHT = 7, 93
WIDE = RIGHT - LEFT
ROWS, ROW, FIRST_ROW = 6, 9.5, 104
COUNT, PRICE = 72, 93
GIFT_SIZE, GIFT_LINE, GIFT_LINES = 3.2, 4.8, 5


@dataclass(frozen=True)
class SlipLine:
    """So many boxes out of one lot, with what one costs."""

    box: str
    quantity: int
    lot: str
    harvested_on: dt.date
    price_fen: int


@dataclass(frozen=True)
class SlipFacts:
    """What a slip may know of one parcel: no person and no address, and no price on paper unless `shows_prices`."""

    order_number: str
    language: str
    ship_date: dt.date
    lines: tuple[SlipLine, ...]
    net_grams: int
    freight_fen: int
    total_fen: int
    shows_prices: bool
    gift_message: str = ""


def draw_slips(slips: list[SlipFacts]) -> bytes:
    """Return one PDF of 100 x 150 mm with the slips in the order given, each in its order's language.

    :raises ValueError: when there is no slip.
    """
    if not slips:
        raise ValueError("there is no slip to draw")
    pdf = io.BytesIO()
    page = ink.sheets(pdf, "Beizhen packing slips")
    for facts in slips:
        with override(facts.language):
            _draw(page, facts)
    page.save()
    return pdf.getvalue()


def _draw(page: Canvas, facts: SlipFacts) -> None:
    """Draw as many sheets as the lines need; what it adds up to and a gift's words stand on the last."""
    starts = range(0, len(facts.lines), ROWS)
    for sheet, start in enumerate(starts, start=1):
        page.addLiteral(ink.form(_draw_form))
        _draw_head(page, facts, f"{sheet}/{len(starts)}" if len(starts) > 1 else "")
        for row, line in enumerate(facts.lines[start : start + ROWS]):
            _draw_line(page, line, FIRST_ROW - row * ROW, facts.shows_prices)
        if sheet == len(starts):
            _draw_sums(page, facts)
            _draw_gift(page, facts.gift_message)
        page.showPage()


def _draw_form(page: Canvas) -> None:
    page.scale(mm, mm)
    ink.draw_grapes(page, LEFT + 1, 140)
    ink.write(page, LEFT + 8, 137, "北镇葡萄 Beizhen Grapes", 4.6, bold=True)
    page.setLineWidth(0.5)
    page.line(LEFT, 131, RIGHT, 131)
    page.setLineWidth(0.2)
    page.line(LEFT, 111, RIGHT, 111)


def _draw_head(page: Canvas, facts: SlipFacts, sheet: str) -> None:
    ink.write(page, LEFT, 123, _("Packing slip"), 5.6, bold=True)
    _write_right(page, RIGHT, 123, sheet, 4.2, bold=False)
    words = _("Order %(number)s") % {"number": facts.order_number}
    ink.write(page, LEFT, 115, ink.clipped(words, 3.8, 52), 3.8, bold=False)
    _write_right(page, RIGHT, 115, _("ships on %(date)s") % {"date": facts.ship_date}, 3.8, bold=False)


def _draw_line(page: Canvas, line: SlipLine, y: float, shows_price: bool) -> None:
    ink.write(page, LEFT, y, ink.clipped(line.box, 3.8, 56), 3.8, bold=True)
    _write_right(page, COUNT, y, f"×{line.quantity}", 3.8, bold=True)
    if shows_price:
        _write_right(page, PRICE, y, f"¥{yuan(line.price_fen * line.quantity)}", 3.4, bold=False)
    words = _("lot %(lot)s, harvested on %(date)s") % {"lot": line.lot, "date": line.harvested_on}
    ink.write(page, LEFT, y - 4.2, ink.clipped(words, 2.9, WIDE), 2.9, bold=False)


def _draw_sums(page: Canvas, facts: SlipFacts) -> None:
    page.setLineWidth(0.2)
    page.line(LEFT, 48, RIGHT, 48)
    boxes, kilos = sum(line.quantity for line in facts.lines), f"{facts.net_grams / 1000:.10g}"
    words = ngettext("%(boxes)s box, %(kilos)s kg net", "%(boxes)s boxes, %(kilos)s kg net", boxes)
    ink.write(page, LEFT, 42, words % {"boxes": boxes, "kilos": kilos}, 3.8, bold=True)
    if facts.shows_prices:
        _write_right(page, PRICE, 42, _("freight ¥%(freight)s") % {"freight": yuan(facts.freight_fen)}, 3.4, bold=False)
        _write_right(page, PRICE, 36, _("total ¥%(total)s") % {"total": yuan(facts.total_fen)}, 4.2, bold=True)


def _draw_gift(page: Canvas, message: str) -> None:
    """The giver's words in small print: the card shows them as large as they fit, in their own lines."""
    words = " ".join(cards.words_for(message).split())
    for row, line in enumerate(cards.wrapped(words, GIFT_SIZE, WIDE)[:GIFT_LINES]):
        ink.write(page, LEFT, 29 - row * GIFT_LINE, line, GIFT_SIZE, bold=False)


def _write_right(page: Canvas, x: float, y: float, words: str, size: float, *, bold: bool) -> None:
    ink.write(page, x - ink.width_of(words, size, bold=bold), y, words, size, bold=bold)
