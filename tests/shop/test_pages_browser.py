"""The shop in a real browser, on a phone: what follows by itself while somebody chooses, orders and waits."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route

from tests import browser
from tests.builders import HOME, a_box, a_lot, a_ship_date

pytestmark = browser.MARKS


@pytest.fixture
def shop(live_server, settings):
    """Boxes for tomorrow and the days after, as the real clock has them."""
    settings.WHITENOISE_USE_FINDERS = True
    today = timezone.localdate()
    a_box(season_from=today, season_until=today + dt.timedelta(days=60))
    a_lot(harvested_on=today - dt.timedelta(days=5), best_before=today + dt.timedelta(days=60))
    for n in range(2, 5):
        a_ship_date(today + dt.timedelta(days=n))
    return live_server.url


class Visitor:
    """Somebody with a phone, who notes whatever goes wrong in the browser."""

    def __init__(self, page: Page, *, scripts: bool = True) -> None:
        self.page = page
        self.scripts = scripts
        self.complaints: list[str] = []
        page.on("console", lambda said: self._complain(said.type, said.text))
        page.on("pageerror", lambda error: self._complain("error", str(error)))

    def fill_in(self) -> None:
        for name, words in vars(HOME).items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                self.page.wait_for_selector(f"[name={name}] option[value={words}]", state="attached")
                field.select_option(words)
            else:
                field.fill(words)

    def order(self) -> None:
        """Read the total and order; without scripts it stands on a page of its own."""
        if self.scripts:
            self.page.wait_for_selector("[aria-busy=false] [name=agreed_fen]", state="attached")
        else:
            self.go_on()
        self.go_on()

    def go_on(self) -> None:
        """Tap the main action."""
        self.page.locator("main .button--wide").first.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def _complain(self, kind: str, words: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(words)


@contextmanager
def a_visitor(*, scripts: bool = True, **different: Any) -> Iterator[Visitor]:
    with browser.a_telephone(java_script_enabled=scripts, **different) as phone:
        yield Visitor(phone.new_page(), scripts=scripts)


def test_the_total_the_lists_and_the_order_follow_by_themselves(shop):
    with a_visitor(keeps_a_worker=True) as visitor:
        page = visitor.page
        page.goto(f"{shop}/order/")
        page.locator("[data-count] button").nth(1).click()
        page.locator(".day--open input").first.check(force=True)
        page.wait_for_selector("[name=province] option:nth-child(3)", state="attached")
        page.locator("[name=province]").select_option("北京市")
        page.wait_for_selector("[name=district] option[value=东城区]", state="attached")
        page.locator("[name=district]").select_option("东城区")
        page.wait_for_selector(".sum__arrival")
        address, total = page.url, page.locator(".sum .price").inner_text()
        visitor.fill_in()
        visitor.order()
        other_tab = page.context.new_page()
        other_tab.goto(f"{page.url}cancellation/")
        other_tab.locator(".button--grave").click()
        page.wait_for_selector(".situation--cancelled")

        assert "box-kyoho-2500=1" in address
        assert total.startswith("¥")
        assert page.locator("[data-said]").inner_text() != ""
        assert visitor.complaints == []


@pytest.mark.parametrize("height", [480, 640, 740])
def test_what_says_that_a_box_is_in_the_basket_covers_no_button(shop, height):
    with a_visitor() as visitor:
        page = visitor.page
        page.set_viewport_size({"width": 360, "height": height})
        page.goto(f"{shop}/shop/kyoho-2500/")
        page.locator(".buy .button").first.click()
        page.wait_for_selector("[data-toast]", state="visible")
        said, bar = page.locator("[data-toast]").bounding_box(), page.locator(".buy").bounding_box()

        assert said["y"] + said["height"] <= bar["y"] or said["y"] >= bar["y"] + bar["height"]


@pytest.mark.parametrize("scripts", [True, False], ids=["tapped", "typed without scripts"])
def test_a_quantity_changed_a_moment_before_going_to_the_order_stands_in_it(shop, scripts):
    with a_visitor(scripts=scripts) as visitor:
        page = visitor.page
        page.context.add_cookies([{"name": "basket", "value": "kyoho-2500:1", "url": shop}])
        page.goto(f"{shop}/basket/")
        if scripts:
            for _ in range(3):
                page.locator("[data-count] button").nth(1).click()
        else:
            page.locator("[data-count] input").fill("4")
        visitor.go_on()

        assert page.locator("[name=box-kyoho-2500]").input_value() == "4"
        assert visitor.complaints == []


def test_a_quantity_changed_while_the_basket_counts_is_not_lost(shop):
    with a_visitor() as visitor:
        page = visitor.page
        page.context.add_cookies([{"name": "basket", "value": "kyoho-2500:1", "url": shop}])
        page.goto(f"{shop}/basket/")
        more = page.locator("[data-count] button").nth(1)

        def changed_meanwhile(route: Route) -> None:
            more.click()
            route.continue_()

        page.route("**/basket/changes/", changed_meanwhile, times=1)
        more.click()
        page.locator(".bill th", has_text="3 boxes").wait_for()

        assert page.locator("[data-count] input").input_value() == "3"


def test_a_box_more_than_one_order_may_have_is_not_said_to_be_in_the_basket(shop):
    with a_visitor() as visitor:
        page = visitor.page
        page.context.add_cookies([{"name": "basket", "value": "kyoho-2500:50", "url": shop}])
        page.goto(f"{shop}/shop/kyoho-2500/")
        page.locator(".buy .button").first.click()
        page.wait_for_selector("[data-toast]", state="visible")
        visitor.look()

        assert page.locator("[data-toast]").inner_text().startswith("At most 50 of Kyoho 2.5 kg in one order")
        assert page.locator("[data-basket]").inner_text() == "50"

        page.goto(f"{shop}/basket/")
        page.locator("[data-count] input").fill("60")
        page.keyboard.press("Tab")
        page.locator(".field__problem", has_text="At most 50 of it in one order.").wait_for()
