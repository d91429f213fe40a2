"""Packing slips: what is in the parcel, in the buyer's language, and no price in a present."""

import datetime as dt
import io
import re
from dataclasses import replace

import pypdf
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from shop import fulfilment, planning, prints
from shop.models import Label, Order
from shop.slips import SlipFacts, SlipLine, draw_slips
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_paid_order, a_ship_date, a_shop, an_order, work_off

LINE = SlipLine("巨峰 2.5 公斤", 2, "K-0903-A1", dt.date(2026, 9, 3), 6800)
SLIP = SlipFacts(
    order_number="BZ7K3M9QF2XA",
    language="en",
    ship_date=dt.date(2026, 9, 10),
    lines=(LINE, replace(LINE, box="玫瑰香礼盒", quantity=1, lot="M-0907-B2", price_fen=12345)),
    net_grams=7500,
    freight_fen=1200,
    total_fen=27145,
    shows_prices=True,
    gift_message="祝外婆\n生日快乐 🎂",
)

pytestmark = pytest.mark.once("a slip is drawn from words")


def sheets(pdf: bytes) -> list[str]:
    return [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def planned_orders(count: int = 1) -> list[Order]:
    day = a_shop()
    orders = [a_paid_order() for _ in range(count)]
    planning.plan_day(ship_date=day, now=NOW)
    return list(Order.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk"))


@pytest.mark.parametrize(
    "fact",
    [
        "BZ7K3M9QF2XA", "2026-09-10", "巨峰 2.5 公斤", "×2", "K-0903-A1", "2026-09-03", "玫瑰香礼盒", "M-0907-B2",
        "3 boxes, 7.5 kg net", "¥136.00", "¥123.45", "¥12.00", "¥271.45", "祝外婆 生日快乐", "北镇葡萄 Beizhen Grapes",
    ],
)  # fmt: skip
def test_the_slip_says_what_is_in_the_parcel_where_it_grew_and_what_it_cost(fact):
    [sheet] = sheets(draw_slips([SLIP]))

    assert fact in sheet


def test_a_hidden_price_is_nowhere_in_the_file():
    pdf = draw_slips([replace(SLIP, shows_prices=False)])

    [sheet] = sheets(pdf)
    assert "¥" not in sheet
    assert "total" not in sheet
    assert not re.search(r"136|123|271|12\.00|68", sheet.replace("K-0903-A1", ""))
    drawn = b"".join(page.get_contents().get_data() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "¥".encode("latin-1").hex().encode() not in re.findall(rb"<([0-9a-f]*)>", drawn)
    assert b"3237312e3435" not in drawn  # 271.45 as the operators spell it


def test_the_slip_is_as_large_as_a_label():
    [sheet] = pypdf.PdfReader(io.BytesIO(draw_slips([SLIP]))).pages

    assert [round(float(side), 2) for side in sheet.mediabox] == [0, 0, 283.46, 425.2]


def test_many_lines_go_on_another_sheet_and_the_sums_stand_on_the_last():
    first, second, last = sheets(draw_slips([replace(SLIP, lines=(LINE,) * 13)]))

    assert [sheet.count("K-0903-A1") for sheet in (first, second, last)] == [6, 6, 1]
    assert ("1/3" in first, "3/3" in last) == (True, True)
    assert ["¥271.45" in sheet for sheet in (first, second, last)] == [False, False, True]


@pytest.mark.parametrize("message", ["W" * 120, "好" * 120, "字\n" * 60])
def test_nothing_runs_off_the_slip(message):
    wide = replace(LINE, box="巨峰葡萄特级精品礼盒双层保鲜装" * 3, quantity=999, lot="L" * 50, price_fen=9_999_999)
    facts = replace(SLIP, lines=(wide,) * 6, order_number="B" * 20, total_fen=9_999_999_999, gift_message=message)
    edges: list[tuple[float, float, float]] = []

    def note(words, _, place, font, size):
        if font and words.strip():
            right = place[4] + stringWidth(words.rstrip("\n"), font["/BaseFont"][1:], size)
            edges.append((place[4], right, place[5]))

    [sheet] = pypdf.PdfReader(io.BytesIO(draw_slips([facts]))).pages
    sheet.extract_text(visitor_text=note)

    assert min(left for left, _, _ in edges) >= 7 - 0.01
    assert max(right for _, right, _ in edges) <= 93 + 0.01
    assert min(height for _, _, height in edges) >= 5
    assert "".join(message.split()) in re.sub(r"\s", "", sheet.extract_text())


def test_no_slip_is_refused():
    with pytest.raises(ValueError, match="no slip"):
        draw_slips([])


@pytest.mark.django_db
def test_a_slip_speaks_the_language_of_its_order_and_names_no_person():
    planned_orders(2)
    Order.objects.filter(pk=Order.objects.first().pk).update(language="en")  # the newest

    chinese, english = sheets(prints.slips(orders=Order.objects.all()))

    assert "巨峰 2.5 公斤" in chinese
    assert "装箱单" in chinese
    assert "共 1 箱，净重 2.5 公斤" in chinese
    assert "Kyoho 2.5 kg" in english
    assert "Packing slip" in english
    assert not [secret for secret in (HOME.name, HOME.phone, HOME.street) if secret in chinese + english]


@pytest.mark.django_db
def test_a_present_that_hides_its_price_hides_it_on_the_slip():
    [order] = planned_orders()
    Order.objects.update(hides_price=True, gift_message="祝好")

    [sheet] = sheets(prints.slips(orders=[order]))

    assert "祝好" in sheet
    assert "¥" not in sheet
    assert f"{order.total_fen / 100:.2f}" not in sheet


@pytest.mark.django_db
def test_the_slip_names_each_lot_the_boxes_come_from():
    a_box()
    day = a_ship_date()
    a_lot("young", boxes=9)
    a_lot("old", boxes=1, best_before=DAY + dt.timedelta(days=9), harvested_on=DAY - dt.timedelta(days=20))
    a_paid_order(boxes=3)
    planning.plan_day(ship_date=day, now=NOW)

    [sheet] = sheets(prints.slips(orders=Order.objects.all()))

    assert ("old" in sheet, "2026-08-21" in sheet, "young" in sheet, "2026-09-05" in sheet) == (True,) * 4


@pytest.mark.django_db
def test_the_slips_of_a_wave_take_four_queries_for_one_order_and_for_three(django_assert_num_queries):
    planned_orders(3)

    for orders in (Order.objects.all()[:1], Order.objects.all()):
        loaded = list(orders)
        with django_assert_num_queries(4):
            assert len(sheets(prints.slips(orders=loaded))) == len(loaded)


@pytest.mark.django_db
def test_an_order_that_nobody_packs_has_no_slip():
    planned_orders()
    unpaid = an_order()

    with pytest.raises(prints.NoSlipYet, match=unpaid.number):
        prints.slips(orders=Order.objects.all())


@pytest.mark.django_db
def test_all_paper_of_a_parcel_comes_together(settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.PACKING_BENCH = "staff"
    orders = planned_orders(2)
    Order.objects.filter(pk=orders[0].pk).update(gift_message="祝好")
    for order in orders:
        fulfilment.confirm_picked(order=order, by="Li", now=NOW)
        fulfilment.confirm_packed(order=order, by="Li", now=NOW)
    with pytest.raises(prints.NoLabelYet):
        prints.labels_with_slips(orders=orders)
    work_off()

    paper = sheets(prints.labels_with_slips(orders=orders))

    label, card, slip, other_label, other_slip = paper
    assert (orders[0].number in label, "祝好" in card, orders[0].number in slip) == (True,) * 3
    assert (orders[1].number in other_label, orders[1].number in other_slip) == (True, True)
    assert list(Label.objects.values_list("prints", flat=True)) == [1, 1]
