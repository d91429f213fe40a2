"""The bars of a waybill number say what it says: the library that draws our paper knows the same barcode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.barcode import code128 as known

from shop import code128

pytestmark = pytest.mark.once("bars are made of words")
VALUES = {pattern: value for value, pattern in known._patterns.items()}
SETS = {
    words: {value: sign for sign, value in signs.items()}
    for signs, *all_words in ((known.setb, "START_B", "TO_B"), (known.setc, "START_C", "TO_C"))
    for words in all_words
}
STARTS = {known.startb: "START_B", known.startc: "START_C"}
TEXTS = st.text(st.sampled_from("0123456789") | st.characters(min_codepoint=32, max_codepoint=126), min_size=1)


def spelled(text: str) -> str:
    """Our bars as the library spells them: A is a bar of one module, b is white of two."""
    return "".join("AaBbCcDd"[2 * (width - 1) + place % 2] for place, width in enumerate(code128.widths(text)))


def read(bars: str) -> str:
    """What a scanner reads in them by the library's tables, if their check and their end are right."""
    start, *values, check = [VALUES[bars[at : at + 6]] for at in range(0, len(bars) - 7, 6)]
    assert bars[-7:] == known._patterns[known.stop]
    assert check == (start + sum(place * value for place, value in enumerate(values, start=1))) % 103
    signs, said = SETS[STARTS[start]], ""
    for value in values:
        sign = signs[value]
        signs, said = (SETS[sign], said) if sign in SETS else (signs, said + sign)
    return said


@given(TEXTS)
def test_a_scanner_reads_what_was_meant(text):
    assert read(spelled(text)) == text


@pytest.mark.parametrize(
    "number", ["SF1234567890123", "JDVA00123456789012-1-3-", "75123456789012", "EMS123456", "YT 12-34567-X", "SIM-0001"]
)
def test_a_waybill_number_has_the_librarys_own_bars(number):
    bars = known.Code128(number, barWidth=1, quiet=False)

    assert (sum(code128.widths(number)), spelled(number)) == (bars.width, bars.decomposed)
