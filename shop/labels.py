"""Draw the label of a parcel: 100 x 150 mm, black on white, masked personal data only; a gift's card comes behind."""

import datetime as dt
import io
from dataclasses import dataclass
from itertools import accumulate

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from farm import ink, security
from farm.ink import HEIGHT, WIDTH
from shop import cards, code128
from shop.addresses import Address

# All lengths below are millimetres from the lower left corner, font sizes too.
LEFT, RIGHT, FOOT = 6.5, 93.5, 31
# Whole dots of a 203 dpi printer (8 to the millimetre), widest first.
BAR_MODULES = (0.5, 0.375, 0.25)
BAR_HEIGHT = 18
QR_SIDE, QR_DOT = 25.5, 0.125
CONTENT_ROWS = 4


@dataclass(frozen=True)
class LabelFacts:
    """What a label may know of one parcel; drawing masks personal data and keeps the gift message for the card."""

    waybill_no: str
    carrier_name: str
    order_number: str
    to: Address
    ship_date: dt.date
    boxes: list[tuple[str, int]]
    parcel: int
    parcels: int
    net_grams: int
    sort_code: str
    gift_message: str = ""
    cold: str = "0-5 °C"


def draw_label(facts: LabelFacts) -> bytes:
    """Return the label, and the card of a gift, as a PDF; the same facts give the same bytes.

    :raises ValueError: when the waybill number is empty or not printable ASCII, so no barcode can carry it.
    """
    return draw_labels([facts])


def draw_labels(labels: list[LabelFacts]) -> bytes:
    """Return one PDF with a page per label, each followed by its card, in the order given.

    :raises ValueError: when there is no label, or a waybill number is empty or not printable ASCII.
    """
    if not labels:
        raise ValueError("there is no label to draw")
    pdf = io.BytesIO()
    page = ink.sheets(pdf, "Beizhen shipping labels")
    for facts in labels:
        _draw(page, facts)
        page.showPage()
        if words := cards.words_for(facts.gift_message):
            cards.draw(page, words)
            page.showPage()
    page.save()
    return pdf.getvalue()


def _draw(page: Canvas, facts: LabelFacts) -> None:
    page.addLiteral(ink.form(_draw_form))
    _draw_head(page, facts)
    _draw_sorting(page, facts)
    _draw_waybill(page, facts)
    _draw_recipient(page, facts)
    _draw_contents(page, facts)
    _draw_foot(page, facts)


def _draw_form(page: Canvas) -> None:
    """What stands on every label."""
    page.scale(mm, mm)
    _draw_frame(page)
    page.roundRect(55, 136.7, 40, 8.8, 1.5, stroke=0, fill=1)
    page.circle(LEFT + 3.6, 70.4, 3.6, stroke=0, fill=1)
    _draw_bar(page)
    with ink.in_white(page):
        _draw_snowflake(page, 60, 141.1)
        ink.write_centred(page, LEFT + 3.6, 68.7, "收", 4.8, bold=True)
        ink.write_centred(page, WIDTH / 2, 4.4, "新鲜葡萄 · 轻拿轻放 · 请勿倒置 · 收货后请冷藏", 3, bold=True)
    ink.write_centred(page, 84.5, 130.6, "件数 PARCEL", 2.6, bold=False)
    ink.write(page, LEFT, 53, "内件 CONTENTS", 2.6, bold=False)
    ink.write(page, 70, 53, "净重 NET", 2.6, bold=False)
    ink.write(page, FOOT, 29.6, "订单 ORDER", 2.6, bold=False)
    ink.draw_grapes(page, FOOT + 1, 14.6)
    ink.write(page, FOOT + 7.5, 11.4, "北镇葡萄 Beizhen Grapes", 4.3, bold=True)


def _draw_frame(page: Canvas) -> None:
    page.setLineWidth(0.5)
    page.drawPath(_frame(page))
    for y in (135, 119, 94, 57, 34):
        page.line(3, y, WIDTH - 3, y)
    page.line(72, 119, 72, 135)
    page.line(67, 34, 67, 57)


def _draw_bar(page: Canvas) -> None:
    page.saveState()
    page.clipPath(_frame(page), stroke=0, fill=0)
    page.rect(3, 3, WIDTH - 6, 5, stroke=0, fill=1)
    page.restoreState()


def _draw_head(page: Canvas, facts: LabelFacts) -> None:
    ink.write(page, LEFT, 138.6, ink.clipped(facts.carrier_name, 6, 45), 6, bold=True)
    with ink.in_white(page):
        cold = f"冷链 {facts.cold}"
        size = ink.fitting(cold, 4.9, 29)
        ink.write(page, 64.5, 141.1 - size * 0.36, ink.clipped(cold, size, 29), size, bold=True)


def _draw_sorting(page: Canvas, facts: LabelFacts) -> None:
    size = ink.fitting(facts.sort_code, 12, 63)
    ink.write(page, LEFT, 127 - size * 0.36, ink.clipped(facts.sort_code, size, 63), size, bold=True)
    parcel = f"{facts.parcel}/{facts.parcels}"
    ink.write_centred(page, 84.5, 121.8, parcel, ink.fitting(parcel, 9, 22), bold=True)


def _draw_waybill(page: Canvas, facts: LabelFacts) -> None:
    number = facts.waybill_no
    if not number or not number.isascii() or not number.isprintable():
        raise ValueError(f"a barcode cannot carry the waybill number “{number}”")
    widths = code128.widths(number)
    # The bars keep ten modules of white on both sides inside the frame; a longer number gets what is left.
    room = (WIDTH - 6) / (sum(widths) + 20)
    module = next((wide for wide in BAR_MODULES if wide <= room), room)
    _draw_bars(page, widths, module)
    ink.write_centred(page, WIDTH / 2, 95.6, number, ink.fitting(number, 4, RIGHT - LEFT), bold=True)


def _draw_bars(page: Canvas, widths: list[int], module: float) -> None:
    """Draw bars of these widths, every second one white, in the middle of the sheet."""
    edges = list(accumulate((width * module for width in widths), initial=(WIDTH - sum(widths) * module) / 2))
    ink.fill(page, [(edges[place], 99.6, widths[place] * module, BAR_HEIGHT) for place in range(0, len(widths), 2)])


def _draw_recipient(page: Canvas, facts: LabelFacts) -> None:
    city = "" if facts.to.city == facts.to.province else facts.to.city
    place = " ".join(word for word in (city, facts.to.district) if word) or facts.to.province
    ink.write(page, LEFT, 87.4, ink.clipped(facts.to.province, 4.6, 87), 4.6, bold=False)
    size = ink.fitting(place, 10, RIGHT - LEFT)
    ink.write(page, LEFT, 81 - size * 0.36, ink.clipped(place, size, RIGHT - LEFT), size, bold=True)
    ink.write(page, 16, 68.5, security.mask_name(facts.to.name), 5.6, bold=True)
    ink.write(page, 44, 68.5, security.mask_phone(facts.to.phone), 5.6, bold=True)
    for row, line in enumerate(ink.in_two_lines(security.mask_street(facts.to.street), 4.2, RIGHT - 16)):
        ink.write(page, 16, 63 - row * 4.6, line, 4.2, bold=False)


def _draw_contents(page: Canvas, facts: LabelFacts) -> None:
    rows = [(name, f"×{quantity}") for name, quantity in facts.boxes]
    if len(rows) > CONTENT_ROWS:
        hidden = len(rows) - CONTENT_ROWS + 1
        rows = [*rows[: CONTENT_ROWS - 1], (f"另有 {hidden} 种 and {hidden} more", "")]
    for row, (name, count) in enumerate(rows):
        y = 48.6 - row * 4.2
        ink.write(page, LEFT, y, ink.clipped(name, 3.5, 49), 3.5, bold=False)
        ink.write(page, 64.5 - ink.width_of(count, 3.5, bold=True), y, count, 3.5, bold=True)
    boxes = f"共 {sum(quantity for _, quantity in facts.boxes)} 箱"
    weight = f"{facts.net_grams / 1000:.10g} kg"
    ink.write(page, 70, 45.6, weight, ink.fitting(weight, 6.4, 23.5), bold=True)
    ink.write(page, 70, 37.6, boxes, ink.fitting(boxes, 4.6, 23.5), bold=True)


def _draw_foot(page: Canvas, facts: LabelFacts) -> None:
    ink.draw_qr(page, facts.order_number, 4, 8.2, QR_SIDE, dot=QR_DOT)
    wide = RIGHT - FOOT
    size = ink.fitting(facts.order_number, 5.2, wide)
    ink.write(page, FOOT, 24.2, ink.clipped(facts.order_number, size, wide), size, bold=True)
    ink.write(page, FOOT, 18.6, f"发货 {facts.ship_date:%Y-%m-%d}", 3.8, bold=False)


def _frame(page: Canvas) -> PDFPathObject:
    path = page.beginPath()
    path.roundRect(3, 3, WIDTH - 6, HEIGHT - 6, 2)
    return path


def _draw_snowflake(page: Canvas, x: float, y: float) -> None:
    page.setLineWidth(0.45)
    for turn in range(6):
        page.saveState()
        page.translate(x, y)
        page.rotate(60 * turn)
        page.lines([(0, 0, 3, 0), (1.7, 0, 2.6, 0.9), (1.7, 0, 2.6, -0.9)])
        page.restoreState()
