"""Words that are kept in two languages, and which of them a reader gets."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext


def in_readers_language(zh: str, en: str) -> str:
    """The Chinese words for readers of Chinese, else the English ones."""
    return zh if (get_language() or "zh").startswith("zh") else en


def titled(row: Any, number: object) -> str:
    """What a row is, its number and how it stands, in the reader's language: order BZ7K3M9QF2XA (Paid)."""
    stands = f" ({row.get_status_display()})" if hasattr(row, "get_status_display") else ""
    return f"{row._meta.verbose_name} {number}{stands}"


def _say(words: str, holes: dict[str, Any]) -> str:
    return (gettext(words) % holes).rstrip()


_said = lazy(_say, str)


def said(words: str, **holes: Any) -> str:
    """A sentence that is said in the language of whoever reads it; `words` are marked with `gettext_noop`."""
    return _said(words, holes)
