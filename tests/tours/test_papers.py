"""Tickets that one can print and read, and a calendar that follows every change."""

import io
import re

import icalendar
import pypdf
import pytest
from PIL import ImageFont

from farm import letters
from tests.standing import said_once
from tests.visits import NOW, SATURDAY, a_booking, a_confirmed_booking, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import cancelling, changing, ics, papers
from tours.party import Party

pytestmark = [pytest.mark.django_db, pytest.mark.once("a ticket is drawn from a booking's words")]
LATER = NOW.replace(hour=14).timetz().replace(tzinfo=None)


def pages_of(booking):
    return pypdf.PdfReader(io.BytesIO(papers.pdf(booking))).pages


def event_of(booking):
    calendar = icalendar.Calendar.from_ical(ics.calendar_file(booking, url="https://farm.example/v/t/", now=NOW))
    return calendar, calendar.walk("VEVENT")[0]


@said_once
def chinese_sheet() -> str:
    booking = a_confirmed_booking(a_slot(experience=an_experience(bring_zh="防晒帽")), family=1, infant=1)
    return pages_of(booking)[0].extract_text()


@pytest.mark.parametrize(
    "word", ["2026年9月12日", "09:30-11:30", "巨峰采摘", "南门葡萄架下", "家庭 ×1", "- 防晒帽", "3 岁及以下"]
)
def test_the_sheet_says_in_chinese_what_a_visitor_needs(chinese_sheet, word):
    assert word in chinese_sheet


@said_once
def english_sheet() -> str:
    booking = a_slot_with_a_booking(adult=1, child=1)
    booking.language, booking.paid_fen = "en", booking.paid_fen - 8800
    return pages_of(booking)[0].extract_text()


@pytest.mark.parametrize("word", ["Saturday, 12 September 2026", "Kyoho picking", "Under the vines", "¥88.00"])
def test_the_sheet_speaks_the_language_of_the_booking(english_sheet, word):
    assert word in english_sheet


@pytest.mark.parametrize(("families", "pages"), [(1, 1), (2, 2), (4, 2), (5, 3)])
def test_six_tickets_share_the_first_sheet_and_twelve_each_other(families, pages):
    slot = a_slot(experience=an_experience(max_party=40))
    sheets = pages_of(a_confirmed_booking(slot, family=families))
    words = "".join(sheet.extract_text() for sheet in sheets)

    assert len(sheets) == pages
    assert [round(float(side)) for side in sheets[0].mediabox] == [0, 0, 595, 842]
    assert f"第 {4 * families} 张" in words
    assert f"第 {4 * families + 1} 张" not in words


def test_a_meeting_point_of_two_lines_breaks_between_its_words():
    where = "Under the vines at the south gate, 50 m from the car park"
    booking = a_confirmed_booking(a_slot(experience=an_experience(meeting_point_en=where)))
    booking.language = "en"

    assert "from the car\npark" in pages_of(booking)[0].extract_text()


def letters_of(booking) -> tuple[set[bytes], set[str]]:
    """How the sheet's font for Chinese writes (2 is seen, 3 is not), and the letters that it carries as pictures."""
    [sheet] = pages_of(booking)
    pens = re.findall(rb"BT (\d) Tr [^/]+/F2 ", sheet.get_contents().get_data())
    kept = sheet["/Resources"].get("/XObject", {})
    return set(pens), {chr(int(name[-4:], 16)) for name in kept}


def test_a_telephone_without_a_chinese_font_shows_the_tickets_all_the_same(monkeypatch):
    monkeypatch.setattr(letters, "font", lambda *, bold: ImageFont.load_default(letters.DOTS))
    monkeypatch.setattr(letters, "picture", letters.picture.__wrapped__)  # what this font draws is kept for nobody
    booking = a_slot_with_a_booking(family=1)

    assert letters_of(booking) == ({b"3"}, set(re.sub(r"[\x00-\xff]", "", pages_of(booking)[0].extract_text())))


def test_a_farm_without_a_chinese_font_asks_for_the_readers(monkeypatch):
    monkeypatch.setattr(letters, "font", lambda *, bold: None)

    assert letters_of(a_slot_with_a_booking(family=1)) == ({b"2"}, set())


def test_papers_hold_nothing_of_the_person():
    booking = a_slot_with_a_booking(family=1)
    words = "".join(sheet.extract_text() for sheet in pages_of(booking)) + str(ics.calendar_file(booking, now=NOW))

    assert not any(secret in words for secret in (booking.name, booking.phone, booking.email))


@pytest.mark.parametrize("families", [1, 3])
def test_papers_cost_the_same_for_any_party(families, django_assert_num_queries):
    booking = a_slot_with_a_booking(family=families)
    list(booking.slot.experience.bring)

    with django_assert_num_queries(2):
        papers.pdf(booking)


def test_what_is_not_sure_has_no_tickets():
    held = a_booking(a_slot())

    with pytest.raises(papers.NoTickets):
        papers.pdf(held)


def test_the_calendar_knows_where_and_when():
    booking = a_slot_with_a_booking(family=1)
    calendar, event = event_of(booking)

    assert (str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 1)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert f"{event['DTSTART'].dt:%Y-%m-%d %H:%M %z}" == f"{SATURDAY} 09:30 +0800"
    assert (str(event["LOCATION"]), str(event["URL"])) == ("南门葡萄架下", "https://farm.example/v/t/")
    assert calendar.walk("VTIMEZONE")


def test_a_calendar_moves_the_visit_that_it_knows():
    booking = a_slot_with_a_booking()
    _, before = event_of(booking)
    later = a_slot(time=LATER)
    booking = changing.change(booking=booking, slot=later.pk, party=Party.of({"adult": 2}), by="visitor", now=NOW)
    _, after = event_of(booking)

    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert f"{after['DTSTART'].dt:%H:%M}" == "14:00"


def test_a_calendar_removes_a_cancelled_visit():
    booking = a_slot_with_a_booking()
    booking = cancelling.cancel(booking=booking, by="visitor", now=NOW)
    calendar, event = event_of(booking)

    assert (str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
