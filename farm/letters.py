"""Chinese letters as pictures, for paper that strangers open: not every telephone and printer has a font for them.

They are drawn in a font of this machine's system, fine enough for any printer; Noto's own outlines cannot be put into a
PDF with what we have. A machine without a Chinese font draws none: then the reader's font is asked for, as on our own
paper.
"""

import zlib
from contextlib import suppress
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

DOTS = 240
"""For each unit of the letters' size: 600 per inch and more up to a size of ten millimetres."""
OVER, UNDER = 1.0, 0.3
"""How far a picture reaches above and below the line on which the letter stands, in the same unit; it is one wide."""
FONTS = {
    False: (("NotoSansCJK-Regular.ttc", 2), ("wqy-microhei.ttc", 0), ("DroidSansFallbackFull.ttf", 0)),
    True: (("NotoSansCJK-Bold.ttc", 2), ("wqy-microhei.ttc", 0), ("DroidSansFallbackFull.ttf", 0)),
}
"""By whether they are bold: files of the packages fonts-noto-cjk, fonts-wqy-microhei and fonts-droid-fallback, with the
face in them that writes simplified Chinese."""


@cache
def font(*, bold: bool) -> ImageFont.FreeTypeFont | None:
    """The first font that this machine has."""
    for file, face in FONTS[bold]:
        with suppress(OSError):
            return ImageFont.truetype(file, DOTS, face, layout_engine=ImageFont.Layout.BASIC)
    return None


@lru_cache(4096)  # tickets say the same few hundred
def picture(letter: str, *, bold: bool) -> str:
    """The operators of PDF that paint a letter at size 1 in the middle of a picture that begins at the origin."""
    pen = font(bold=bold)
    broader = DOTS // 60 if pen and bold and "Bold" not in pen.getname() else 0  # a font without a bold cut
    image = Image.new("1", (DOTS, round((OVER + UNDER) * DOTS)), 1)
    where = (DOTS / 2, OVER * DOTS)
    ImageDraw.Draw(image).text(where, letter, fill=0, font=pen, anchor="ms", stroke_width=broader)
    mask = zlib.compress(image.tobytes()).hex()
    size = f"/W {image.width} /H {image.height}"
    return f"1 0 0 {OVER + UNDER:.6g} 0 {-UNDER:.6g} cm BI {size} /IM true /F [/AHx /Fl] ID {mask}> EI"
