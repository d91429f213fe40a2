"""Write and draw in black, Chinese and Latin in one line: what labels and cards are made with."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

# All lengths below are millimetres, font sizes too.
CHINESE, LATIN, LATIN_BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
# STSong has no bold cut and thin strokes break at 203 dpi: Chinese strokes are drawn wider by this part of the size.
STROKE, STROKE_BOLD = 0.014, 0.04
# The font knows the basic plane only; a rarer character of a name or an emoji becomes a box.
UNDRAWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]")
FONT_RUN = re.compile(r"[\x20-\xff]+|[^\x20-\xff]+")
GRAPES = ((0, 0), (1.7, 0), (3.4, 0), (0.85, -1.5), (2.55, -1.5), (1.7, -3))

pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


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
    for run, font in runs(words, bold=bold):
        text = page.beginText(x, y)
        text.setFont(font, size)
        text.setTextRenderMode(2 if font == CHINESE else 0)
        page.setLineWidth(size * (STROKE_BOLD if bold else STROKE))
        text.textOut(run)
        page.drawText(text)
        x += pdfmetrics.stringWidth(run, font, size)


def write_centred(page: Canvas, x: float, y: float, words: str, size: float, *, bold: bool) -> None:
    write(page, x - width_of(words, size, bold=bold) / 2, y, words, size, bold=bold)


def runs(words: str, *, bold: bool) -> Iterator[tuple[str, str]]:
    """Split into stretches of one font: STSong for Chinese, Helvetica for Latin."""
    for run in FONT_RUN.findall(UNDRAWABLE.sub("□", " ".join(words.split()))):
        yield run, CHINESE if run[0] > "\xff" else LATIN_BOLD if bold else LATIN


def width_of(words: str, size: float, *, bold: bool = True) -> float:
    return math.fsum(pdfmetrics.stringWidth(run, font, size) for run, font in runs(words, bold=bold))


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
    """Return the words in two lines at most, the second one clipped."""
    first = len(words)
    while width_of(words[:first], size) > width:
        first -= 1
    rest = words[first:]
    return [words[:first], clipped(rest, size, width)] if rest else [words]
