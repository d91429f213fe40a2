"""What staff read above a row and beside a field: in their own language, with how the row stands."""

import pytest
from django.utils.translation import override

from beizhen import verify
from farm.models import Payment
from shop.models import Order, ShipDate
from tests.builders import DAY, NOW
from tests.staff import a_boss, page_of
from tests.visits import a_slot
from tests.worlds import a_shop_with_a_paid_order, a_slot_with_a_booking
from tours.models import Booking, Experience

pytestmark = [pytest.mark.django_db, pytest.mark.once("words are the same beside any database")]


def test_a_row_is_called_by_its_kind_its_number_and_how_it_stands():
    order = a_shop_with_a_paid_order()

    with override("zh-hans"):
        assert str(order) == f"订单 {order.number} (已付款)"
        assert str(ShipDate.objects.get()) == f"发货日 {DAY}"
        assert str(Payment.objects.get()).startswith("付款 ")
    with override("en"):
        assert str(order) == f"order {order.number} (Paid)"


def test_visits_are_called_by_their_names():
    booking = a_slot_with_a_booking()

    with override("zh-hans"):
        assert str(Booking.objects.get()) == f"预约 {booking.number} (已确认)"
        assert str(Experience.objects.get()) == "巨峰采摘"


def test_chinese_staff_read_what_a_field_wants_in_chinese(client):
    a_slot()
    a_boss(client)

    page = client.get(page_of(Experience.objects.get()), headers={"Accept-Language": "zh-CN"}).content.decode()

    assert "每行一条" in page
    assert "开场前多少分钟停止预约" in page
    assert "one line each" not in page


def test_a_report_is_read_in_the_language_of_whoever_reads_it():
    order = a_shop_with_a_paid_order()
    Order.objects.update(status=Order.Status.PACKED)
    verify.run(now=NOW)

    report = verify.last()

    [finding] = [finding for finding in report.drift if finding.sentences]
    assert finding.sentences == [f"order {order.number} (Packed): its history ends with “paid”"]
    with override("zh-hans"):
        assert finding.sentences == [f"订单 {order.number} (已装箱)：历史最后一条是“已付款”"]
        assert str(finding.proves).startswith("每个订单和候补订单的状态都与历史一致")
