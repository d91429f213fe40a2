"""Somebody at the gate with a telephone: a real browser that is signed in, for tests of the gate's page."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import browser
from tests.staff import a_boss
from tests.visits import a_confirmed_booking, a_slot
from tours import tickets
from tours.models import Booking, Slot

A_CAMERA = """
    Object.assign(window, {inView: "", BarcodeDetector: class {
      async detect() { return inView ? [{rawValue: inView}] : []; }
    }});
    navigator.mediaDevices.getUserMedia = async () => new MediaStream();
    HTMLMediaElement.prototype.play = async () => {};
"""
"""One that reads whatever a test holds into its view."""
A_QUICK_CLOCK = """
    const wait = setTimeout;
    window.setTimeout = (act, ms) => {
      document.documentElement.dataset.waits = `${document.documentElement.dataset.waits ?? ""} ${ms / 1000}`;
      return wait(act, ms / 100);
    };
"""
"""A hundred times as quick; it notes for how many seconds the page meant to wait, time after time."""
TWO_PICTURES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


def a_slot_now() -> Slot:
    """The slot that begins this minute, as the real clock has it."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    return a_slot(now.date(), now.time())


def booked(slot: Slot, **party: int) -> Booking:
    booking = a_confirmed_booking(slot, now=slot.cut_off_at - dt.timedelta(hours=1), **party)
    booking.slot = slot
    return booking


def codes_of(booking: Booking) -> list[str]:
    return [tickets.token_of(ticket, booking) for ticket in booking.tickets.all()]


class Gatekeeper:
    """Somebody of the farm with a telephone, who notes whatever goes wrong in the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._complain(said.text))

    def open(self, farm: str) -> None:
        self.page.goto(f"{farm}/gate/")
        self.page.wait_for_selector("body[data-kept=yes]")

    def scan(self, code: str, *, gives: str) -> None:
        """As a keyboard scanner does: letters, then Enter."""
        self.page.locator("#code").fill(code)
        self.page.keyboard.press("Enter")
        self.sees(gives)

    def opens_a_camera(self, farm: str) -> None:
        self.page.add_init_script(A_CAMERA)
        self.open(farm)
        self.press("Camera")

    def holds_up(self, code: str) -> None:
        """Nothing, or a code, comes into the camera's view."""
        self.page.evaluate(f"code => {{ inView = code; return {TWO_PICTURES}; }}", code)

    def has_a_quick_clock(self) -> None:
        self.page.add_init_script(A_QUICK_CLOCK)

    def forgets_its_waits(self) -> None:
        self.page.evaluate("document.documentElement.dataset.waits = ''")

    def means_to_wait(self, *seconds: int) -> None:
        """The page means to wait so long, time after time."""
        self.page.wait_for_selector(f"html[data-waits*='{' '.join(map(str, seconds))}']")

    def waits(self, seconds: float) -> None:
        """The page's clock moves on."""
        self.page.evaluate("ms => { const at = performance.now() + ms; performance.now = () => at; }", seconds * 1000)

    def sees(self, code: str) -> None:
        self.page.wait_for_selector(f".verdict[data-code={code}]")

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def says(self, words: str) -> None:
        expect(self.page.locator(".verdict")).to_contain_text(words)

    def goes_offline(self) -> None:
        self.page.context.set_offline(True)

    def comes_online(self) -> None:
        self.page.context.set_offline(False)
        self.waits_with(0)

    def waits_with(self, scans: int) -> None:
        self.page.wait_for_selector(f"body[data-queued='{scans}']")

    def loses_answers_of(self, *names: str) -> None:
        """The farm hears it, and its answer is lost on the way."""
        for name in names:
            self.page.route(f"**/gate/{name}", lambda route: (route.fetch(), route.abort()))

    def hears_nothing_of(self, name: str) -> None:
        """The farm does not answer this, nor is the network down."""
        self.page.route(f"**/gate/{name}", lambda route: None)

    def hears_again(self, *names: str) -> None:
        for name in names:
            self.page.unroute(f"**/gate/{name}")

    def _complain(self, words: str) -> None:
        if "Content Security Policy" in words:
            self.complaints.append(words)


@contextmanager
def a_gatekeeper(**telephone: bool) -> Iterator[Gatekeeper]:
    client = Client()
    a_boss(client)
    session = client.cookies["sessionid"].value
    with browser.a_telephone(locale="en-GB", keeps_a_worker=True, **telephone) as phone:
        phone.add_cookies([{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}])
        yield Gatekeeper(phone.new_page())
