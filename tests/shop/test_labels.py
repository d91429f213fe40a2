import datetime as dt
import io
import re
import time
from dataclasses import replace

import pypdf
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from shop import divisions
from shop.addresses import Address
from shop.labels import LabelFacts, draw_label, draw_labels

pytestmark = pytest.mark.once("a label is drawn from words")
PARCEL = LabelFacts(
    waybill_no="SF1234567890123",
    carrier_name="顺丰冷运",
    order_number="BZ7K3M9QF2XA",
    to=Address("王小明", "13812345678", "辽宁省", "锦州市", "北镇市", "解放路12号3单元501室"),
    ship_date=dt.date(2026, 9, 12),
    boxes=[("巨峰 Kyoho 2.5 kg 礼盒", 2), ("玫瑰香 1.5 kg", 1)],
    parcel=1,
    parcels=3,
    net_grams=6500,
    sort_code="024JZ-B07",
    gift_message="祝外婆生日快乐",
)
LONG = replace(
    PARCEL,
    waybill_no="JDVA00123456789012-1-3-",
    carrier_name="中国邮政速递物流冷链事业部有限公司",
    to=Address(
        "买买提·艾力·克孜勒苏",
        "13812345678",
        "新疆维吾尔自治区",
        "克孜勒苏柯尔克孜自治州",
        "塔什库尔干塔吉克自治县",
        "很长很长的路" * 30 + "5号",
    ),
    boxes=[("巨峰葡萄特级精品礼盒双层保鲜装送长辈送客户 5 kg", 12)] * 7,
    parcel=100,
    parcels=120,
    net_grams=123_456,
    sort_code="991-WLMQ-KZLS-0098-B",
    cold="-25 – -15 °C",
)


def sent_to(**different: str) -> LabelFacts:
    return replace(PARCEL, to=replace(PARCEL.to, **different))


def test_the_label_is_one_sheet_of_100_by_150_millimetres():
    [sheet] = pypdf.PdfReader(io.BytesIO(draw_label(replace(PARCEL, gift_message="")))).pages

    assert [round(float(side), 2) for side in sheet.mediabox] == [0, 0, 283.46, 425.2]


@pytest.fixture(scope="module")
def label() -> str:
    return text_on(PARCEL)


@pytest.mark.parametrize(
    "fact",
    [
        "SF1234567890123", "BZ7K3M9QF2XA", "顺丰冷运", "冷链 0-5 °C", "024JZ-B07", "1/3", "辽宁省", "锦州市 北镇市",
        "王**", "138******78", "解放路***", "巨峰 Kyoho 2.5 kg 礼盒 ×2", "6.5 kg", "共 3 箱",
        "发货 2026-09-12", "北镇葡萄 Beizhen Grapes",
    ],
)  # fmt: skip
def test_the_label_says_where_what_and_when(label: str, fact: str):
    assert fact in label


@pytest.fixture(scope="module")
def numbered_label() -> str:
    return text_on(replace(PARCEL, waybill_no="SF0000000000000"))


@pytest.mark.parametrize("secret", ["13812345678", "小明", "12号", "501", "单元", "外婆"])
def test_the_label_keeps_the_person_and_the_gift_to_itself(numbered_label: str, secret: str):
    assert secret not in numbered_label


@pytest.mark.parametrize("phone", ["+86 138-1234-5678", "13812345678", "１３８１２３４５６７８", "(86)13812345678"])
def test_no_eleven_digits_of_a_mobile_stand_outside_the_waybill_number(phone: str):
    words = text_on(sent_to(phone=phone, street=f"解放路 {phone} 门口")).replace("SF1234567890123", "")

    assert re.findall(r"1[3-9][0-9]{9}", re.sub(r"\s", "", words)) == []


def test_a_municipality_is_named_once_and_a_city_without_districts_stands_alone():
    beijing = text_on(sent_to(province="北京市", city="北京市", district="朝阳区"))
    dongguan = text_on(sent_to(province="广东省", city="东莞市", district=""))

    assert (beijing.count("北京市"), beijing.count("朝阳区")) == (1, 1)
    assert (dongguan.count("广东省"), dongguan.count("东莞市")) == (1, 1)


@pytest.mark.parametrize("facts", [PARCEL, LONG, replace(sent_to(street="A" * 500), carrier_name="W" * 80)])
def test_nothing_runs_off_the_sheet(facts: LabelFacts):
    edges = [edge for words in words_on(facts) for edge in words]

    assert min(edges) >= 3
    assert max(edges) <= 97


def test_what_is_too_long_says_so():
    words = text_on(LONG)

    assert "中国邮政速递…" in words
    assert "另有 4 种 and 4 more" in words
    assert "991-WLMQ-KZLS-0098-B" in words


def test_the_longest_place_in_the_country_is_printed_whole():
    longest = max(divisions.EXACT.values(), key=lambda place: len(place.city + place.district))

    words = text_on(sent_to(province=longest.province, city=longest.city, district=longest.district))

    assert f"{longest.city} {longest.district}" in words


def test_rare_characters_and_line_breaks_become_printable():
    words = text_on(replace(sent_to(name="𠮷田", street="花园\n路😀\x008号"), carrier_name="\ud800\x85"))

    assert "□*" in words
    assert "花园 路□□***" in words


def test_the_same_parcel_gives_the_same_bytes():
    assert draw_label(PARCEL) == draw_label(replace(PARCEL))


def test_many_labels_are_one_document_in_the_order_given():
    parcels = [replace(PARCEL, parcel=number, gift_message="生日快乐" * (number == 2)) for number in (1, 2, 3)]

    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(draw_labels(parcels))).pages]

    assert len(sheets) == 4
    assert all(words in sheet for words, sheet in zip(["1/3", "2/3", "生日快乐", "3/3"], sheets, strict=True))


def test_no_label_and_no_barcode_are_refused():
    with pytest.raises(ValueError, match="no label"):
        draw_labels([])
    with pytest.raises(ValueError, match="waybill number"):
        draw_label(replace(PARCEL, waybill_no=""))
    with pytest.raises(ValueError, match="waybill number"):
        draw_label(replace(PARCEL, waybill_no="顺丰123"))


def test_a_hundred_labels_take_less_than_two_seconds():
    started = time.process_time()

    draw_labels([PARCEL] * 100)

    assert time.process_time() - started < 2


def text_on(facts: LabelFacts) -> str:
    return pypdf.PdfReader(io.BytesIO(draw_label(facts))).pages[0].extract_text()


def words_on(facts: LabelFacts) -> list[tuple[float, float]]:
    """The left and right edge of every stretch of text, in millimetres."""
    edges: list[tuple[float, float]] = []

    def note(words: str, _: object, place: list[float], font: dict[str, str] | None, size: float) -> None:
        if font and words.strip():
            edges.append((place[4], place[4] + stringWidth(words, font["/BaseFont"][1:], size)))

    pypdf.PdfReader(io.BytesIO(draw_label(facts))).pages[0].extract_text(visitor_text=note)
    return edges
