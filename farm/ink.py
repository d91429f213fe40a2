"""Write and draw in black, Chinese and Latin in one line: what all paper of the farm is made with."""

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, BinaryIO

import segno
from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from farm import letters

# All lengths below are millimetres, font sizes too.
WIDTH, HEIGHT = 100, 150
LABEL, A4 = (WIDTH, HEIGHT), (210, 297)
QR_QUIET_MODULES, QR_MASK = 4, 7
CHINESE, LATIN, LATIN_BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
# How a sheet's own operators call the fonts: numbered in the order in which `sheets` shows them to the canvas.
FONTS = {LATIN: "F1", CHINESE: "F2", LATIN_BOLD: "F3"}
# STSong has no bold cut and thin strokes break at 203 dpi: Chinese strokes are drawn wider by this part of the size.
STROKE, STROKE_BOLD = 0.014, 0.04
FILLED, STROKED, UNSEEN = "0 Tr ", "2 Tr ", "3 Tr "
# The font knows the basic plane only; a rarer character of a name or an emoji becomes a box.
UNDRAWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]")
LATIN_WORD = re.compile(r"[!-\xff]+")
FONT_RUN = re.compile(r"[\x20-\xff]+|[^\x20-\xff]+")
GRAPES = ((0, 0), (1.7, 0), (3.4, 0), (0.85, -1.5), (2.55, -1.5), (1.7, -3))

Rectangle = tuple[float, float, float, float]
"""Left, bottom, width and height."""

pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
# Streams stay binary: to spell them in ASCII takes a tenth of a label's time and a quarter more room.
rl_config.useA85 = 0


def sheets(pdf: BinaryIO, title: str, size: tuple[int, int] = LABEL) -> Canvas:
    """An empty document of sheets of a size that knows the three fonts; the same drawing is the same bytes."""
    return _begun(Canvas(pdf, pagesize=(size[0] * mm, size[1] * mm), invariant=1), title)


def sheets_for_anybody(pdf: BinaryIO, title: str, size: tuple[int, int]) -> Canvas:
    """The same for somebody whose telephone or printer may have no Chinese font: the sheets carry their letters."""
    return _begun(CarryingCanvas(pdf, pagesize=(size[0] * mm, size[1] * mm), invariant=1), title)


def _begun(page: Canvas, title: str) -> Canvas:
    page.setTitle(title)
    for font in FONTS:
        page.setFont(font, 1)
    return page


class CarryingCanvas(Canvas):
    """Sheets whose Chinese is drawn as pictures, each kept once; the letters themselves are only there to be found."""

    def carry(self, words: str, x: float, y: float, size: float, *, bold: bool) -> None:
        """Draw pictures of the Chinese letters among the words, each in the middle of its room."""
        for run, font, width in runs(words, bold=bold):
            left = x
            for letter in run if font == CHINESE else "":
                room = _room(letter) * size
                self.addLiteral(f"q {size:.6g} 0 0 {size:.6g} {left + (room - size) / 2:.6g} {y:.6g} cm")
                self.doForm(self._kept(letter, bold=bold))
                self.addLiteral("Q")
                left += room
            x += width * size

    def _kept(self, letter: str, *, bold: bool) -> str:
        name = f"{'bold' if bold else 'plain'}{ord(letter):04X}"
        if not self.hasForm(name):
            self.beginForm(name, 0, -1, 1, 1)
            self.addLiteral(letters.picture(letter, bold=bold))
            self.endForm()
        return name


@cache
def form(draw: Callable[[Canvas], None]) -> str:
    """What `draw` draws alike on every sheet, as operators for `addLiteral`: drawn once in the life of a process."""
    return drawn(draw)


def drawn(draw: Callable[[Canvas], None]) -> str:
    """What `draw` draws, as operators for `addLiteral`, for what is alike on some sheets only."""
    page = sheets(io.BytesIO(), "")
    draw(page)
    return page.getCurrentPageContent()


def fill(page: Canvas, rectangles: Iterable[Rectangle]) -> None:
    """Fill rectangles, a barcode's bars or a QR code's modules, each a path of its own: renderers fit those to dots."""
    for x, y, wide, high in rectangles:
        page.addLiteral(f"{x:.6g} {y:.6g} {wide:.6g} {high:.6g} re f")


def qr(words: str) -> Any:
    """A QR code of `words`, as `segno` makes it.

    Every mask is read as well as every other. To find the one with the fewest blots for each code takes four fifths of
    drawing it; over ours, which are random signs mostly, this one has 6 % more of them on average than the best.
    """
    return segno.make(words, error="m", micro=False, mask=QR_MASK)


def draw_qr(page: Canvas, words: str, x: float, y: float, side: float, *, dot: float) -> None:
    """Draw a QR code of `words` with its quiet zone in a square of `side`, one rectangle per run of dark modules.

    A module is a whole number of the printer's dots where the square has room for one.
    """
    matrix = qr(words).matrix
    across = len(matrix) + 2 * QR_QUIET_MODULES
    module = max(dot, side / across // dot * dot)
    left = x + (side - len(matrix) * module) / 2
    top = y + (side + len(matrix) * module) / 2
    fill(
        page,
        (
            (left + run.start() * module, top - row * module, len(run[0]) * module, module)
            for row, modules in enumerate(matrix, start=1)
            for run in re.finditer(b"\x01+", bytes(modules))
        ),
    )


def draw_grapes(page: Canvas, x: float, y: float) -> None:
    for right, up in GRAPES:
        page.circle(x + right, y + up, 0.8, stroke=0, fill=1)
    page.setLineWidth(0.5)
    page.line(x + 1.7, y + 0.6, x + 2.6, y + 2.4)


@contextmanager
def in_white(page: Canvas) -> Iterator[None]:
    page.saveState()
    page.setFillGray(1)
    page.setStrokeGray(1)
    yield
    page.restoreState()


def write(page: Canvas, x: float, y: float, words: str, size: float, *, bold: bool) -> None:
    """Write in the operators of PDF: the canvas writes the same in thrice the time.

    Latin keeps the broad pen of the Chinese before it, so that both look equally dark.
    """
    page.setLineWidth(size * (STROKE_BOLD if bold else STROKE))
    latin, chinese = "", STROKED
    if isinstance(page, CarryingCanvas) and letters.font(bold=bold):
        page.carry(words, x, y, size, bold=bold)
        latin, chinese = FILLED, UNSEEN
    for run, font, width in runs(words, bold=bold):
        pen, coding = (chinese, "utf-16-be") if font == CHINESE else (latin, "latin-1")
        said = run.encode(coding).hex()
        page.addLiteral(f"BT {pen}1 0 0 1 {x:.6g} {y:.6g} Tm /{FONTS[font]} {size:.6g} Tf <{said}> Tj ET")
        x += width * size


def write_centred(page: Canvas, x: float, y: float, words: str, size: float, *, bold: bool) -> None:
    write(page, x - width_of(words, size, bold=bold) / 2, y, words, size, bold=bold)


@lru_cache(512)  # most words stand on every label, and each is measured before it is written
def runs(words: str, *, bold: bool) -> tuple[tuple[str, str, float], ...]:
    """Split into stretches of one font, STSong for Chinese, Helvetica for Latin, each with its width at size 1."""
    drawable = FONT_RUN.findall(UNDRAWABLE.sub("□", " ".join(words.split())))
    fonts = [CHINESE if run[0] > "\xff" else LATIN_BOLD if bold else LATIN for run in drawable]
    return tuple((run, font, pdfmetrics.stringWidth(run, font, 1)) for run, font in zip(drawable, fonts, strict=True))


@lru_cache(4096)
def _room(letter: str) -> float:
    return float(pdfmetrics.stringWidth(letter, CHINESE, 1))


def width_of(words: str, size: float, *, bold: bool = True) -> float:
    return size * math.fsum(width for _, _, width in runs(words, bold=bold))


def fitting(words: str, size: float, width: float) -> float:
    """Return the largest size up to `size`, and down to 35 % of it, at which the words fit."""
    return max(size * 0.35, min(size, size * width / max(width_of(words, size), 1)))


def clipped(words: str, size: float, width: float) -> str:
    """Return the words, or as many of their characters as fit with an ellipsis."""
    # What was fitted to the width may miss it by a rounding.
    if width_of(words, size) <= width + 0.01:
        return words
    while words and width_of(words + "…", size) > width:
        words = words[:-1]
    return words + "…"


def in_two_lines(words: str, size: float, width: float) -> list[str]:
    """Return the words in two lines at most, the second one clipped.

    A Latin word goes to the second line whole where that has room for it.
    """
    first = len(words)
    while width_of(words[:first], size) > width:
        first -= 1
    broken = next((word.start() for word in LATIN_WORD.finditer(words) if word.start() < first < word.end()), 0)
    if broken and width_of(words[broken:], size) <= width:
        first = broken
    rest = words[first:]
    return [words[:first].rstrip(), clipped(rest, size, width)] if rest else [words]
