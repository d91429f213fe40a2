"""First views: what the server needs for a page beside a static file, and what a slow phone on a slow network sees.

The embedded farm with its demo data, as `make up` starts it; the browser has a quarter of a core and 1.6 Mbit/s.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import CHROMIUM, PHONE, QUIET
from tests.open_farm import OpenFarm, open_farm

ROUNDS, PAUSE_SECONDS = 80, 0.002
A_FILE = "/static/beizhen/tokens.css"
SLOWER, BYTES_PER_SECOND, LATENCY_MS = 4, 1_600_000 // 8, 150
TIMES_A_FILE, LONGEST_SECONDS, MOST_SHIFT, MOST_BYTES = 10, 1.5, 0.05, 100_000
SEEN = """() => new Promise((tell) => {
  const seen = { painted: 0, shifted: 0 };
  new PerformanceObserver((list) => { seen.painted = list.getEntries().at(-1).startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) seen.shifted += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(seen), 300);
})"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="beizhen-front-") as folder, open_farm(Path(folder)) as farm:
        pages = _pages(farm)
        for path in pages:
            _beside_a_file(farm, path)
        with _a_browser() as browser:
            for path in pages:
                _first_view(browser, farm.address + path, path)


def _pages(farm: OpenFarm) -> list[str]:
    """The public pages: the first box and the first visit stand for all of theirs."""
    [box, *_] = requests.get(f"{farm.address}/api/v1/boxes", timeout=20).json()["results"]
    [visit, *_] = requests.get(f"{farm.address}/api/v1/experiences", timeout=20).json()["results"]
    chosen = f"/order/?box-{box['sku']}=2"
    of_one = [f"/shop/{box['sku']}/", chosen, f"/visits/{visit['code']}/"]
    return ["/", "/shop/", "/visits/", *of_one, "/delivery/", "/help/"]


def _beside_a_file(farm: OpenFarm, path: str) -> None:
    """The page and a file in turns over one connection each, and the page again with its ETag."""
    with requests.Session() as reader:
        page, file = [], []
        for _ in range(ROUNDS):
            page.append(_seconds(reader, farm.address + path))
            file.append(_seconds(reader, farm.address + A_FILE))
        etag = reader.get(farm.address + path, timeout=20).headers.get("ETag", "")
        again = (
            reader.get(farm.address + path, headers={"If-None-Match": etag}, timeout=20).status_code if etag else "-"
        )
    middle, beside = statistics.median(page), statistics.median(file)
    print(
        f"{path:<28} p50 {middle * 1000:6.1f} ms, a file {beside * 1000:4.1f} ms:"
        f" ratio {middle / beside:5.1f}, at most {TIMES_A_FILE} asked; repeated {again}",
        flush=True,
    )


def _seconds(reader: requests.Session, address: str) -> float:
    time.sleep(PAUSE_SECONDS)  # as a reader does between pages; there is no clock of ours to move
    began = time.perf_counter()
    reader.get(address, timeout=20)
    return time.perf_counter() - began


@contextmanager
def _a_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def _first_view(browser: Browser, address: str, path: str) -> None:
    telephone = browser.new_context(viewport=PHONE, device_scale_factor=2)
    page, travelled = telephone.new_page(), []
    page.on("requestfinished", lambda asked: travelled.append(asked.sizes()["responseBodySize"]))
    _slow_down(page)
    page.goto(address, wait_until="networkidle", timeout=60_000)
    seen = page.evaluate(SEEN)
    print(
        f"{path:<28} largest paint {seen['painted'] / 1000:.2f} s of {LONGEST_SECONDS},"
        f" shift {seen['shifted']:.3f} of {MOST_SHIFT}, {sum(travelled) / 1000:.0f} kB of {MOST_BYTES // 1000}",
        flush=True,
    )
    telephone.close()


def _slow_down(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    tools.send("Network.enable")
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND // 2}
    tools.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})


if __name__ == "__main__":
    main()
