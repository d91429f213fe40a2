"""Draw the shipping label of a parcel: 100 x 150 mm, black on white, with masked personal data only."""

import datetime as dt
import io
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from farm import security

# All lengths below are millimetres from the lower left corner, font sizes too.
WIDTH, HEIGHT = 100, 150
LEFT, RIGHT = 6.5, 93.5
CHINESE, LATIN, LATIN_BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
# STSong has no bold cut and thin strokes break at 203 dpi: Chinese strokes are drawn wider by this part of the size.
STROKE, STROKE_BOLD = 0.014, 0.04
# The font knows the basic plane only; a rarer character of a name or an emoji becomes a box.
UNDRAWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]")
FONT_RUN = re.compile(r"[\x20-\xff]+|[^\x20-\xff]+")
# Whole dots of a 203 dpi printer (8 to the millimetre), widest first.
BAR_MODULES = (0.5, 0.375, 0.25)
BAR_HEIGHT = 18
QR_SIDE, QR_DOT, QR_QUIET_MODULES = 25.5, 0.125, 4
CONTENT_ROWS = 4
GRAPES = ((0, 0), (1.7, 0), (3.4, 0), (0.85, -1.5), (2.55, -1.5), (1.7, -3))

pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


@dataclass(frozen=True)
class LabelFacts:
    """What a label may know of one parcel; drawing masks personal data and leaves the gift message inside the box."""

    waybill_no: str
    carrier_name: str
    order_number: str
    recipient_name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    ship_date: dt.date
    boxes: list[tuple[str, int]]
    parcel: int
    parcels: int
    net_grams: int
    sort_code: str
    gift_message: str = ""
    cold: str = "0-5 °C"


def draw_label(facts: LabelFacts) -> bytes:
    """Return the label as a PDF of one page; the same facts give the same bytes.

    :raises ValueError: when the waybill number is empty or not printable ASCII, so no barcode can carry it.
    """
    return draw_labels([facts])


def draw_labels(labels: list[LabelFacts]) -> bytes:
    """Return one PDF with a page per label, in the order given.

    :raises ValueError: when there is no label, or a waybill number is empty or not printable ASCII.
    """
    if not labels:
        raise ValueError("there is no label to draw")
    pdf = io.BytesIO()
    page = Canvas(pdf, pagesize=(WIDTH * mm, HEIGHT * mm), invariant=1)
    page.setTitle("Beizhen shipping labels")
    for facts in labels:
        _draw(page, facts)
        page.showPage()
    page.save()
    return pdf.getvalue()


def _draw(page: Canvas, facts: LabelFacts) -> None:
    page.scale(mm, mm)
    _draw_frame(page)
    _draw_head(page, facts)
    _draw_sorting(page, facts)
    _draw_waybill(page, facts)
    _draw_recipient(page, facts)
    _draw_contents(page, facts)
    _draw_foot(page, facts)


def _draw_frame(page: Canvas) -> None:
    page.setLineWidth(0.5)
    page.drawPath(_frame(page))
    for y in (135, 119, 94, 57, 34):
        page.line(3, y, WIDTH - 3, y)
    page.line(72, 119, 72, 135)
    page.line(67, 34, 67, 57)


def _draw_head(page: Canvas, facts: LabelFacts) -> None:
    _write(page, LEFT, 138.6, _clipped(facts.carrier_name, 6, 45), 6, bold=True)
    page.roundRect(55, 136.7, 40, 8.8, 1.5, stroke=0, fill=1)
    with _in_white(page):
        _draw_snowflake(page, 60, 141.1)
        cold = f"冷链 {facts.cold}"
        size = _fitting(cold, 4.9, 29)
        _write(page, 64.5, 141.1 - size * 0.36, _clipped(cold, size, 29), size, bold=True)


def _draw_sorting(page: Canvas, facts: LabelFacts) -> None:
    size = _fitting(facts.sort_code, 12, 63)
    _write(page, LEFT, 127 - size * 0.36, _clipped(facts.sort_code, size, 63), size, bold=True)
    _write_centred(page, 84.5, 130.6, "件数 PARCEL", 2.6, bold=False)
    parcel = f"{facts.parcel}/{facts.parcels}"
    _write_centred(page, 84.5, 121.8, parcel, _fitting(parcel, 9, 22), bold=True)


def _draw_waybill(page: Canvas, facts: LabelFacts) -> None:
    number = facts.waybill_no
    if not number or not number.isascii() or not number.isprintable():
        raise ValueError(f"a barcode cannot carry the waybill number “{number}”")
    bars = Code128(number, barHeight=BAR_HEIGHT, quiet=False)
    modules = bars.width / bars.barWidth
    # The bars keep ten modules of white on both sides inside the frame; a longer number gets what is left.
    module = next((wide for wide in BAR_MODULES if wide * (modules + 20) <= WIDTH - 6), (WIDTH - 6) / (modules + 20))
    bars = Code128(number, barWidth=module, barHeight=BAR_HEIGHT, quiet=False)
    bars.drawOn(page, (WIDTH - bars.width) / 2, 99.6)
    _write_centred(page, WIDTH / 2, 95.6, number, _fitting(number, 4, RIGHT - LEFT), bold=True)


def _draw_recipient(page: Canvas, facts: LabelFacts) -> None:
    city = "" if facts.city == facts.province else facts.city
    place = " ".join(word for word in (city, facts.district) if word) or facts.province
    _write(page, LEFT, 87.4, _clipped(facts.province, 4.6, 87), 4.6, bold=False)
    size = _fitting(place, 10, RIGHT - LEFT)
    _write(page, LEFT, 81 - size * 0.36, _clipped(place, size, RIGHT - LEFT), size, bold=True)
    page.circle(LEFT + 3.6, 70.4, 3.6, stroke=0, fill=1)
    with _in_white(page):
        _write_centred(page, LEFT + 3.6, 68.7, "收", 4.8, bold=True)
    _write(page, 16, 68.5, security.mask_name(facts.recipient_name), 5.6, bold=True)
    _write(page, 44, 68.5, security.mask_phone(facts.phone), 5.6, bold=True)
    for row, line in enumerate(_wrapped(security.mask_street(facts.street), 4.2, RIGHT - 16)):
        _write(page, 16, 63 - row * 4.6, line, 4.2, bold=False)


def _draw_contents(page: Canvas, facts: LabelFacts) -> None:
    _write(page, LEFT, 53, "内件 CONTENTS", 2.6, bold=False)
    rows = [(name, f"×{quantity}") for name, quantity in facts.boxes]
    if len(rows) > CONTENT_ROWS:
        hidden = len(rows) - CONTENT_ROWS + 1
        rows = [*rows[: CONTENT_ROWS - 1], (f"另有 {hidden} 种 and {hidden} more", "")]
    for row, (name, count) in enumerate(rows):
        y = 48.6 - row * 4.2
        _write(page, LEFT, y, _clipped(name, 3.5, 49), 3.5, bold=False)
        _write(page, 64.5 - _width(count, 3.5, bold=True), y, count, 3.5, bold=True)
    boxes = f"共 {sum(quantity for _, quantity in facts.boxes)} 箱"
    weight = f"{facts.net_grams / 1000:.10g} kg"
    _write(page, 70, 53, "净重 NET", 2.6, bold=False)
    _write(page, 70, 45.6, weight, _fitting(weight, 6.4, 23.5), bold=True)
    _write(page, 70, 37.6, boxes, _fitting(boxes, 4.6, 23.5), bold=True)


def _draw_foot(page: Canvas, facts: LabelFacts) -> None:
    _draw_qr(page, facts.order_number, 4, 8.2)
    left, wide = 31, RIGHT - 31
    _write(page, left, 29.6, "订单 ORDER", 2.6, bold=False)
    number_size = _fitting(facts.order_number, 5.2, wide)
    _write(page, left, 24.2, _clipped(facts.order_number, number_size, wide), number_size, bold=True)
    _write(page, left, 18.6, f"发货 {facts.ship_date:%Y-%m-%d}", 3.8, bold=False)
    _draw_grapes(page, left + 1, 14.6)
    _write(page, left + 7.5, 11.4, "北镇葡萄 Beizhen Grapes", 4.3, bold=True)
    page.saveState()
    page.clipPath(_frame(page), stroke=0, fill=0)
    page.rect(3, 3, WIDTH - 6, 5, stroke=0, fill=1)
    page.restoreState()
    with _in_white(page):
        _write_centred(page, WIDTH / 2, 4.4, "新鲜葡萄 · 轻拿轻放 · 请勿倒置 · 收货后请冷藏", 3, bold=True)


def _frame(page: Canvas) -> PDFPathObject:
    path = page.beginPath()
    path.roundRect(3, 3, WIDTH - 6, HEIGHT - 6, 2)
    return path


def _draw_qr(page: Canvas, words: str, x: float, y: float) -> None:
    """Draw a QR code of `words` with its quiet zone in a square of QR_SIDE, one rectangle per run of dark modules."""
    matrix = segno.make(words, error="m", micro=False).matrix
    across = len(matrix) + 2 * QR_QUIET_MODULES
    module = max(QR_DOT, QR_SIDE / across // QR_DOT * QR_DOT)
    margin = (QR_SIDE - len(matrix) * module) / 2
    for row, modules in enumerate(matrix):
        bottom = y + QR_SIDE - margin - (row + 1) * module
        for run in re.finditer(b"\x01+", bytes(modules)):
            page.rect(x + margin + run.start() * module, bottom, len(run[0]) * module, module, stroke=0, fill=1)


def _draw_snowflake(page: Canvas, x: float, y: float) -> None:
    page.setLineWidth(0.45)
    for turn in range(6):
        page.saveState()
        page.translate(x, y)
        page.rotate(60 * turn)
        page.lines([(0, 0, 3, 0), (1.7, 0, 2.6, 0.9), (1.7, 0, 2.6, -0.9)])
        page.restoreState()


def _draw_grapes(page: Canvas, x: float, y: float) -> None:
    for right, up in GRAPES:
        page.circle(x + right, y + up, 0.8, stroke=0, fill=1)
    page.setLineWidth(0.5)
    page.line(x + 1.7, y + 0.6, x + 2.6, y + 2.4)


@contextmanager
def _in_white(page: Canvas) -> Iterator[None]:
    page.saveState()
    page.setFillGray(1)
    page.setStrokeGray(1)
    yield
    page.restoreState()


def _write(page: Canvas, x: float, y: float, words: str, size: float, *, bold: bool) -> None:
    for run, font in _runs(words, bold=bold):
        text = page.beginText(x, y)
        text.setFont(font, size)
        text.setTextRenderMode(2 if font == CHINESE else 0)
        page.setLineWidth(size * (STROKE_BOLD if bold else STROKE))
        text.textOut(run)
        page.drawText(text)
        x += pdfmetrics.stringWidth(run, font, size)


def _write_centred(page: Canvas, x: float, y: float, words: str, size: float, *, bold: bool) -> None:
    _write(page, x - _width(words, size, bold=bold) / 2, y, words, size, bold=bold)


def _runs(words: str, *, bold: bool) -> Iterator[tuple[str, str]]:
    """Split into stretches of one font: STSong for Chinese, Helvetica for Latin."""
    for run in FONT_RUN.findall(UNDRAWABLE.sub("□", " ".join(words.split()))):
        yield run, CHINESE if run[0] > "\xff" else LATIN_BOLD if bold else LATIN


def _width(words: str, size: float, *, bold: bool = True) -> float:
    return math.fsum(pdfmetrics.stringWidth(run, font, size) for run, font in _runs(words, bold=bold))


def _fitting(words: str, size: float, width: float) -> float:
    """Return the largest size up to `size`, and down to 35 % of it, at which the words fit."""
    return max(size * 0.35, min(size, size * width / max(_width(words, size), 1)))


def _clipped(words: str, size: float, width: float) -> str:
    """Return the words, or as many of their characters as fit with an ellipsis."""
    # What was fitted to the width may miss it by a rounding.
    if _width(words, size) <= width + 0.01:
        return words
    while words and _width(words + "…", size) > width:
        words = words[:-1]
    return words + "…"


def _wrapped(words: str, size: float, width: float) -> list[str]:
    """Return the words in two lines at most, the second one clipped."""
    first = len(words)
    while _width(words[:first], size) > width:
        first -= 1
    rest = words[first:]
    return [words[:first], _clipped(rest, size, width)] if rest else [words]
