import io
import re
from dataclasses import replace

import pypdf
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from shop.labels import draw_label
from tests.shop.test_labels import PARCEL

pytestmark = pytest.mark.once("a card is drawn from words")
ENGLISH = (
    "Happy birthday, dear grandmother! We hope these grapes taste as sweet as those we picked with you. Love, Xiaoming."
)
VERSE = "海上生明月，天涯共此时。情人怨遥夜，竟夕起相思。" * 5


def sheets(message: str) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(draw_label(replace(PARCEL, gift_message=message)))).pages)


def card(message: str) -> str:
    """The words on the second page, without the line breaks that the card adds."""
    _, page = sheets(message)
    return re.sub(r"\s", "", page.extract_text())


def test_the_card_of_a_gift_is_a_sheet_of_its_own_behind_the_label():
    label, page = sheets("祝外婆生日快乐")

    assert "祝外婆生日快乐" in page.extract_text()
    assert "北镇葡萄 Beizhen Grapes" in page.extract_text()
    assert "外婆" not in label.extract_text()
    assert page.mediabox == label.mediabox


def test_the_card_says_nothing_of_the_order():
    assert card("祝好") == "祝好北镇葡萄BeizhenGrapes"


@pytest.mark.parametrize("message", ["", " \n ", "🎂❤️"])
def test_without_words_there_is_no_card(message):
    assert len(sheets(message)) == 1


@pytest.mark.parametrize(
    "message", [ENGLISH, VERSE, "W" * 120, "好" * 500, "字\n" * 60, "<b>100 % & (a)\\</b>", "Tschüß, 小明！\r\n爱你"]
)
def test_every_word_is_on_the_card_and_none_runs_off(message):
    places: list[tuple[float, float, float]] = []

    def note(words, _, place, font, size):
        if font and words.strip():
            places.append((place[4], place[4] + stringWidth(words, font["/BaseFont"][1:], size), place[5]))

    _, page = sheets(message)
    page.extract_text(visitor_text=note)

    assert re.sub(r"\s", "", message) in card(message)
    assert min(left for left, _, _ in places) >= 10
    assert max(right for _, right, _ in places) <= 90
    assert all(15 <= height <= 118 for _, _, height in places)


def test_a_novel_ends_with_an_ellipsis():
    assert "…北镇葡萄" in card("很长" * 900)


def test_lines_break_between_words_and_never_before_a_full_stop():
    lines = [line.strip() for page in map(sheets, (ENGLISH, VERSE)) for line in page[1].extract_text().splitlines()]

    assert set(re.findall(r"\w+", " ".join(lines[:12]))) >= {"birthday", "grandmother", "picked"}
    assert not [line for line in lines if line[:1] in "，。！,.!" and line]


def test_what_the_giver_put_on_lines_of_their_own_stays_there():
    assert "祝好\n小明" in sheets("祝好\r\n\r\n小明 🎂")[1].extract_text().replace(" ", "")
