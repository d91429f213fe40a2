"""Text twice as large, on the smallest phone: nothing is cut off, the header stays one line at its usual size."""

import pytest
import time_machine
from django.utils.translation import override

from tests import browser
from tests.builders import NOW
from tests.storefront.states import STATES, at

pytestmark = browser.MARKS
PAGES = {
    "home": at("home"),
    "shelf": at("shop:shelf"),
    "box": at("shop:box", "kyoho-2500"),
    "order form": at("shop:order-form", **{"box-kyoho-2500": "2"}),
    "visits": at("tours:visits"),
}
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_hold_text_of_twice_the_size(live_server, language):
    addresses = {"order": STATES["order to pay"](), **PAGES}
    wide = {}
    with browser.a_telephone() as reader, override(language):
        page = reader.new_page()
        for name, address in addresses.items():
            page.goto(live_server.url + address(), wait_until="networkidle")
            high = page.locator(".top").bounding_box()["height"]
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            wide[name] = (max(0, page.evaluate(WIDE)), high <= 60)

    assert wide == dict.fromkeys(wide, (0, True))
