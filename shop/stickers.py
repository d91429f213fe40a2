"""Draw the sticker of each box: the QR code of its passport, what is in it, and until when it keeps."""

import datetime as dt
import io
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from farm import ink

# All lengths below are millimetres from the lower left corner, font sizes too.
STICKER = (60, 40)
QR_SIDE, QR_DOT = 29, 0.125
LEFT, RIGHT, MIDDLE = 32, 58, 16.5
WIDE = RIGHT - LEFT


@dataclass(frozen=True)
class StickerFacts:
    """What stands on the boxes of one line: neither person nor order, only the number's end for the packer."""

    address: str
    language: str
    box: str
    lot: str
    harvested_on: dt.date
    best_before: dt.date
    order_end: str
    boxes: int


def draw_stickers(stickers: list[StickerFacts]) -> bytes:
    """Return one PDF of 60 x 40 mm with a page for every box, in the order given.

    :raises ValueError: when there is no sticker.
    """
    if not stickers:
        raise ValueError("there is no sticker to draw")
    pdf = io.BytesIO()
    page = ink.sheets(pdf, "Beizhen box stickers", STICKER)
    for facts in stickers:
        with override(facts.language):
            _draw(page, facts)
    page.save()
    return pdf.getvalue()


def _draw(page: Canvas, facts: StickerFacts) -> None:
    """What is alike on the boxes of a line is drawn once."""
    alike = ink.drawn(partial(_draw_alike, facts=facts))
    for box in range(1, facts.boxes + 1):
        page.addLiteral(alike)
        words = f"…{facts.order_end} · {box}/{facts.boxes}"
        ink.write(page, RIGHT - ink.width_of(words, 2.4, bold=False), 4, words, 2.4, bold=False)
        page.showPage()


def _draw_alike(page: Canvas, facts: StickerFacts) -> None:
    page.scale(mm, mm)
    ink.draw_qr(page, facts.address, 2, 8.5, QR_SIDE, dot=QR_DOT)
    words = _("Scan: where they grew")
    ink.write_centred(page, MIDDLE, 4, words, ink.fitting(words, 2.8, QR_SIDE), bold=True)
    for row, line in enumerate(ink.in_two_lines(facts.box, 3.4, WIDE)):
        ink.write(page, LEFT, 33 - row * 4.2, line, 3.4, bold=True)
    for row, (name, value) in enumerate(_facts(facts)):
        ink.write(page, LEFT, 23.4 - row * 6.4, name, 2.1, bold=False)
        ink.write(page, LEFT, 20.4 - row * 6.4, ink.clipped(value, 3, WIDE), 3, bold=True)


def _facts(facts: StickerFacts) -> list[tuple[str, str]]:
    return [
        (_("Lot"), facts.lot),
        (_("Harvested on"), f"{facts.harvested_on}"),
        (_("Best before"), f"{facts.best_before}"),
    ]
