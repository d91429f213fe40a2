"""Code 128, the barcode of a waybill number, as the widths of its bars and of the white between them.

The library that draws our paper knows it too, but loads all it has for drawing first: an eighth of the time in which a
worker starts.
"""

import re
from collections.abc import Iterator

# What each value looks like: three bars and the white after each, in modules (ISO/IEC 15417).
SYMBOLS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
TO_DIGITS, TO_LETTERS, START_LETTERS, START_DIGITS, STOP = 99, 100, 104, 105, 106
# Two digits share a symbol, where so many follow each other that this is worth a change of sets.
PAIRED = re.compile(r"(^(?:\d\d){2,}|(?:\d\d){2,}$|(?:\d\d){3,}(?!\d))", re.ASCII)


def widths(text: str) -> list[int]:
    """A printable ASCII text as bar, white, bar … in modules, without the white that stands around it."""
    values = list(_values(text))
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    symbols = SYMBOLS.split()
    return [int(width) for value in (*values, check, STOP) for width in symbols[value]]


def _values(text: str) -> Iterator[int]:
    """What the symbols stand for, the check not among them: letters, and digits in pairs after a change of sets."""
    changes = START_LETTERS, START_DIGITS
    for place, part in enumerate(PAIRED.split(text)):
        if part:
            yield changes[place % 2]
            yield from map(int, re.findall("..", part)) if place % 2 else (ord(sign) - ord(" ") for sign in part)
            changes = TO_LETTERS, TO_DIGITS
