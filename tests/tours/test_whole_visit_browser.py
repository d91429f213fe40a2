"""The visits' promise as one walk in a browser: book, pay, move, print, be rained out, choose again, be let in once."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from farm import outbox
from tests import browser
from tests.gatekeeper import Gatekeeper
from tests.staff import a_boss
from tests.tours.test_pages_browser import book_a_family, move_to, tap
from tests.visits import NOW, SATURDAY, a_slot, an_experience
from tours import closures, tickets
from tours.models import Booking, CheckIn

pytestmark = browser.MARKS
SUNDAY = SATURDAY + dt.timedelta(days=1)
NEXT_SATURDAY = SATURDAY + dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)


class Clock:
    """The farm's clock, moved by hand: a visit takes eleven days."""

    now = NOW


@pytest.fixture
def clock(monkeypatch, settings):
    settings.WHITENOISE_USE_FINDERS = True
    monkeypatch.setattr(timezone, "now", lambda: Clock.now)
    Clock.now = NOW
    return Clock


def the_worker_works() -> None:
    closures.carry_on(Clock.now)
    outbox.deliver_due(Clock.now)


def books_and_pays_a_deposit(page: Page, farm: str) -> str:
    """A family books Saturday; the address of its page."""
    page.goto(f"{farm}/visits/?day={SATURDAY}")
    tap(page, "a.time--open")
    book_a_family(page, scripts=True)
    place = page.url
    tap(page, ".situation .button--wide")
    tap(page, "[value=pay]")
    the_worker_works()
    page.goto(place)
    return place


def closes_for_rain(context: BrowserContext, farm: str, day: dt.date) -> None:
    """Staff close a whole day in their tool."""
    page = context.new_page()
    page.goto(f"{farm}/staff/tours/closure/close/?first={day}&last={day}")
    page.check("[name=whole_day]")
    page.fill("[name=reason_zh]", "大雨")
    page.fill("[name=reason_en]", "heavy rain")
    page.get_by_role("button", name="Close these times").click()
    page.wait_for_load_state()
    page.close()
    the_worker_works()


def chooses(page: Page, day: dt.date) -> None:
    """Of all the times that are left, one on `day`."""
    tap(page, ".situation--rained_out a")
    tap(page, f"a.day[href*='day={day}']")
    page.locator("[name=choice]:enabled").first.check()
    tap(page, "form .button--wide")


def codes_of(booking: Booking) -> list[str]:
    return [tickets.token_of(ticket, booking) for ticket in booking.tickets.order_by("pk")]


def comes_in(keeper: Gatekeeper, code: str) -> None:
    keeper.scan(code, gives="welcome")
    keeper.press("Let this one in")
    keeper.says("1 let in")


def comes_in_three_and_one(keeper: Gatekeeper, booking: Booking, farm: str) -> None:
    """Three of the family come, then the fourth, who pays the rest; a fifth scan is refused."""
    keeper.page.clock.set_fixed_time(Clock.now)
    keeper.open(farm)
    codes = codes_of(booking)
    for code in codes[:3]:
        comes_in(keeper, code)
    keeper.scan(codes[3], gives="welcome")
    keeper.says("3 of 4 are in")
    keeper.press("Cash")
    keeper.says("Paid")
    keeper.press("Let this one in")
    keeper.says("1 let in")
    keeper.scan(codes[0], gives="already_in")


@contextmanager
def two_phones() -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """The visitor's, and that of somebody of the farm who is signed in."""
    client = Client()
    a_boss(client)
    session = client.cookies["sessionid"].value
    with (
        browser.a_telephone(locale="en-GB") as visitors,
        browser.a_telephone(locale="en-GB", keeps_a_worker=True, is_thrown_away=True) as keepers,
    ):
        keepers.add_cookies([{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}])
        yield visitors, keepers


def test_a_family_books_pays_moves_prints_is_rained_out_chooses_again_and_is_let_in_once(live_server, clock, capsys):
    farm, experience, complaints = live_server.url, an_experience(deposit_percent=30), []
    for day in (SATURDAY, SUNDAY, NEXT_SATURDAY):
        a_slot(day, experience=experience)
    with two_phones() as (phone, staff):
        page = phone.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))

        place = books_and_pays_a_deposit(page, farm)
        move_to(page, SUNDAY)
        booking = Booking.objects.get()
        assert (booking.slot.date, booking.paid_fen, booking.balance_fen) == (SUNDAY, 6600, 15400)
        paper = phone.request.get(f"{place}tickets.pdf")
        assert (paper.status, paper.body()[:5]) == (200, b"%PDF-")
        printed = codes_of(booking)

        clock.now = booking.slot.starts_at - 20 * HOUR
        closes_for_rain(staff, farm, SUNDAY)
        page.goto(place)
        assert "heavy rain" in page.locator("h1").inner_text()
        chooses(page, NEXT_SATURDAY)
        booking = Booking.objects.get()
        assert (booking.slot.date, booking.status, booking.balance_fen) == (NEXT_SATURDAY, "confirmed", 15400)

        clock.now = booking.slot.starts_at - HOUR / 4
        keeper = Gatekeeper(staff.new_page())
        comes_in_three_and_one(keeper, booking, farm)
        keeper.scan(printed[0], gives="dead")

    booking.refresh_from_db()
    assert (CheckIn.objects.count(), booking.balance_fen, complaints + keeper.complaints) == (4, 0, [])
    the_worker_works()
    call_command("verify")
    assert "no drift" in capsys.readouterr().out
