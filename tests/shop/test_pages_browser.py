"""The journey in a real browser, on a phone, with and without JavaScript: nothing refused, nothing too wide."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Page, Response

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
        self.bytes = 0
        page.on("console", lambda said: self._complain(said.type, said.text))
        page.on("pageerror", lambda error: self._complain("error", str(error)))

    def weigh(self) -> None:
        """Count the bytes of every answer from now on."""
        self.page.on("response", self._count)

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
            self.page.wait_for_selector("[name=agreed_fen]", state="attached")
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

    def _count(self, response: Response) -> None:
        if response.ok:
            self.bytes += len(response.body())


@contextmanager
def a_visitor(*, scripts: bool = True) -> Iterator[Visitor]:
    with browser.a_telephone(java_script_enabled=scripts) as phone:
        yield Visitor(phone.new_page(), scripts=scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_customer_orders_and_pays_on_a_phone(shop, language, scripts):
    with a_visitor(scripts=scripts) as visitor, override(language):
        visitor.page.goto(f"{shop}{reverse('shop:order-form')}?box-kyoho-2500=2", wait_until="networkidle")
        visitor.page.locator(".day--open input").first.check(force=True)
        visitor.fill_in()
        visitor.order()
        order = visitor.page.url
        visitor.page.locator("main .button--wide").first.click()
        visitor.page.locator("[value=pay]").click()
        visitor.page.wait_for_url(order)

        assert visitor.page.locator(".situation--confirming").count() == 1
        assert visitor.complaints == []


def test_the_first_view_is_light_and_fits(shop):
    with a_visitor() as visitor:
        visitor.weigh()
        visitor.page.goto(f"{shop}/", wait_until="networkidle")
        visitor.look()

        assert 0 < visitor.bytes < 100_000
        assert visitor.complaints == []


def test_the_total_and_the_lists_come_while_choosing(shop):
    with a_visitor() as visitor:
        visitor.page.goto(f"{shop}/order/")
        visitor.page.locator("[data-count] button").nth(1).click()
        visitor.page.locator(".day--open input").first.check(force=True)
        visitor.page.wait_for_selector("[name=province] option:nth-child(3)", state="attached")
        visitor.page.locator("[name=province]").select_option("北京市")
        visitor.page.wait_for_selector("[name=district] option[value=东城区]", state="attached")
        visitor.page.locator("[name=district]").select_option("东城区")
        visitor.page.wait_for_selector(".sum__arrival")

        assert "box-kyoho-2500=1" in visitor.page.url
        assert visitor.page.locator(".sum .price").inner_text().startswith("¥")
        assert visitor.complaints == []


def test_the_order_page_looks_again_by_itself(shop):
    with a_visitor() as visitor:
        visitor.page.goto(f"{shop}/order/?box-kyoho-2500=1", wait_until="networkidle")
        visitor.page.locator(".day--open input").first.check(force=True)
        visitor.fill_in()
        visitor.order()
        other_tab = visitor.page.context.new_page()
        other_tab.goto(f"{visitor.page.url}cancellation/")
        other_tab.locator(".button--grave").click()
        visitor.page.wait_for_selector(".situation--cancelled")

        assert visitor.page.locator("[data-said]").inner_text() != ""
        assert visitor.complaints == []


HANGING = """async () => {
  const timers = [], heard = {};
  const fetch = () => new Promise(() => {}), setTimeout = (late, ms) => timers.push([late, ms]);
  const self = { addEventListener: (what, does) => { heard[what] = does; }, location: { origin: "http://farm" } };
  const caches = { open: async () => ({ match: async (asked) => asked.url ?? asked }) };
  %s
  const answers = {};
  const asked = [["GET", "navigate", "/shop/"], ["POST", "navigate", "/order/"], ["GET", "no-cors", FILES[0]]];
  for (const [method, mode, path] of asked) {
    const request = { method, mode, url: `http://farm${path}` };
    heard.fetch({ request, respondWith: (answer) => answer.then((found) => { answers[path] = found; }) });
  }
  await new Promise((done) => window.setTimeout(done, 20));
  const patience = timers.map(([, ms]) => ms).sort();
  timers.forEach(([late]) => late());
  await new Promise((done) => window.setTimeout(done, 20));
  return [patience, answers, FILES[0]];
}"""


def test_a_network_that_only_hangs_is_none_but_never_for_what_is_being_sent(client):
    """The worker alone, in a page whose network never answers and whose time is pushed on by hand."""
    worker = client.get("/worker.js").content.decode()
    with browser.a_telephone() as phone:
        patience, answers, file = phone.new_page().evaluate(HANGING % worker)

    assert patience == [3000, 8000]
    assert answers == {"/shop/": "/offline/", file: f"http://farm{file}"}
