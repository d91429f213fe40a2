"""Text twice as large, on a phone: nothing is cut off or out of reach, the head stays one line at its usual size."""

import pytest
import time_machine
from django.utils.translation import override

from tests import browser
from tests.builders import NOW
from tests.storefront.states import STATES, at
from tests.visits import SATURDAY

pytestmark = browser.MARKS
PAGES = {
    "home": at("home"),
    "shelf": at("shop:shelf"),
    "box": at("shop:box", "kyoho-2500"),
    "order form": at("shop:order-form", **{"box-kyoho-2500": "2"}),
    "visits": at("tours:visits"),
    "experience": at("tours:experience", "picking", day=str(SATURDAY)),
}
# Two pixels below a line of figures are empty: nothing is cut there.
LARGE = """() => {
  const { documentElement: page } = document;
  const high = document.querySelector(".top").getBoundingClientRect().height;
  page.style.fontSize = "200%";
  const all = (what) => [...document.querySelectorAll(what)];
  return {
    wide: page.scrollWidth > page.clientWidth,
    headTooHigh: high > 60,
    cutDays: all(".day").filter((day) => day.scrollHeight > day.clientHeight + 2).length,
    awayFromBuying: all(".buy .button").filter((one) => one.getBoundingClientRect().right > page.clientWidth).length,
    waysToBuy: all(".buy .button").length,
  };
}"""
GOOD = {"wide": False, "headTooHigh": False, "cutDays": 0, "awayFromBuying": 0}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_hold_text_of_twice_the_size(live_server, language):
    addresses = {"order": STATES["order to pay"](), **PAGES}
    with browser.a_telephone() as reader, override(language):
        page = reader.new_page()
        seen = {}
        for name, address in addresses.items():
            page.goto(live_server.url + address())
            seen[name] = page.evaluate(LARGE)

    assert seen["box"]["waysToBuy"] == 2
    assert {name: GOOD | {"waysToBuy": of["waysToBuy"]} for name, of in seen.items()} == seen
