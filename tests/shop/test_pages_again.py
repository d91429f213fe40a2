import pytest
import time_machine

from shop.models import Order
from tests.builders import NOW, a_shop
from tests.shop.test_pages_ordering import typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_a_form_that_was_sent_and_then_changed_says_what_happened(client):
    a_shop()
    client.post("/order/", typed(2))

    answer = client.post("/order/", typed(3, agreed_fen=23200))

    assert answer.status_code == 409
    assert "Your first order stands" in answer.content.decode()
    assert Order.objects.count() == 1


def test_line_ends_of_a_browser_count_as_one_character(client):
    a_shop()

    client.post("/order/", typed(1, agreed_fen=8400, gift_message="中" * 59 + "\r\n" + "秋" * 60))

    assert len(Order.objects.get().gift_message) == 120
