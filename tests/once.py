"""Which files prove nothing about a database: their tests run on SQLite only, and SQLite's run counts them."""

import re
from pathlib import Path

DOORS = re.compile(r"test_(pages|admin|api)|_(doors|page)\b(?<!test_doors)")
"""Names of files that open doors: what those do are stories, and test_doors.py opens them all beside both."""
MARKED = re.compile(r"^pytestmark = .*(\bmark\.once\(|\bbrowser\.MARKS\b)", re.MULTILINE)
"""A file that says so of all its tests, in one line."""


def is_all_of(file: Path) -> bool:
    """Whether every test of this file runs once, as its name or its first lines say; it is not loaded for that."""
    return file.match("test_*.py") and bool(DOORS.search(file.stem) or MARKED.search(file.read_text()))
