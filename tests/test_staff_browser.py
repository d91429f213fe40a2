"""The staff's tool in a real browser on a desk: what belongs together stands on one line, and nothing runs off it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect

from farm.models import Payment
from shop import changes
from shop.models import PickWave
from tests import browser
from tests.builders import NOW, a_paid_order, a_shop
from tests.staff import a_boss, list_of, page_of
from tests.visits import a_rule
from tests.worlds import a_shop_with_a_planned_order

pytestmark = browser.MARKS
LANGUAGES = ("zh-hans", "en")

LINES = """() => [...document.querySelectorAll("#result_list tbody .field-started, #result_list tbody .field-captured")]
    .map(cell => { const words = document.createRange(); words.selectNodeContents(cell);
                   return new Set([...words.getClientRects()].map(box => Math.round(box.top))).size; })"""

HIDDEN = """() => { const list = document.querySelector("#result_list");
                    return list.scrollWidth - list.closest("[data-simplebar]").clientWidth; }"""

CUT_OFF = """() => [document.documentElement, document.querySelector("#header-inner h1")]
    .map(part => part.scrollWidth - part.clientWidth)"""

LOOKS_LIKE_TEXT = """link => getComputedStyle(link).color === getComputedStyle(link.parentElement).color"""


@contextmanager
def a_desk(live_server, language: str) -> Iterator[Page]:
    """The boss's browser."""
    client = Client()
    a_boss(client)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    cookies = {django_settings.SESSION_COOKIE_NAME: session, django_settings.LANGUAGE_COOKIE_NAME: language}
    with browser.a_telephone(viewport=browser.DESK) as desk:
        desk.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        yield desk.new_page()


@pytest.fixture(autouse=True)
def _styles(settings):
    settings.WHITENOISE_USE_FINDERS = True


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_moment_is_one_line_and_the_list_as_wide_as_its_page(live_server, language):
    a_shop()
    a_paid_order()

    with a_desk(live_server, language) as page:
        page.goto(f"{live_server.url}{list_of(Payment)}")
        page.wait_for_selector("#result_list")

        assert page.evaluate(LINES) == [1, 1]
        assert page.evaluate(HIDDEN) <= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_orders_buttons_leave_its_heading_whole(live_server, language):
    order = a_shop_with_a_planned_order()

    with a_desk(live_server, language) as page:
        page.goto(f"{live_server.url}{page_of(order)}")
        expect(page.locator("#header-inner h1")).to_contain_text(order.number)

        assert page.evaluate(CUT_OFF) == [0, 0]


def test_a_waves_count_looks_like_the_link_it_is(live_server):
    a_shop_with_a_planned_order()
    wave = PickWave.objects.get()

    with a_desk(live_server, "en") as page:
        for place in (list_of(PickWave), page_of(wave)):
            page.goto(f"{live_server.url}{place}")
            assert not page.locator("a[href*='wave__id']").evaluate(LOOKS_LIKE_TEXT)


def test_a_button_of_a_page_that_is_out_of_date_says_so(live_server):
    order = a_shop_with_a_planned_order()

    with a_desk(live_server, "en") as page:
        page.goto(f"{live_server.url}{page_of(order)}")
        changes.cancel_by_staff(order=order, by="li.na", now=NOW)
        page.locator("#header-inner").get_by_text("Cancel the order").click()

        expect(page.get_by_text("This cannot be done in its present state.")).to_be_visible()
        expect(page.locator("#modal-content")).to_be_hidden()


def test_a_day_that_is_checked_chooses_its_way(live_server):
    rule = a_rule("FREQ=DAILY")

    with a_desk(live_server, "en") as page:
        page.goto(f"{live_server.url}{page_of(rule)}")
        page.get_by_role("checkbox", name="Sat").check()

        expect(page.get_by_role("radio", name="on these weekdays")).to_be_checked()
        page.get_by_role("textbox", name="otherwise, by a written rule").fill("FREQ=MONTHLY;BYDAY=1SA")
        expect(page.get_by_role("radio", name="otherwise, by a written rule")).to_be_checked()

        page.get_by_role("radio", name="every day").check()
        page.get_by_role("checkbox", name="Sat").uncheck()
        page.get_by_role("textbox", name="otherwise, by a written rule").fill("")
        expect(page.get_by_role("radio", name="every day")).to_be_checked()
