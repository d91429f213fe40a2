"""What a QR code says: nothing of a person, and nothing that this farm has not signed."""

import base64
import datetime as dt
import re

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from tours import tokens
from tours.tokens import Forged, Token

START = dt.datetime(2026, 9, 12, 1, 30, tzinfo=dt.UTC)
ONE = Token(number="BV7K3M9QF2XA", key="0123456789", issue=3, starts_at=START)
PARTY = Token(number="BV7K3M9QF2XA", key="", issue=12, starts_at=START)


@pytest.fixture(autouse=True)
def keys(settings):
    settings.TICKET_KEYS = ["NEW:" + "n" * 42 + "A", "OLD:" + "o" * 42 + "A"]


@pytest.mark.parametrize("token", [ONE, PARTY], ids=["ticket", "party"])
def test_a_token_says_again_what_was_signed(token):
    assert tokens.read(tokens.sign(token)) == token


def test_a_scanner_may_send_small_letters_and_blanks():
    assert tokens.read(f"  {tokens.sign(ONE).lower()[:20]}\t{tokens.sign(ONE)[20:]}\r\n") == ONE


def test_its_code_is_dense_enough_for_a_phone_at_arms_length():
    code = segno.make(tokens.sign(ONE), error="m", micro=False)

    assert (code.mode, code.symbol_size(border=0)) == ("alphanumeric", (41, 41))


def test_the_first_key_signs_and_all_verify(settings):
    by_the_new = tokens.sign(ONE)
    settings.TICKET_KEYS = settings.TICKET_KEYS[::-1]
    by_the_old = tokens.sign(ONE)

    assert (by_the_new[:6], by_the_old[:6]) == ("B1.NEW", "B1.OLD")
    assert tokens.read(by_the_new) == tokens.read(by_the_old) == ONE


def test_a_key_taken_away_verifies_nothing(settings):
    signed = tokens.sign(ONE)
    settings.TICKET_KEYS = settings.TICKET_KEYS[1:]

    with pytest.raises(Forged):
        tokens.read(signed)


@given(place=st.integers(0, 200), letter=st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZILOU.-+ /"))
def test_one_changed_letter_is_a_forgery(place, letter):
    signed = tokens.sign(ONE)
    place %= len(signed)
    changed = signed[:place] + letter + signed[place + 1 :]
    if "".join(changed.split()) == signed:
        return

    with pytest.raises(Forged):
        tokens.read(changed)


@pytest.mark.parametrize(
    "text", ["", "BV7K3M9QF2XA", "B1", "https://example.com/", "B1." + "." * 140, "北镇" * 50, "\0"]
)
def test_other_texts_are_forgeries(text):
    with pytest.raises(Forged):
        tokens.read(text)


def test_a_gate_without_network_verifies_by_the_public_key():
    words, _, signature = tokens.sign(ONE).rpartition(".")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(tokens.public_keys()["NEW"]))

    key.verify(tokens._bytes(signature), words.encode())


@pytest.mark.parametrize("bad", [[], ["no key"], ["K1:short"], ["K1:" + "a" * 43, "K1:" + "b" * 43]])
def test_bad_keys_are_told_without_showing_them(settings, bad):
    settings.TICKET_KEYS = bad

    with pytest.raises(ImproperlyConfigured) as told:
        tokens.sign(ONE)
    assert not any(pair.partition(":")[2] in str(told.value) for pair in bad if ":" in pair)


def test_the_command_makes_a_key_that_signs(settings, capsys):
    call_command("ticket_key")
    made = capsys.readouterr().out.strip()
    settings.TICKET_KEYS = [made]

    assert re.fullmatch(r"[0-9A-Z]{3}:[\w-]{43}", made)
    assert tokens.read(tokens.sign(ONE)) == ONE
