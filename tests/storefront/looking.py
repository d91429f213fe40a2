"""Look at a page as a strict reader: what the browser complains of, axe's findings, what is too small or too wide."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Response

from tests.browser import PATIENCE_MS

SERIOUS = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TARGET = 44
# A link within a sentence is as tall as its words; a choice is as large as the label that stands for it.
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
TOO_SMALL = """([controls, size]) => [...document.querySelectorAll(controls)]
  .filter((control) => control.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }))
  .filter((control) => !(control.matches("a") && getComputedStyle(control).display === "inline"))
  .map((control) => [control, (control.matches("[type=radio], [type=checkbox]") && control.labels[0]) || control])
  .map(([control, shown]) => [control, shown.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < size - .5 || box.height < size - .5))
  .map(([control, box]) => `${control.outerHTML.slice(0, 90)} is ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`)
"""
# The names that axe would look up for each node, and answers about what is in order, are read by nobody. A head or a
# foot that is the same, but for where its links lead, and styled by the same sheets as one that was read is left out.
FINDINGS = """async ([rules, read]) => {
  const sheets = [...document.styleSheets].map(({ href }) => href).join(" ");
  const parts = new Map([...document.querySelectorAll("body > header, body > footer")]
    .map((part) => [part, `${sheets} ${part.outerHTML.replaceAll(/(<a [^>]*?)href="[^"]*"/g, "$1")}`]));
  const exclude = [...parts.keys()].filter((part) => read.includes(parts.get(part)));
  const { violations } = await axe.run({ include: [document], exclude }, {
    runOnly: { type: "tag", values: rules }, resultTypes: ["violations"], selectors: false, preload: false,
  });
  const found = violations.map(({ impact, id, help, nodes }) =>
    [impact, `${id}: ${help} (${nodes.map((node) => node.html).join(" ")})`]);
  return { found, parts: [...parts.values()] };
}"""

MOST_SHIFT = 0.05
AT_REST = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  await frame();
  await frame();
}"""
SEEN = """() => new Promise((tell) => {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) shifted += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  const { scrollWidth, clientWidth } = document.documentElement;
  const headlines = document.querySelectorAll("h1").length;
  const rest = { wide: scrollWidth - clientWidth, headlines, title: document.title };
  rest.unsized = [...document.images].filter((one) => !one.matches("[width][height]")).map((one) => one.outerHTML);
  requestAnimationFrame(() => setTimeout(() => tell({ shifted, ...rest }), 0));
})"""


@dataclass
class Sight:
    """What was seen of one page: `complaints` is empty when nothing is wrong, `weight` counts bytes on their way."""

    complaints: list[str] = field(default_factory=list)
    weight: int = 0
    title: str = ""
    said: list[str] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)


class Reader:
    """Somebody for whom every page is the first of this farm, though they turn one sheet all the time.

    Their browser may keep what shifts nothing by coming late: styles, for which a page waits, and drawings, since each
    says its size. Kept or not, it weighs on every page what it weighed when it came. Scripts come anew for each page.
    What the page before still asks for or complains of is none of the next one's: its requests name another document
    (`loaderId`), and what it said is forgotten in the moment in which the next one takes its place.
    """

    def __init__(self, telephone: BrowserContext) -> None:
        self._sight = Sight()
        self._host, self._document, self._expected = "", "", 200
        self._read: list[str] = []
        self._weights: dict[str, int] = {}
        self._telephone, self._page = telephone, telephone.new_page()
        self._page.on("console", lambda said: self._console(said.type, said.text))
        self._page.on("pageerror", lambda error: self._sight.said.append(f"error: {error}"))
        self._wire = wire = telephone.new_cdp_session(self._page)
        wire.on("Page.frameNavigated", lambda _: self._sight.said.clear())  # to another document; not replaceState
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.loadingFinished", self._came)
        wire.on("Network.loadingFailed", self._failed)
        wire.send("Page.enable")
        wire.send("Network.enable")

    def look_at(self, address: str, *, status: int = 200) -> Sight:
        """Open the address, let it come to rest, and note everything that is wrong with it."""
        self._telephone.clear_cookies()
        self._sight, self._host, self._document, self._expected = Sight(), urlsplit(address).netloc, "", status
        answer = self._page.goto(address)
        assert answer is not None
        self._comes_to_rest()
        sight = self._sight
        if answer.status != status:
            sight.complaints.append(f"answered {answer.status}")
        sight.complaints += _policy(answer) + self._order() + self._page.evaluate(TOO_SMALL, [CONTROLS, TARGET])
        sight.complaints += sight.said
        return sight

    def barriers(self) -> list[str]:
        """What axe finds on the page that was looked at last: half of what a look costs.

        A head or a foot that says the same with the same styles as one it has read is not read again.
        """
        self._wire.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
        seen = self._page.evaluate(FINDINGS, [RULES, self._read])
        found = [words[:400] for impact, words in seen["found"] if impact in SERIOUS]
        if not found:
            self._read += [part for part in seen["parts"] if part not in self._read]
        return found

    def _comes_to_rest(self) -> None:
        """Frame by frame, until nothing is on its way any more."""
        patience = time.monotonic() + PATIENCE_MS / 1000
        self._page.evaluate(AT_REST)
        while self._sight.under_way:
            assert time.monotonic() < patience, f"still on its way: {self._sight.under_way}"
            self._page.evaluate(AT_REST)

    def _order(self) -> list[str]:
        """One headline, a title, nothing wider than the screen, nothing that moved while it was read."""
        seen = self._page.evaluate(SEEN)
        self._sight.title = seen["title"]
        return [
            *([f"{seen['wide']} px too wide"] if seen["wide"] > 0 else []),
            *([f"{seen['headlines']} headlines"] if seen["headlines"] != 1 else []),
            *([] if seen["title"] else ["no title"]),
            *(f"says no size: {picture}" for picture in seen["unsized"]),
            *([f"moved by {seen['shifted']:.3f} of a screen"] if seen["shifted"] >= MOST_SHIFT else []),
        ]

    def _console(self, kind: str, words: str) -> None:
        is_the_page_itself = self._expected >= 400 and f"status of {self._expected}" in words
        if kind in ("error", "warning") and not is_the_page_itself:
            self._sight.said.append(f"console: {words}")

    def _asked(self, event: dict[str, Any]) -> None:
        there = urlsplit(event["request"]["url"])
        if not self._document and event["requestId"] == event["loaderId"]:
            self._document = event["loaderId"]
        if event["loaderId"] == self._document and there.scheme in ("http", "https"):
            self._sight.asked[event["requestId"]] = there.geturl()
            self._sight.under_way.add(event["requestId"])
            if there.netloc != self._host:
                self._sight.complaints.append(f"asked another host: {there.geturl()}")

    def _came(self, event: dict[str, Any]) -> None:
        if address := self._sight.asked.get(event["requestId"]):
            self._sight.under_way.discard(event["requestId"])
            weight = event["encodedDataLength"]
            if event["requestId"] != self._document:
                weight = self._weights[address] = max(weight, self._weights.get(address, 0))
            self._sight.weight += weight

    def _failed(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._sight.asked:
            self._sight.under_way.discard(event["requestId"])
            if not event.get("canceled"):
                self._sight.complaints.append(f"never came: {event['errorText']}")


def _policy(answer: Response) -> list[str]:
    policy = answer.headers.get("content-security-policy", "")
    loose = [word for word in ("unsafe-inline", "unsafe-eval", "*") if word in policy]
    return [f"its policy allows {word}" for word in loose] if policy else ["it has no content security policy"]
