"""Letters that nobody sees: they come along with what is copied, or are sent to turn the words of a label around."""

import re
from unicodedata import category

UNSEEN = ("Cc", "Cf", "Zl", "Zp")
JOINER = "\u200d"
PICTURE, BEFORE_JOINER = "So", ("So", "Sk", "Mn")  # a picture may have a colour of skin or say that it is one
DRAWN_EMPTY = "\u115f\u1160\u2800\u3164\uffa0"
FLAG = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)")
"""A flag whose country is spelled in letters that do not show by themselves: 🏴󠁧󠁢󠁥󠁮󠁧󠁿 is 🏴 without them."""


def name_in(text: str) -> str:
    """The text in one line, or nothing when no letter, digit or picture of it shows."""
    line = in_line(text)
    return line if any(category(letter)[0] in "LNS" and letter not in DRAWN_EMPTY for letter in line) else ""


def in_line(text: str, *, instead: str = "") -> str:
    """The text in one line, with `instead` for each letter that nobody sees, and no space around it."""
    return in_lines(text, instead=instead).replace("\n", " ").strip()


def in_lines(text: str, *, instead: str = "") -> str:
    """The same in the lines that it has, with no space around the whole."""
    return "\n".join(_seen(line.expandtabs(1), instead) for line in text.splitlines()).strip()


def _seen(line: str, instead: str) -> str:
    parts = enumerate(FLAG.split(line))
    return "".join(part if at % 2 else _seen_of(part, instead) for at, part in parts)  # every other one is a flag


def _seen_of(line: str, instead: str) -> str:
    around = zip(f" {line}", line, f"{line[1:]} ", strict=False)
    return "".join(letter if _is_seen(before, letter, after) else instead for before, letter, after in around)


def _is_seen(before: str, letter: str, after: str) -> bool:
    """A joiner shows between pictures: 👨‍🌾 is 👨 and 🌾 without it."""
    if letter == JOINER:
        return category(before) in BEFORE_JOINER and category(after) == PICTURE
    return category(letter) not in UNSEEN
