"""Draw the card that lies in a gift's box: the giver's words and the farm's name, as large as a label, nothing else."""

import re
import unicodedata

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from farm import ink
from farm.ink import HEIGHT, WIDTH

# All lengths below are millimetres from the lower left corner, font sizes too.
MIDDLE, SPACE_WIDE, SPACE_HIGH = 72, 76, 84
LARGEST, SMALLEST, STEP, LINE = 8.5, 2.5, 0.5, 1.6
# What no line may begin with stays with the character before it.
CLOSING = ",.!?;:)，。！？；：、）》〉」』】”’…～"
PIECE = re.compile(rf"(?:[\x21-\u02ff]+|\S)[{re.escape(CLOSING)}]*|\s+")
# The font has no pictures: better none than boxes between a grandmother's good wishes.
PICTURES = re.compile(r"[\U0001f000-\U0001faff\u200d\u20e3\u2600-\u27bf\ufe00-\ufe0f]")


def words_for(message: str) -> str:
    """The words to print for a gift message: empty when there is nothing a printer can show."""
    composed = unicodedata.normalize("NFC", PICTURES.sub("", message))
    return "\n".join(line for part in composed.splitlines() if (line := " ".join(part.split())))


def draw(page: Canvas, words: str) -> None:
    """Draw the card on the current page."""
    page.addLiteral(ink.form(_draw_frame))
    size, lines = _set(words)
    top = MIDDLE + len(lines) * size * LINE / 2
    for row, line in enumerate(lines):
        ink.write_centred(page, WIDTH / 2, top - (row + 0.5) * size * LINE - size * 0.36, line, size, bold=False)
    ink.write_centred(page, WIDTH / 2, 15, "北镇葡萄 Beizhen Grapes", 4.3, bold=True)


def _draw_frame(page: Canvas) -> None:
    page.scale(mm, mm)
    page.setLineWidth(0.6)
    page.roundRect(5, 5, WIDTH - 10, HEIGHT - 10, 4)
    page.setLineWidth(0.2)
    page.roundRect(6.8, 6.8, WIDTH - 13.6, HEIGHT - 13.6, 3)
    page.saveState()
    page.translate(WIDTH / 2 - 4.25, 132)
    page.scale(2.5, 2.5)
    ink.draw_grapes(page, 0, 0)
    page.restoreState()
    page.setLineWidth(0.2)
    page.line(30, 23, WIDTH - 30, 23)


def wrapped(words: str, size: float, wide: float) -> list[str]:
    """The words in lines that are at most so wide."""
    return [line for part in words.splitlines() for line in _lines_of(part, size, wide)]


def _set(words: str) -> tuple[float, list[str]]:
    """Return the largest size at which the words fill the space, and their lines."""
    size = LARGEST
    while size >= SMALLEST:
        lines = wrapped(words, size, SPACE_WIDE)
        if len(lines) * size * LINE <= SPACE_HIGH:
            return size, lines
        size -= STEP
    # Far too many lines: the giver's own line breaks go first, then the end.
    lines = wrapped(" ".join(words.split()), SMALLEST, SPACE_WIDE)
    most = int(SPACE_HIGH / (SMALLEST * LINE))
    return SMALLEST, lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _lines_of(part: str, size: float, wide: float) -> list[str]:
    """Break between Chinese characters and Latin words, and inside a word only when it is wider than the card."""
    lines, line = [], ""
    for piece in PIECE.findall(part):
        if _fits(line + piece, size, wide):
            line += piece
            continue
        lines.append(line)
        line = piece.lstrip()
        while not _fits(line, size, wide):
            first = next(end for end in range(len(line) - 1, 0, -1) if end == 1 or _fits(line[:end], size, wide))
            lines.append(line[:first])
            line = line[first:]
    return [whole for one in [*lines, line] if (whole := one.strip())]


def _fits(line: str, size: float, wide: float) -> bool:
    return ink.width_of(line, size, bold=False) <= wide
