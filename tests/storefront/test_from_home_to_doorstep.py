"""The customer's whole way in a real browser: from the first page to the delivered box, in both languages and sizes."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from shop import fulfilment, parcels, planning, tracking
from shop.models import Order
from tests import browser
from tests.builders import work_off
from tests.shop.test_pages_browser import Visitor, shop  # noqa: F401  # a fixture

pytestmark = browser.MARKS


def the_farm_sends(order: Order) -> None:
    """What staff and worker do between payment and doorstep."""
    now = timezone.now()
    work_off(now)
    planning.plan_day(ship_date=order.ship_date, now=now)
    order.refresh_from_db()
    fulfilment.confirm_picked(order=order, by="packer", now=now)
    fulfilment.confirm_packed(order=order, by="packer", now=now)
    work_off(now)
    order.refresh_from_db()
    if order.status == Order.Status.PACKED:
        parcels.hand_over(order=order, waybill_no="", by="packer", now=now)
    order.refresh_from_db()
    tracking.confirm_delivered(order=order, by="li.na", now=now)
    work_off(now)


@pytest.mark.ways(browser.WAYS_OF_THE_SHOP)
def test_grapes_are_found_ordered_paid_and_delivered(shop, language, size, scripts):  # noqa: F811
    with browser.a_telephone_of(size, scripts=scripts) as reader, override(language):
        visitor = Visitor(reader.new_page(), scripts=scripts)
        page = visitor.page
        page.goto(shop + reverse("home"))
        page.locator("a.bunch").first.click()
        page.locator("a[href$='/shop/kyoho-2500/']").first.click()
        page.locator(".buy [formaction], .buy .button").last.click()
        page.wait_for_load_state()
        page.locator(".day--open input").first.check(force=True)
        visitor.fill_in()
        visitor.order()
        place = page.url
        visitor.go_on()
        page.locator("[value=pay]").click()
        page.wait_for_url(place)
        assert page.locator(".situation--confirming").count() == 1
        the_farm_sends(Order.objects.get())
        page.goto(place)
        visitor.look()

        assert page.locator(".situation--delivered").count() == 1
        assert page.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-Hans")
        assert visitor.complaints == []
