"""Words that are kept in two languages, and which of them a reader gets."""

from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, override


def in_readers_language(zh: str, en: str) -> str:
    """The Chinese words for readers of Chinese, else the English ones."""
    return zh if (get_language() or "zh").startswith("zh") else en


def titled(row: Any, number: object) -> str:
    """What a row is, its number and how it stands, in the reader's language: order BZ7K3M9QF2XA (Paid)."""
    stands = f" ({row.get_status_display()})" if hasattr(row, "get_status_display") else ""
    return f"{row._meta.verbose_name} {number}{stands}"


def _in_readers_language(told: dict[str, str]) -> str:
    return told[get_language() or settings.LANGUAGE_CODE]


_said = lazy(_in_readers_language, str)


def said(words: str, **holes: Any) -> str:
    """A sentence that is said in the language of whoever reads it; `words` are marked with `gettext_noop`.

    It is told in all languages at once: a report that is kept holds words, never the rows it speaks of.
    """
    told = {}
    for language, _ in settings.LANGUAGES:
        with override(language):
            told[language] = (gettext(words) % holes).rstrip()
    return _said(told)
