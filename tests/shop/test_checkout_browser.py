"""Ordering in a real browser on a phone: paste, agree, tap twice, go back, lose the network: one order, none lost."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from shop.models import Box, Order, ShipDate
from tests import browser
from tests.builders import a_box, a_lot, a_ship_date
from tests.shop.test_pages_browser import Visitor, a_visitor

pytestmark = browser.MARKS
LINE = "王小明，+86 138-1234-5678，辽宁锦州北镇广宁街道富屯路8号"
SAID = ["王小明", "13812345678", "辽宁省", "锦州市", "北镇市", "广宁街道富屯路8号"]
FIELDS = ("name", "phone", "province", "city", "district", "street")


@pytest.fixture
def shop(live_server, settings) -> str:
    settings.WHITENOISE_USE_FINDERS = True
    today = timezone.localdate()
    a_box(season_from=today, season_until=today + dt.timedelta(days=60))
    a_lot(harvested_on=today - dt.timedelta(days=5), best_before=today + dt.timedelta(days=60))
    a_ship_date(today + dt.timedelta(days=2))
    return str(live_server.url)


@pytest.fixture
def visitor(shop) -> Iterator[Visitor]:
    with a_visitor(keeps_a_worker=True) as visitor:
        yield visitor


def begin(page: Page, shop: str) -> None:
    page.goto(f"{shop}/order/?box-kyoho-2500=2")
    page.locator(".day--open input").first.check(force=True)


def paste(page: Page) -> None:
    page.locator("[name=pasted]").fill(LINE)
    page.locator("[name=fill]").click()
    page.wait_for_selector("[data-pasted]:not(:empty)")


def ready(page: Page, shop: str) -> None:
    """A whole order whose total can be read."""
    begin(page, shop)
    paste(page)
    page.wait_for_selector("[name=agreed_fen]", state="attached")


def said(page: Page) -> list[str]:
    return [page.locator(f"[name={field}]").input_value() for field in FIELDS]


def numbers() -> list[str]:
    return list(Order.objects.values_list("number", flat=True))


def places_an_order(page: Page) -> None:
    page.locator("[data-go]").click()
    page.wait_for_selector(".situation--to_pay")


def kept_by_the_worker(page: Page) -> list[str]:
    page.evaluate("navigator.serviceWorker.ready")
    kept: list[str] = page.evaluate(
        """caches.keys().then(async (names) => (await Promise.all(names.map(async (name) =>
        (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat())"""
    )
    return kept


def test_a_line_pasted_after_a_refusal_fills_the_form_and_the_address_of_the_page_names_nobody(visitor, shop):
    page = visitor.page
    begin(page, shop)
    page.locator("[data-go]").click()
    page.wait_for_selector(".field--wrong")
    paste(page)
    page.wait_for_selector("[name=agreed_fen]", state="attached")
    visitor.look()

    assert said(page) == SAID
    assert page.locator(".field--wrong, [aria-invalid]").count() == 0
    assert page.locator("[data-go]").inner_text() == "Place order and pay"
    assert page.locator("[data-pasted]").inner_text() == "Filled in. Look over it once."
    assert "13812345678" not in page.url
    assert "name" not in page.url.partition("?")[2]
    assert [words for words in visitor.complaints if "400 (Bad Request)" not in words] == []  # that is the refusal


def test_a_second_line_takes_the_place_of_the_first(visitor, shop):
    page = visitor.page
    ready(page, shop)
    page.locator("[name=pasted]").fill("李四 13900139001 朝阳区建国路88号")
    page.locator("[name=fill]").click()
    expect(page.locator("[data-pasted]")).to_contain_text("Still to write: Province, City, District.")

    assert said(page) == ["李四", "13900139001", "", "", "", "朝阳区建国路88号"]
    assert page.locator("[aria-busy=false] [name=agreed_fen]").count() == 0


def test_a_pasted_line_fills_the_form_without_scripts(shop):
    with a_visitor(scripts=False) as visitor:
        begin(visitor.page, shop)
        paste(visitor.page)
        visitor.look()
        filled = said(visitor.page)
        places_an_order(visitor.page)

        assert filled == SAID
        assert visitor.complaints == []


def test_a_total_that_changed_meanwhile_is_shown_and_nothing_is_ordered(visitor, shop):
    page = visitor.page
    ready(page, shop)
    Box.objects.update(price_fen=7000)
    page.locator("[data-go]").click()
    page.wait_for_selector("[data-agree]")
    told, ordered = page.locator("[role=alert]").first.inner_text(), numbers()
    page.locator("[data-agree] .button").first.click()
    page.wait_for_selector(".situation--to_pay")

    assert told.startswith("The total is ¥")
    assert ordered == []
    assert Order.objects.get().boxes_fen == 14000


def test_a_tap_right_after_a_new_quantity_lands_and_asks_for_another_at_the_new_total(visitor, shop):
    page = visitor.page
    ready(page, shop)
    page.locator("[name=box-kyoho-2500]").fill("3")
    page.locator("[data-go]").click()
    page.wait_for_selector("[data-new]", state="visible")
    told, ordered = page.locator("[data-sum] .price").inner_text(), numbers()
    visitor.look()
    places_an_order(page)

    assert ordered == []
    assert Order.objects.get().boxes_fen == 3 * 6800
    assert told == f"¥{Order.objects.get().total_fen / 100:.2f}"


def test_the_bar_stands_still_while_the_total_is_counted_anew(visitor, shop):
    page = visitor.page
    ready(page, shop)
    before = page.locator("[data-go]").bounding_box()
    page.route("**/order/total/", lambda route: None)
    page.locator("[name=box-kyoho-2500]").fill("3")
    page.locator("[name=box-kyoho-2500]").blur()

    assert page.locator("[data-go]").bounding_box() == before
    assert page.locator("[data-sum]").get_attribute("aria-busy") == "true"


def test_a_total_that_cannot_be_had_stays_in_grey_no_longer_than_it_is_waited_for(visitor, shop):
    page = visitor.page
    ready(page, shop)
    page.route("**/order/total/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator("[name=box-kyoho-2500]").fill("3")

    expect(page.locator("[data-sum]")).to_have_attribute("aria-busy", "false", timeout=3_000)


def test_a_press_that_was_dragged_away_says_nothing_of_the_total_beside_which_a_key_is_pressed(visitor, shop):
    page = visitor.page
    ready(page, shop)
    page.locator("[data-go]").hover()
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    with page.expect_response("**/order/total/"):
        page.locator("[name=box-kyoho-2500]").fill("3")
    expect(page.locator("[data-sum]")).to_have_attribute("aria-busy", "false")
    page.locator("[data-go]").press("Enter")
    page.wait_for_selector(".situation--to_pay", timeout=5_000)

    assert Order.objects.get().boxes_fen == 3 * 6800


def test_reload_two_taps_and_back_keep_what_was_typed_and_order_once_and_the_browser_keeps_no_page(visitor, shop):
    page = visitor.page
    ready(page, shop)
    page.locator("[name=gift_message]").fill("生日快乐")
    page.reload()
    page.wait_for_selector("[name=agreed_fen]", state="attached")
    reloaded = [*said(page), page.locator("[name=gift_message]").input_value()]
    page.locator("[data-go]").dblclick()
    page.wait_for_selector(".situation--to_pay")
    first, ordered = page.url, numbers()
    page.go_back()
    page.wait_for_selector("[name=agreed_fen]", state="attached")
    came_back = [*said(page), page.locator("[name=gift_message]").input_value()]
    places_an_order(page)
    kept = kept_by_the_worker(page)

    assert reloaded == came_back == [*SAID, "生日快乐"]
    assert page.url.split(":")[:3] == first.split(":")[:3]
    assert len(ordered) == 1
    assert numbers() == ordered
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert kept
    assert [path for path in kept if not path.startswith("/static/") and "/offline/" not in path] == []
    assert visitor.complaints == []


def test_another_day_is_taken_beside_the_total_and_all_that_was_typed_stays(visitor, shop):
    page = visitor.page
    few, plenty = (timezone.localdate() + dt.timedelta(days=days) for days in (2, 3))
    ShipDate.objects.update(limit=1)
    a_ship_date(plenty)
    page.goto(f"{shop}/order/?box-kyoho-2500=2&ship_date={few}")
    paste(page)
    page.locator("[data-sum] [name=other_date]").first.click()
    page.wait_for_selector("[name=agreed_fen]", state="attached")

    assert page.locator("[name=ship_date]:checked").input_value() == str(plenty)
    assert f"ship_date={plenty}" in page.url
    assert said(page) == SAID


def test_without_network_nothing_is_sent_and_what_was_sent_into_a_dead_one_is_sent_again(visitor, shop):
    page = visitor.page
    ready(page, shop)
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.locator("[data-go]").click()
    page.wait_for_selector("[data-offline]", state="visible")
    offline = (said(page), numbers())
    page.context.set_offline(False)
    page.wait_for_selector("[data-offline]", state="hidden")
    page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => true})")  # a phone that notices late
    page.context.set_offline(True)
    page.locator("[data-go]").click()
    page.wait_for_selector("[data-no-network=sent]")
    told = page.locator(".stop").inner_text()
    page.context.set_offline(False)
    page.locator("[data-back]").click()
    page.wait_for_selector("[name=agreed_fen]", state="attached")
    typed = said(page)
    places_an_order(page)

    assert offline == (SAID, [])
    assert "nothing is ordered or paid twice" in told
    assert typed == SAID
    assert len(numbers()) == 1


def test_an_answer_that_is_lost_on_the_way_makes_no_second_order(shop):
    with a_visitor() as visitor:
        page = visitor.page
        ready(page, shop)
        page.route(f"{shop}/order/", lambda route: (route.fetch(max_redirects=0), route.abort()))
        with page.expect_event("requestfailed"):
            page.locator("[data-go]").click()
        first = numbers()
        page.unroute(f"{shop}/order/")
        begin(page, shop)
        page.wait_for_selector("[name=agreed_fen]", state="attached")
        places_an_order(page)

        assert len(first) == 1
        assert numbers() == first


def test_a_page_that_cannot_be_had_is_one_of_the_house_and_comes_back_by_itself(visitor, shop):
    page = visitor.page
    page.goto(f"{shop}/help/")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    page.goto(f"{shop}/shop/")
    visitor.look()
    told = page.locator(".stop").inner_text()
    drawn = page.locator(".stop img").evaluate("image => image.naturalWidth")
    page.context.set_offline(False)
    page.wait_for_selector("main.shop")

    assert "Your order is safe, and nothing was sent." in told
    assert drawn > 0
