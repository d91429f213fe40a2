"""Around an order in a real browser on a phone: a dead network, Back, boxes that come free, photos of damage."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from shop import changes
from shop.links import order_path, waiting_path
from shop.models import DamageReport, Order, ShipDate
from tests.builders import a_delivered_order, a_lot, a_paid_order, a_place_in_line, a_ship_date, a_shop, an_order
from tests.pictures import a_photo, private_folder
from tests.shop import test_pages_browser as phone

pytestmark = phone.pytestmark
a_visitor = phone.a_visitor


@pytest.fixture
def shop(live_server, settings, tmp_path):
    settings.WHITENOISE_USE_FINDERS = True
    private_folder(settings, tmp_path)
    a_shop()
    today = timezone.localdate()
    a_lot("later", harvested_on=today - dt.timedelta(days=5), best_before=today + dt.timedelta(days=60))
    a_ship_date(in_two_days())
    return live_server.url


def in_two_days() -> dt.date:
    """As the real clock has it: browsers have no other."""
    return timezone.localdate() + dt.timedelta(days=2)


def test_a_dead_network_and_back_lose_nothing_and_pay_nothing_twice(shop):
    order = an_order(date=in_two_days(), now=timezone.now())
    with a_visitor(keeps_a_worker=True) as visitor:
        page = visitor.page
        page.goto(f"{shop}{order_path(order)}")
        page.evaluate("navigator.serviceWorker.ready")
        page.context.set_offline(True)
        page.wait_for_selector("[data-offline]", state="visible")
        page.context.set_offline(False)
        page.wait_for_selector("[data-offline]", state="hidden")
        complaints = [words for words in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in words]

        page.locator("[data-busy]").click()
        page.wait_for_url("**/cashier/**")
        cashier = page.url
        page.go_back()
        page.wait_for_selector(".situation__news")
        assert page.locator("[data-busy]").inner_text().startswith("Pay ¥")
        page.locator("[data-busy]").dblclick()
        page.wait_for_url("**/cashier/**")

        assert page.url == cashier
        assert complaints == []


@pytest.mark.parametrize(("story", "below"), [(a_paid_order, ".now__columns"), (an_order, ".situation .button--wide")])
def test_what_is_below_stands_still_when_the_script_of_an_order_comes_late(shop, story, below):
    order = story(date=in_two_days(), now=timezone.now())
    with a_visitor() as visitor:
        page = visitor.page
        page.route("**/order-page.js", lambda route: route.abort())
        page.goto(f"{shop}{order_path(order)}")
        before = page.locator(below).first.bounding_box()["y"]
        page.unroute("**/order-page.js")
        page.reload()
        page.wait_for_selector(".countdown[hidden]", state="detached")

        assert page.locator(below).first.bounding_box()["y"] == before


def an_offer_of_two_boxes() -> str:
    ShipDate.objects.update(limit=2)
    now, date = timezone.now(), in_two_days()
    full = an_order(2, date=date, now=now)
    place = a_place_in_line(2, date=date, now=now)
    changes.cancel(order=full, by="customer", now=now)
    return waiting_path(place)


def test_boxes_that_come_free_are_ordered_with_the_total_in_sight(shop):
    offer = an_offer_of_two_boxes()
    with a_visitor() as visitor:
        visitor.page.goto(f"{shop}{offer}")
        visitor.look()
        visitor.fill_in()
        visitor.page.wait_for_selector("[name=seen]", state="attached")
        visitor.page.locator("[data-order]").click()
        visitor.page.wait_for_selector(".situation--to_pay")

        assert Order.objects.exclude(status="cancelled").get().packing_units == 2
        assert visitor.complaints == []


def an_order_to_send_elsewhere() -> str:
    return f"{order_path(an_order(date=in_two_days(), now=timezone.now()))}address/"


@pytest.mark.parametrize("a_form", [an_offer_of_two_boxes, an_order_to_send_elsewhere])
def test_a_pasted_line_mends_what_was_missing(shop, a_form):
    address = shop + a_form()
    with a_visitor() as visitor:
        page = visitor.page
        page.goto(address)
        for field in page.locator("[name=name], [name=phone], [name=street]").all():
            field.fill("")
        page.locator("main .button--wide").first.click()
        page.locator(".field--wrong").first.wait_for()
        page.locator("[name=pasted]").fill("王小明 13812345678 辽宁锦州北镇广宁街道富屯路8号")
        page.locator("[name=fill]").click()
        page.wait_for_selector("[data-pasted]:not(:empty)")

        assert page.locator("[name=phone]").input_value() == "13812345678"
        assert page.locator(".field--wrong, [data-wrong], [aria-invalid]").count() == 0


def test_photos_are_made_small_on_the_phone_and_reported(shop, tmp_path: Path):
    order = a_delivered_order()
    Order.objects.get(pk=order.pk).events.update(at=timezone.now())
    large = tmp_path / "large.jpg"
    large.write_bytes(a_photo(3200, 2400))
    with a_visitor() as visitor:
        page = visitor.page
        page.goto(f"{shop}{order_path(order)}damage/")
        page.set_input_files("[type=file]", str(large))
        page.wait_for_selector(".hurt__photo")
        visitor.look()
        page.locator("main .button--wide").first.click()
        page.wait_for_selector(".damage__report--open")
        visitor.look()

        assert DamageReport.objects.get().photo_count == 1
        assert visitor.complaints == []
