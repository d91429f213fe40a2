"""Photograph the ten main pages on a phone, as docs/pictures keeps them: `make pictures`."""

import datetime as dt
import io
import sys
import tempfile
from pathlib import Path

import requests
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import CHROMIUM, MISSING, PHONE, QUIET
from tests.open_farm import OpenFarm, open_farm, until
from tests.stories.test_journey import Customer

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SHARPNESS, COLOURS, HIGHEST = 2, 200, 1480
SOMEBODY = {"name": "李小红", "phone": "13987654321", "email": "li@example.com"}


def main() -> int:
    if not CHROMIUM:
        print(MISSING, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="beizhen-pictures-") as folder, open_farm(Path(folder)) as farm:
        places = _places(farm)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            page = browser.new_page(viewport=PHONE, device_scale_factor=SHARPNESS)
            for name, path in places.items():
                _photograph(page, farm.address + path, name)
            browser.close()
    return 0


def _places(farm: OpenFarm) -> dict[str, str]:
    """The ten main pages by name: an order on its way and a booking with its tickets are made first."""
    with requests.Session() as session:
        customer = Customer(session, farm.address)
        box = customer.get("/api/v1/boxes").json()["results"][0]["sku"]
        waiting = customer.order(box, 2, customer.first_open_date())
        to_pay = customer.post(waiting["links"]["pay"], {"provider": "practice"})["pay_url"]
        sent = customer.order(box, 2, customer.first_open_date())
        customer.pay(sent)
        booking = _a_booking(customer)
        until(lambda: customer.status(sent) in ("shipped", "delivered"), 120)
        until(lambda: customer.get(booking["links"]["self"]).json()["status"] == "confirmed", 60)
    return {
        "home": "/",
        "shelf": "/shop/",
        "box": f"/shop/{box}/",
        "checkout": f"/order/?box-{box}=2",
        "cashier": to_pay,
        "order": sent["links"]["page"],
        "visits": "/visits/",
        "experience": "/visits/kyoho-picking/",
        "booking": booking["links"]["page"],
        "home-en": "/en/",
    }


def _a_booking(customer: Customer) -> dict:
    """A paid visit of a family: the first time that has room for it."""
    month = (dt.date.today().replace(day=1) + dt.timedelta(days=32)).strftime("%Y-%m")
    times = customer.get(f"/api/v1/experiences/kyoho-picking/slots?month={month}").json()["results"]
    slot = next(time["id"] for time in times if time["left"] >= 4)
    shown = customer.get("/api/v1/experiences/kyoho-picking").json()
    wish = {"slot": slot, "party": {"adult": 2, "child": 2}, "plan": "full", "contact": SOMEBODY}
    if shown.get("waiver"):
        wish["waiver"] = shown["waiver"]["version"]
    booking = customer.post("/api/v1/bookings", wish, **{"Idempotency-Key": "a-family-for-the-pictures"})
    customer.pay(booking)
    return booking


def _photograph(page: Page, address: str, name: str) -> None:
    page.goto(address, wait_until="networkidle")
    tall = min(HIGHEST, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": PHONE["width"], "height": max(PHONE["height"], tall)})
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
    page.set_viewport_size(PHONE)
    print(f"docs/pictures/{name}.png", flush=True)


if __name__ == "__main__":
    sys.exit(main())
