"""Letters that nobody sees: they come along with what is copied, or are sent to turn the words of a label around."""

from unicodedata import category

UNSEEN = ("Cc", "Cf", "Zl", "Zp")
JOINER = "\u200d"
PICTURE, BEFORE_JOINER = "So", ("So", "Sk", "Mn")  # a picture may have a colour of skin or say that it is one


def in_line(text: str, *, instead: str = "") -> str:
    """The text in one line, with `instead` for each letter that nobody sees, and no space around it."""
    return in_lines(text, instead=instead).replace("\n", " ").strip()


def in_lines(text: str, *, instead: str = "") -> str:
    """The same in the lines that it has, with no space around the whole."""
    return "\n".join(_seen(line.expandtabs(1), instead) for line in text.splitlines()).strip()


def _seen(line: str, instead: str) -> str:
    around = zip(f" {line}", line, f"{line[1:]} ", strict=False)
    return "".join(letter if _is_seen(before, letter, after) else instead for before, letter, after in around)


def _is_seen(before: str, letter: str, after: str) -> bool:
    """A joiner shows between pictures: 👨‍🌾 is 👨 and 🌾 without it."""
    if letter == JOINER:
        return category(before) in BEFORE_JOINER and category(after) == PICTURE
    return category(letter) not in UNSEEN
