"""The visitor's part of the farm's promise in a browser on a phone: book, pay a deposit, move, open the tickets."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Page

from farm import outbox
from tests import browser
from tests.visits import a_confirmed_booking, a_slot, an_experience
from tours.links import booking_path

pytestmark = browser.MARKS


@pytest.fixture
def saturday(live_server, settings) -> dt.date:
    """The Saturday after next, by the real clock, with a time on it and one at the same hour on Sunday."""
    settings.WHITENOISE_USE_FINDERS = True
    today = timezone.localdate()
    day = today + dt.timedelta(days=(5 - today.weekday()) % 7 + 7)
    experience = an_experience(deposit_percent=30)
    a_slot(day, experience=experience)
    a_slot(day + dt.timedelta(days=1), experience=experience)
    return day


def tap(page: Page, what: str) -> None:
    """Tap something that leads to another page, which must fit the phone."""
    page.locator(what).first.click()
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def book_a_family(page: Page, *, scripts: bool) -> None:
    if scripts:
        page.locator("[data-count]").nth(3).locator("button").last.click()
    else:
        page.fill("[name=ticket-family]", "1")
    page.fill("[name=name]", "李小红")
    page.fill("[name=phone]", "139 8765 4321")
    page.check("[name=plan][value=deposit]")
    if scripts:
        page.wait_for_selector("[name=seen][value='22000/6600']", state="attached")
    else:
        tap(page, "aside .button--wide")  # shows the price first
    tap(page, "aside .button--wide")


def move_to(page: Page, day: dt.date) -> None:
    tap(page, ".changes a")
    for _ in range(2):
        if page.locator(f"button.day[value='{day}']").count():
            break
        tap(page, "button.month__turn >> nth=-1")
    tap(page, f"button.day[value='{day}']")
    tap(page, "aside .button--wide")


@pytest.mark.ways(browser.WAYS_OF_THE_VISITS)
def test_a_family_books_saturday_pays_a_deposit_moves_to_sunday_and_opens_its_tickets(
    live_server, saturday, language, size, scripts
):
    complaints: list[str] = []
    moved_to = saturday + dt.timedelta(days=1)
    with browser.a_telephone_of(size, scripts=scripts) as phone, override(language):
        page = phone.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)

        page.goto(f"{live_server.url}{reverse('tours:visits')}?day={saturday}")
        tap(page, "a.time--open")
        book_a_family(page, scripts=scripts)
        booking = page.url
        tap(page, ".situation .button--wide")
        tap(page, "[value=pay]")
        outbox.deliver_due(timezone.now())  # the worker's part
        page.goto(booking)
        move_to(page, moved_to)
        tap(page, ".situation--confirmed .button--wide")
        width = page.locator("#pass img").bounding_box()["width"]
        tap(page, ".pass__close")
        tap(page, ".tickets__each summary")
        codes = page.locator(".tickets__each img:visible").count()
        sunday = page.locator(".situation strong").first.inner_text()
        paper = phone.request.get(f"{booking}tickets.pdf")

        assert width > 330, "the code fills a phone of 360 px"
        assert (codes, paper.headers["content-type"]) == (4, "application/pdf")
        assert (f"{moved_to.month}月{moved_to.day}日" if language == "zh-hans" else f"{moved_to:%-d %b}") in sunday
        assert page.locator("html").get_attribute("lang").lower() == language
        assert complaints == []


def test_what_a_late_change_costs_can_be_read_on_a_phone(live_server, settings):
    settings.WHITENOISE_USE_FINDERS = True
    soon = timezone.localtime() + dt.timedelta(hours=30)
    slot, later = (a_slot(soon.date() + dt.timedelta(days=more), soon.time()) for more in (0, 7))
    booking = a_confirmed_booking(slot, now=timezone.now())
    asked = f"change/?slot={later.pk}&day={later.date}&ticket-adult=1"

    with browser.a_telephone() as phone:
        page = phone.new_page()
        page.goto(f"{live_server.url}{booking_path(booking)}{asked}")
        notes = page.locator("aside .section-note")

        assert [notes.nth(place).is_visible() for place in range(notes.count())] == [True, True]
        assert "the farm keeps ¥44.00" in notes.first.inner_text()
        assert "at most 50 %" in notes.last.inner_text()


def test_a_change_that_was_priced_cannot_be_made_once_something_else_is_wished(live_server, settings):
    settings.WHITENOISE_USE_FINDERS = True
    soon = timezone.localdate() + dt.timedelta(days=9)
    slot, later = (a_slot(soon + dt.timedelta(days=more)) for more in (0, 1))
    booking = a_confirmed_booking(slot, now=timezone.now())
    asked = f"change/?slot={later.pk}&day={later.date}&ticket-adult=1"

    with browser.a_telephone() as phone:
        page = phone.new_page()
        page.goto(f"{live_server.url}{booking_path(booking)}{asked}")
        change, price = page.locator("aside form[method=post] button"), page.locator("aside button[form=wish]")
        before = change.is_visible(), price.is_visible()
        less, more = page.locator("[data-count]").first.locator("button").all()
        more.click()
        meanwhile = change.is_visible(), price.is_visible()
        less.click()
        back = change.is_visible(), price.is_visible()
        more.click()
        tap(page, "aside button[form=wish]")

        assert (before, meanwhile, back) == ((True, False), (False, True), (True, False))
        assert page.locator("aside input[name=ticket-adult]").input_value() == "2"
        assert (change.is_visible(), price.is_visible()) == (True, False)


def test_a_calendar_lists_the_times_of_a_day_only_where_each_has_a_line(live_server, saturday):
    a_slot(saturday, dt.time(14, 0), is_closed=True)
    a_slot(saturday, dt.time(16, 0), seats=0)
    with browser.a_telephone() as phone:
        page = phone.new_page()
        heights = {}
        for wide in (360, 768, 1000, 1280):
            page.set_viewport_size({"width": wide, "height": 800})
            page.goto(f"{live_server.url}/visits/picking/?day={saturday}")
            heights[wide] = page.locator(".day--chosen .day__slot:visible").evaluate_all(
                "times => times.map((time) => time.getBoundingClientRect().height < 20)"
            )

    assert heights == {360: [], 768: [], 1000: [True] * 3, 1280: [True] * 3}
