"""What a ticket's QR code says, signed so that a gate without network can tell it from a forgery.

A token reads `B1.<key id>.<T|P>.<booking>.<ticket>.<issue>.<start>.<signature>`: a ticket or the whole party, and when
their slot starts, in minutes since 1970. It holds nothing of a person. Capitals, digits and dots only: they fit the
dense mode of QR codes (41 modules a side; base64 of the same needs 45), and no keyboard scanner spoils them.
"""

import base64
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from farm.security import CROCKFORD, TICKET_KEY

VERSION = "B1"
TICKET, PARTY = "T", "P"
TOKEN = re.compile(
    rf"{VERSION}\.([0-9A-Z]{{1,4}})\.([TP])\.([0-9A-Z]{{1,20}})\.([0-9A-Z]{{0,20}})\.([0-9]{{1,5}})\.([0-9]{{1,10}})"
    rf"\.([{CROCKFORD}]{{103}})"
)
SIGNATURE_BYTES, SPARE_BITS = 64, 3  # 103 characters of 5 bits


class Forged(Exception):
    """Not a token of this farm: another format, an unknown key or a wrong signature."""


@dataclass(frozen=True)
class Token:
    """What a token says. `key` is empty for a whole party; `issue` tells whether newer tickets were made since."""

    number: str
    key: str
    issue: int
    starts_at: dt.datetime

    @property
    def is_party(self) -> bool:
        return not self.key


def sign(token: Token) -> str:
    """Write a token down, signed by the newest key."""
    name, key = next(iter(_ring(tuple(settings.TICKET_KEYS)).items()))
    kind = PARTY if token.is_party else TICKET
    minutes = int(token.starts_at.timestamp()) // 60
    words = f"{VERSION}.{name}.{kind}.{token.number}.{token.key}.{token.issue}.{minutes}"
    return f"{words}.{_spelled(key.sign(words.encode()))}"


def read(text: str) -> Token:
    """What a scanned text says; capitals and blanks do not matter.

    :raises Forged: when this farm has not signed it.
    """
    text = "".join(text.split()).upper()
    parts = TOKEN.fullmatch(text)
    key = _verifiers(tuple(settings.TICKET_KEYS)).get(parts[1]) if parts else None
    if parts is None or key is None or (parts[2] == PARTY) != (parts[4] == ""):
        raise Forged
    try:
        key.verify(_bytes(parts[7]), text.rpartition(".")[0].encode())
    except InvalidSignature:
        raise Forged from None
    starts_at = dt.datetime.fromtimestamp(int(parts[6]) * 60, dt.UTC)
    return Token(number=parts[3], key=parts[4], issue=int(parts[5]), starts_at=starts_at)


def public_keys() -> dict[str, str]:
    """The keys that verify, by id, as a gate's page takes them: 32 raw bytes in base64."""
    return {
        name: base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        for name, key in _verifiers(tuple(settings.TICKET_KEYS)).items()
    }


@lru_cache(maxsize=8)
def _verifiers(pairs: tuple[str, ...]) -> dict[str, Ed25519PublicKey]:
    return {name: key.public_key() for name, key in _ring(pairs).items()}


@lru_cache(maxsize=8)
def _ring(pairs: tuple[str, ...]) -> dict[str, Ed25519PrivateKey]:
    """The farm's keys by id, in the order of the settings. What is wrong is told without showing any of it."""
    ring: dict[str, Ed25519PrivateKey] = {}
    for place, pair in enumerate(pairs, start=1):
        parts = TICKET_KEY.fullmatch(pair.strip())
        if parts is None or parts[1] in ring:
            raise ImproperlyConfigured(
                f"TICKET_KEYS: entry {place} must be another `id:seed` as `ticket_key` makes it."
            )
        ring[parts[1]] = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(parts[2] + "="))
    if not ring:
        raise ImproperlyConfigured("TICKET_KEYS is empty: make a key with `manage.py ticket_key`.")
    return ring


def _spelled(signature: bytes) -> str:
    number = int.from_bytes(signature, "big") << SPARE_BITS
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(510, -1, -5))


def _bytes(spelled: str) -> bytes:
    """The signature behind its letters; letters that say more than a signature are a forgery, so each has one form.

    :raises Forged: for those.
    """
    number = 0
    for letter in spelled:
        number = number << 5 | CROCKFORD.index(letter)
    if number & (1 << SPARE_BITS) - 1:
        raise Forged
    return (number >> SPARE_BITS).to_bytes(SIGNATURE_BYTES, "big")
