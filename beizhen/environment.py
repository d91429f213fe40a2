"""Variables of the environment, read strictly: what is not understood stops the start, by its name and what it may be.

An empty one counts as unset. Texts that may be secret are never part of a message.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

MOST = 100_000_000
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
ORIGIN = re.compile(r"https?://(\*\.)?([\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?")
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:]+\]")
PHONE = re.compile(r"\+?[0-9]([ -]?[0-9]){4,14}")
RATE = re.compile(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)")


class Environment(environ.FileAwareEnv):  # type: ignore[misc]  # the library is untyped
    """Variables, or files named by NAME_FILE; the newline that editors end a file with is not part of a secret.

    They are read as they stand: the library's own readers take `$word` for another variable.
    """

    def text(self, var: str, default: str = "") -> str:
        try:
            text = str(self.ENVIRON.get(var, "")).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{var}_FILE names a file that cannot be read: {error}") from None
        return text or default

    def names(self, var: str, default: Sequence[str] = (), *, known: Sequence[str] = ()) -> list[str]:
        """A comma list, of `known` names where there are any; blanks around its parts do not count."""
        names = [part.strip() for part in self._word(var).split(",") if part.strip()] or list(default)
        if known and (unknown := [name for name in names if name not in known]):
            raise ImproperlyConfigured(f"{var} has {', '.join(unknown)}: known are {', '.join(known)}.")
        return names

    def whole(self, var: str, default: int, *, least: int = 0) -> int:
        text = self._word(var)
        if text and not (re.fullmatch(r"-?[0-9]{1,9}", text) and least <= int(text) <= MOST):
            raise ImproperlyConfigured(f"{var} is {text!r}: it must be a whole number from {least} to {MOST}.")
        return int(text) if text else default

    def number(self, var: str, default: float, *, least: float = 0.0) -> float:
        text = self._word(var)
        if text and not (re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) and least <= float(text) <= MOST):
            raise ImproperlyConfigured(
                f"{var} is {text!r}: it must be a number from {least:g} to {MOST}, like 2 or 0.5."
            )
        return float(text) if text else default

    def is_on(self, var: str, *, default: bool) -> bool:
        text = self._word(var).lower()
        if text and text not in (*ON, *OFF):
            raise ImproperlyConfigured(f"{var} is {text!r}: it must be 1 (on) or 0 (off).")
        return text in ON if text else default

    def one_of(self, var: str, default: str, known: Sequence[str]) -> str:
        text = self._word(var) or default
        if text not in known:
            raise ImproperlyConfigured(f"{var} is {text!r}: it must be one of {', '.join(known)}.")
        return text

    def rate(self, var: str, default: str) -> str:
        text = self._word(var) or default
        if not RATE.fullmatch(text):
            raise ImproperlyConfigured(f"{var} is {text!r}: it must read like 12/min or 300/hour.")
        return text

    def phone(self, var: str) -> str:
        """A number to call, as it is to be shown: digits, single blanks and dashes."""
        text = self._word(var)
        if text and not PHONE.fullmatch(text):
            raise ImproperlyConfigured(f"{var} is {text!r}: it must read like 0416-662 1234 or +86 416 662 1234.")
        return text

    def address(self, var: str, schemes: Sequence[str], default: str = "") -> str:
        """A URL of one of these schemes. It may hold a password, so no message shows it."""
        text = self._word(var)
        if text and not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ImproperlyConfigured(f"{var} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
        return text or default

    def origins(self, var: str) -> list[str]:
        """A comma list of what browsers send as Origin; one of another form would never be equal to any."""
        return _alike(var, self.names(var), ORIGIN, "https://farm.example or https://*.farm.example")

    def hosts(self, var: str, default: Sequence[str]) -> list[str]:
        """A comma list of names, without scheme and port; one of another form would let nobody in."""
        return _alike(var, self.names(var, default), HOST, "farm.example or .farm.example")

    def parts(self, var: str, read: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """What a reader of the library makes of an address."""
        try:
            return read(self._word(var))
        except (ValueError, ImproperlyConfigured):  # their words may be its password
            raise ImproperlyConfigured(
                f"{var} cannot be read. Signs in a password are written %XX: / is %2F."
            ) from None

    def _word(self, var: str) -> str:
        return self.text(var).strip()


def _alike(var: str, names: list[str], pattern: re.Pattern[str], example: str) -> list[str]:
    if unknown := [name for name in names if not pattern.fullmatch(name)]:
        raise ImproperlyConfigured(f"{var} has {', '.join(unknown)}: each must read like {example}.")
    return names
