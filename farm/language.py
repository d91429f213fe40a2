"""Words that are kept in two languages, and which of them a reader gets."""

from django.utils.translation import get_language


def in_readers_language(zh: str, en: str) -> str:
    """The Chinese words for readers of Chinese, else the English ones."""
    return zh if (get_language() or "zh").startswith("zh") else en
