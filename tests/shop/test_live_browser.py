"""A livestream on a phone: two taps from the show to the order, and numbers that go on by themselves."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import reverse
from django.utils import timezone

from shop import live
from shop.models import LiveShow, Order, ShipDate
from shop.pages import live as pages
from tests.builders import a_show
from tests.shop.test_pages_browser import a_visitor, pytestmark, shop  # noqa: F401  # a fixture and marks


@pytest.fixture
def show(shop, settings):  # noqa: F811
    settings.LIVE_SECONDS = 1
    live.forget()
    pages.forget()
    now = timezone.now()
    return a_show(starts_at=now - dt.timedelta(minutes=5), ends_at=now + dt.timedelta(hours=2))


def test_the_numbers_go_on_while_somebody_looks_and_two_taps_lead_to_the_order(shop, show):  # noqa: F811
    with a_visitor() as visitor:
        page = visitor.page
        page.goto(shop + reverse("shop:live", args=[show.code]))
        visitor.look()
        page.wait_for_selector("text=500 boxes left")
        page.evaluate("document.querySelector('[data-offer]').mine = 'yes'")
        _take(40)
        page.wait_for_selector("text=460 boxes left")
        assert page.evaluate("document.querySelector('[data-offer]').mine") == "yes"

        page.locator("[data-offer] a").first.click()
        page.wait_for_load_state()
        visitor.fill_in()  # as the browser does for somebody who ordered before
        page.wait_for_selector("[name=agreed_fen]", state="attached")
        visitor.go_on()
        page.wait_for_url("**/o/**")

        assert visitor.complaints == []
    order = Order.objects.get()
    assert order.live_show == show
    assert order.lines.get().quantity == 1


def test_the_clock_goes_when_the_show_begins_and_stays_away(shop, show):  # noqa: F811
    LiveShow.objects.update(starts_at=show.starts_at + dt.timedelta(hours=1))
    with a_visitor() as visitor:
        page = visitor.page
        page.goto(shop + reverse("shop:live", args=[show.code]))
        page.wait_for_selector(".stream__countdown:has-text(':')")
        _aside(lambda: LiveShow.objects.update(starts_at=show.starts_at))
        page.wait_for_selector("[data-state=live]")
        page.evaluate("new Promise(done => setTimeout(done, 1500))")  # the clock ticks once a second

        assert page.locator(".stream__countdown").bounding_box() is None
        assert visitor.complaints == []


def _take(units: int) -> None:
    _aside(lambda: ShipDate.objects.update(taken=units))


def _aside(act: Callable[[], object]) -> None:
    """By another thread: while the browser runs, this one counts as asynchronous."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()
