"""The staff's lists in a real browser on a desk: what belongs together stands on one line."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from farm.models import Payment
from tests import browser
from tests.builders import a_paid_order, a_shop
from tests.staff import a_boss, list_of

pytestmark = browser.MARKS

LINES = """() => [...document.querySelectorAll("#result_list tbody .field-started, #result_list tbody .field-captured")]
    .map(cell => { const words = document.createRange(); words.selectNodeContents(cell);
                   return new Set([...words.getClientRects()].map(box => Math.round(box.top))).size; })"""

HIDDEN = """() => { const list = document.querySelector("#result_list");
                    return list.scrollWidth - list.closest("[data-simplebar]").clientWidth; }"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_moment_is_one_line_and_the_list_as_wide_as_its_page(live_server, settings, language):
    settings.WHITENOISE_USE_FINDERS = True
    a_shop()
    a_paid_order()
    client = Client()
    a_boss(client)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    cookies = {django_settings.SESSION_COOKIE_NAME: session, django_settings.LANGUAGE_COOKIE_NAME: language}

    with browser.a_telephone(viewport=browser.DESK) as desk:
        desk.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = desk.new_page()
        page.goto(f"{live_server.url}{list_of(Payment)}")
        page.wait_for_selector("#result_list")

        assert page.evaluate(LINES) == [1, 1]
        assert page.evaluate(HIDDEN) <= 0
