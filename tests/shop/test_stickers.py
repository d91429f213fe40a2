"""The sticker of each box: a QR code that leads to its passport, for every box one, the same on every print."""

import datetime as dt
import io
import re
import time
from dataclasses import replace

import pypdf
import pytest
import segno
from django.urls import reverse
from django.utils.translation import override

from farm.ink import QR_MASK
from shop import planning, prints
from shop.links import passport_path
from shop.models import Order, OrderLine
from shop.stickers import QR_DOT, QR_SIDE, StickerFacts, draw_stickers
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, an_order
from tests.staff import a_boss, a_member, act, list_of
from tests.worlds import a_shop_with_a_paid_order

STICKER = StickerFacts(
    address="https://grapes.example/b/8bYxQ2nT5sVwK1aZ/",
    language="en",
    box="Shine Muscat gift box 2 × 2.5 kg",
    lot="SM-0903-A1",
    harvested_on=dt.date(2026, 9, 3),
    best_before=dt.date(2026, 12, 12),
    order_end="F2XA",
    boxes=2,
)

pytestmark = pytest.mark.once("a sticker is drawn from words")


def pages(pdf: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def modules(page: pypdf.PageObject, words: str) -> set[tuple[int, int]]:
    """The dark modules that stand on a page, as rows and columns of a code of `words`, read from its rectangles."""
    across = len(segno.make(words, error="m", micro=False, mask=QR_MASK).matrix)
    side = QR_SIDE / (across + 8) // QR_DOT * QR_DOT
    drawn = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f", page.get_contents().get_data())
    runs = [tuple(map(float, run)) for run in drawn]
    left, top = min(run[0] for run in runs), max(run[1] for run in runs)
    found = set()
    for x, y, wide, high in runs:
        assert high == pytest.approx(side, abs=1e-3)
        row, first = round((top - y) / side), round((x - left) / side)
        found |= {(row, first + step) for step in range(round(wide / side))}
    return found


def code_of(words: str) -> set[tuple[int, int]]:
    matrix = segno.make(words, error="m", micro=False, mask=QR_MASK).matrix
    return {(row, column) for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark}


def test_every_box_has_a_page_as_large_as_a_sticker():
    sheets = pages(draw_stickers([STICKER, replace(STICKER, boxes=1)]))

    assert len(sheets) == 3
    assert {tuple(round(float(side), 1) for side in sheet.mediabox) for sheet in sheets} == {(0, 0, 170.1, 113.4)}


@pytest.mark.parametrize(
    "address", [STICKER.address, "http://127.0.0.1:8000/b/--__AAAAbbbb0000/", f"https://{'long.' * 20}cn/en/b/x/"]
)
def test_the_code_on_every_page_is_the_address_of_the_passport(address):
    first, second = pages(draw_stickers([replace(STICKER, address=address)]))

    assert modules(first, address) == modules(second, address) == code_of(address)
    assert modules(first, address) != code_of(address.replace("b/", "B/"))


@pytest.mark.parametrize("fact", ["Shine Muscat", "SM-0903-A1", "2026-09-03", "2026-12-12", "…F2XA", "Scan"])
def test_a_sticker_says_what_is_in_the_box(fact):
    assert fact in pages(draw_stickers([STICKER]))[0].extract_text()


def test_stickers_count_the_boxes_of_their_line():
    assert [sheet.extract_text().rpartition("·")[2].strip() for sheet in pages(draw_stickers([STICKER]))] == [
        "1/2",
        "2/2",
    ]


def test_a_sticker_speaks_the_language_of_its_order():
    [sheet] = pages(draw_stickers([replace(STICKER, language="zh-hans", box="阳光玫瑰礼盒", boxes=1)]))

    assert "批次" in sheet.extract_text()
    assert "扫码" in sheet.extract_text()


def test_no_sticker_is_refused():
    with pytest.raises(ValueError, match="no sticker"):
        draw_stickers([])


def test_the_stickers_of_a_large_wave_take_less_than_three_seconds():
    started = time.process_time()

    draw_stickers([replace(STICKER, lot=f"L{number}") for number in range(250)])

    assert time.process_time() - started < 3


@pytest.mark.django_db
def test_stickers_of_planned_orders_lead_to_their_passports_and_name_nobody(settings):
    settings.PUBLIC_URL = "https://grapes.example"
    a_box()
    day = a_ship_date()
    a_lot("young", boxes=9)
    a_lot("old", boxes=1, best_before=DAY.replace(day=25))
    order = a_paid_order(boxes=3)
    planning.plan_day(ship_date=day, now=NOW)

    sheets = pages(prints.stickers(orders=[order]))

    with override(order.language):
        addresses = [f"https://grapes.example{passport_path(line.passport)}" for line in order.lines.order_by("pk")]
    assert [modules(sheet, addresses[0]) for sheet in sheets] == [
        code_of(addresses[0]),
        code_of(addresses[1]),
        code_of(addresses[1]),
    ]
    words = "".join(sheet.extract_text() for sheet in sheets)
    assert [secret for secret in (HOME.name, HOME.phone, HOME.street, order.number, HOME.city) if secret in words] == []


@pytest.mark.django_db
def test_a_second_print_is_the_same_paper():
    day = a_shop()
    a_paid_order(2)
    planning.plan_day(ship_date=day, now=NOW)

    assert prints.stickers(orders=Order.objects.all()) == prints.stickers(orders=Order.objects.all())


@pytest.mark.django_db
def test_an_order_that_nobody_packs_has_no_stickers_and_gets_no_codes():
    a_shop()
    unpaid = an_order()

    with pytest.raises(prints.NoStickersYet, match=unpaid.number):
        prints.stickers(orders=[unpaid])

    assert OrderLine.objects.get().passport is None


@pytest.mark.django_db
def test_stickers_take_as_many_queries_for_one_order_as_for_three(django_assert_num_queries):
    day = a_shop()
    orders = [a_paid_order() for _ in range(4)]
    planning.plan_day(ship_date=day, now=NOW)

    for some in (orders[:1], orders[1:]):
        with django_assert_num_queries(4):  # orders, lines without a code, their codes, all lines
            prints.stickers(orders=some)


@pytest.mark.django_db
def test_the_bench_prints_stickers_of_chosen_orders_of_one_and_of_a_wave(client):
    a_member(client, "packing")
    day = a_shop()
    order = a_paid_order(2)
    wave = planning.plan_day(ship_date=day, now=NOW)
    number = Order.objects.get(pk=order.pk).number
    chosen = {"action": "print_stickers", "_selected_action": [order.pk]}

    answers = [
        client.post(list_of(Order), chosen),
        client.get(reverse("admin:shop_order_stickers_of_one", args=[order.pk])),
        client.get(reverse("admin:shop_pickwave_stickers", args=[wave.pk])),
        client.get(f"/api/v1/staff/orders/{number}/stickers.pdf"),
        client.get(f"/api/v1/staff/waves/{wave.pk}/stickers.pdf"),
    ]

    assert [answer["Content-Type"] for answer in answers] == ["application/pdf"] * 5
    assert {len(pages(answer.content)) for answer in answers} == {2}


@pytest.mark.django_db
def test_who_asks_too_early_is_told_when_and_who_does_not_pack_gets_none(client):
    order = a_shop_with_a_paid_order()
    a_boss(client)
    assert f"Not planned yet: {order.number}" in act(client, "print_stickers", order)

    a_member(client, "money")
    assert client.get(f"/api/v1/staff/orders/{order.number}/stickers.pdf").status_code == 403
