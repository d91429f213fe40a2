"""Keep people's phones, names and streets to those who need them, and make references nobody can guess."""

import datetime as dt
import re
import secrets
import unicodedata

from django.core import signing

from farm.unseen import in_line

MOBILE = re.compile(r"1[3-9][0-9]{9}")
DIALLED_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
# Dashes, and the invisible marks that come along when a number is copied from a phone's contacts.
PUNCTUATION = re.compile(r"[\s().\-\u200b-\u2015\u202a-\u202e\u2060\u2212\ufeff]+")
NOT_A_DIGIT = re.compile(r"[^0-9]+")
IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# A digit, a lettered building, or a written number before the word for a building, floor, group or room.
HOUSE = re.compile(
    r"[0-9#]|[A-Za-z]+(?=[栋幢座区楼])|"
    r"[甲乙丙丁]?[零〇一二三四五六七八九十百两壹贰叁肆伍陆柒捌玖拾]+(?=号(?![路街线])|楼(?!子)|[栋幢室座弄层组期排房]|单元)"
)
MOST_OF_A_STREET = 24
NOT_OF_A_REFERENCE = re.compile(r"[^0-9A-Z]+")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")
REFERENCE_CHARACTERS = 10
LONGEST_TYPED = 200
TICKET_KEY = re.compile(r"([0-9A-Z]{1,4}):([A-Za-z0-9_-]{43})")
"""`id:seed` of a key that signs tickets."""
SIGNED = re.compile(r"(?<=[0-9A-Za-z])(?::|%3[Aa])[0-9A-Za-z]+(?::|%3[Aa])[0-9A-Za-z_-]{43}")
"""What `sign` puts behind a value: when, and the signature. Addresses may spell the colons out."""


class BadPhone(ValueError):
    """Not a mobile number of the mainland."""

    def __str__(self) -> str:
        return "Write a mainland mobile number: 11 digits that begin with 1, for example 138 1234 5678."


def mask_phone(phone: str) -> str:
    """Return the phone with its first 3 and last 2 digits, six stars between.

    At least 6 digits stay hidden: shorter numbers show less, down to nothing. The stars do not tell how many there are.
    """
    digits = NOT_A_DIGIT.sub("", unicodedata.normalize("NFKC", phone))
    if mobile := DIALLED_MOBILE.fullmatch(digits):
        digits = mobile[1]
    shown = min(5, max(0, len(digits) - 6))
    last = min(2, shown)
    return digits[: shown - last] + "******" + digits[len(digits) - last :]


def mask_mail(mail: str) -> str:
    """Return the first character and the domain of a mail address: l***@example.com; nothing of what is none."""
    name, _, domain = mail.strip().rpartition("@")
    return f"{name[:1]}***@{domain}" if name else "***"


def mask_name(name: str) -> str:
    """Return the first character and a star for each other one, at most three: 王**, 李*; Latin names always J***."""
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    stars = min(3, len(name) - 1) if IDEOGRAPH.match(name) else 3
    return name[0] + "*" * stars


def mask_street(street: str) -> str:
    """Return the street up to its first building, unit or room number, and three stars.

    Of one without a number six characters are shown, of a long one a third, of none more than 24: the house may stand
    there in words.
    """
    street = unicodedata.normalize("NFKC", street).strip()
    house = HOUSE.search(street)
    shown = house.start() if house else max(6, len(street) // 3)
    return street[: min(shown, MOST_OF_A_STREET)].rstrip(" ,-.、(") + "***"


def normal_phone(raw: str) -> str:
    """Return the 11 digits of a mainland mobile number, however it was written.

    :raises BadPhone: when it is not one.
    """
    if MOBILE.fullmatch(raw):
        return raw
    mobile = DIALLED_MOBILE.fullmatch(PUNCTUATION.sub("", unicodedata.normalize("NFKC", raw)))
    if mobile is None:
        raise BadPhone
    return mobile[1]


def new_reference(prefix: str) -> str:
    """Return `prefix` and 10 random characters (50 bits) without I, L, O and U: safe to read out, not to guess."""
    return prefix + "".join(CROCKFORD[byte & 31] for byte in secrets.token_bytes(REFERENCE_CHARACTERS))


def read_reference(typed: str) -> tuple[str, str]:
    """Return the two letters before the drawn characters of a reference, and these as we write them.

    Blanks, dashes, wide forms and letters that nobody sees do not count; O is read as 0, I and L as 1. The two letters
    may be the end of a word, or "" when nothing stands there.
    """
    line = in_line(typed)[:LONGEST_TYPED]  # cut before, letters that nobody sees would push the rest out
    written = NOT_OF_A_REFERENCE.sub("", unicodedata.normalize("NFKC", line).upper())
    drawn_at = max(0, len(written) - REFERENCE_CHARACTERS)
    return written[max(0, drawn_at - 2) : drawn_at], written[drawn_at:].translate(MISREAD)


def sign(value: str, *, purpose: str) -> str:
    """Return a token for links and QR codes: `value` can be read in it, but not changed or used for another purpose."""
    return _signer(purpose).sign(value)


def unsign(token: str, *, purpose: str, max_age: dt.timedelta | None = None) -> str | None:
    """Return the signed value, or None when the token is forged, older than `max_age` or made for another purpose."""
    try:
        return _signer(purpose).unsign(token, max_age=max_age)
    except (signing.BadSignature, UnicodeEncodeError):
        return None


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"beizhen.{purpose}")
