"""The account in a real browser on a phone, in both languages, with and without scripts."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Page, expect

from farm.models import Customer
from shop import address_book
from tests import accounts
from tests.accounts import PHONE, sent_code
from tests.builders import HOME, an_order
from tests.shop import test_pages_browser as phone
from tests.shop.test_after_browser import in_two_days, shop
from tests.visits import a_booking, a_slot
from tours.booking import Contact

__all__ = ["shop"]
pytestmark = phone.pytestmark
PAGES = ("overview", "orders", "bookings", "addresses", "new-address", "preferences", "data", "erasure")
SMALL = """() => [...document.querySelectorAll("main a, main button, main input:not([type=hidden]), main label.tick")]
    .filter((one) => one.offsetParent && !one.closest("label.tick, .notice") || one.matches?.("label.tick"))
    .filter((one) => one.getBoundingClientRect().height < 44 && !one.closest(".mine__what"))
    .map((one) => one.outerHTML.slice(0, 120))"""
SHOWN_AS_IT_WAS_KEPT = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@pytest.mark.parametrize(
    ("language", "scripts"),
    [("zh-hans", True), ("en", True), ("zh-hans", False)],
    ids=["zh", "en", "zh without scripts"],
)
def test_a_customer_signs_in_looks_around_and_leaves_for_good(shop, language, scripts, tmp_path):
    order = an_order(date=in_two_days(), now=timezone.now())
    with phone.a_visitor(scripts=scripts, keeps_a_worker=language == "en") as visitor, override(language):
        page = visitor.page
        signs_in(visitor, f"{shop}{reverse('account:overview')}")
        assert order.number in page.locator("main").inner_text()

        for name in PAGES:
            page.goto(f"{shop}{reverse(f'account:{name}')}")
            visitor.look()
            assert page.evaluate(SMALL) == [], name
        assert order.number in page.locator("main .notice").inner_text()

        with page.expect_download() as saved:
            page.goto(f"{shop}{reverse('account:data')}")
            page.locator("main .button--wide").first.click()
        file = tmp_path / "mine.json"
        saved.value.save_as(file)
        page.goto(f"{shop}{reverse('account:overview')}")
        page.locator("main form button").click()
        page.wait_for_url(f"{shop}{reverse('home')}")

        assert json.loads(Path(file).read_text("utf-8"))["orders"][0]["number"] == order.number
        assert visitor.complaints == []


def signs_in(visitor: phone.Visitor, address: str) -> None:
    """Through the door that `address` leads to."""
    visitor.page.goto(address)
    visitor.page.locator("[name=contact]").fill(PHONE)
    visitor.go_on()
    visitor.page.locator("[name=code]").fill(sent_code())
    visitor.go_on()


def test_the_head_of_a_page_that_is_the_same_for_all_leads_to_the_account_of_who_is_signed_in(shop):
    a_booking(a_slot(), contact=Contact("王小明", PHONE, ""))
    with phone.a_visitor() as visitor:
        page = visitor.page
        page.goto(f"{shop}/")
        before = page.locator(".top__mine").get_attribute("href")
        signs_in(visitor, f"{shop}{reverse('account:sign-in')}")
        page.goto(f"{shop}/")
        page.wait_for_selector(f".top__mine[href='{reverse('account:overview')}']")

        assert before == reverse("shop:find")
        assert page.locator(".top__mine").inner_text() == "Account"
        assert page.locator(".top").bounding_box()["height"] <= 60  # still one line
        assert Customer.objects.get().phone == PHONE
        assert visitor.complaints == []


def leaves(page: Page, shop: str) -> None:
    page.goto(f"{shop}{reverse('account:overview')}")
    page.locator("main form button").click()
    page.wait_for_url(f"{shop}{reverse('home')}")


def is_erased(page: Page, shop: str) -> None:
    page.goto(f"{shop}{reverse('account:erasure')}")
    page.locator("[name=understood]").check()
    page.locator("main form button").click()
    page.wait_for_selector("main:not(:has(form))")


def leaves_unseen(page: Page, shop: str) -> None:
    """As another tab does it: no page of this one is shown in between."""
    page.context.clear_cookies()


@pytest.mark.parametrize("goes", [leaves, is_erased, leaves_unseen])
def test_whoever_is_gone_leaves_no_address_behind_in_the_order_form(shop, goes):
    with phone.a_visitor() as visitor:
        page = visitor.page
        opens_the_order_form(visitor, shop)
        known = said(page)
        goes(page, shop)
        page.goto(f"{shop}/order/")
        page.wait_for_selector("select[name=province]")

        assert known == [HOME.name, HOME.phone, HOME.street]
        assert said(page) == ["", "", ""]


def test_back_shows_no_address_of_whoever_signed_out_meanwhile(shop):
    with phone.a_visitor() as visitor:
        page = visitor.page
        opens_the_order_form(visitor, shop)
        page.goto(f"{shop}/help/")
        leaves_unseen(page, shop)
        page.go_back()
        expect(page.locator("[name=street]")).to_have_value("")

        assert said(page) == ["", "", ""]


@pytest.mark.parametrize("visits", [1, 2])
@pytest.mark.parametrize("draft", ["", "history.replaceState(null, ''), sessionStorage.clear()"], ids=["kept", "lost"])
def test_a_page_that_the_browser_kept_shows_no_address_of_whoever_signed_out_meanwhile(shop, visits, draft):
    with phone.a_visitor() as visitor:
        page = visitor.page
        opens_the_order_form(visitor, shop, visits=visits)
        page.evaluate(draft)
        leaves_unseen(page, shop)
        page.evaluate(SHOWN_AS_IT_WAS_KEPT)
        expect(page.locator("[name=street]")).to_have_value("")

        assert said(page) == ["", "", ""]


def opens_the_order_form(visitor: phone.Visitor, shop: str, *, visits: int = 1) -> None:
    """As a customer who keeps an address; all but the first of the `visits` find a draft of the one before.

    They signed in some days ago: no page of that is drawn again.
    """
    client = Client()
    accounts.signs_in(client)
    kept = [{"name": name, "value": cookie.value, "url": shop} for name, cookie in client.cookies.items()]
    visitor.page.context.add_cookies(kept)
    address_book.keep(customer=Customer.objects.get(), address=HOME, now=timezone.now())
    for _ in range(visits):
        visitor.page.goto(f"{shop}/help/")
        with visitor.page.expect_response("**/order/total/"):  # asked for when all that was kept is there again
            visitor.page.goto(f"{shop}/order/?sku=kyoho-2500&quantity=1")
    visitor.page.wait_for_selector("select[name=province]")


def said(page: Page) -> list[str]:
    return [page.locator(f"[name={field}]").input_value() for field in ("name", "phone", "street")]
