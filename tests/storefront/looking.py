"""Look at a page as a strict reader: what the browser complains of, axe's findings, what is too small or too wide."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, Request, Response

SERIOUS = ("serious", "critical")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
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
FINDINGS = """async (rules) => (await axe.run(document, { runOnly: { type: "tag", values: rules } })).violations
  .map(({ impact, id, help, nodes }) => [impact, `${id}: ${help} (${nodes.map((node) => node.html).join(" ")})`])
"""

MOST_SHIFT = 0.05
SHIFTED = """() => new Promise((tell) => {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) shifted += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => tell(shifted), 0));
})"""


@dataclass
class Sight:
    """What was seen of one page: `complaints` is empty when nothing is wrong, `weight` counts bytes on their way."""

    complaints: list[str] = field(default_factory=list)
    weight: int = 0
    title: str = ""


def look_at(reader: BrowserContext, address: str, *, status: int = 200) -> Sight:
    """Open the address on a fresh page, let it come to rest, and note everything that is wrong with it."""
    sight, page = Sight(), reader.new_page()
    _listen(page, address, sight, expected=status)
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    if answer.status != status:
        sight.complaints.append(f"answered {answer.status}")
    sight.complaints += _policy(answer) + _order(page) + page.evaluate(TOO_SMALL, [CONTROLS, TARGET])
    page.evaluate(AXE_SCRIPT)
    sight.complaints += [words[:400] for impact, words in page.evaluate(FINDINGS, list(RULES)) if impact in SERIOUS]
    sight.title = page.title()
    page.close()
    return sight


def _listen(page: Page, address: str, sight: Sight, expected: int) -> None:
    host = urlsplit(address).netloc

    def console(kind: str, words: str) -> None:
        is_the_page_itself = expected >= 400 and f"status of {expected}" in words
        if kind in ("error", "warning") and not is_the_page_itself:
            sight.complaints.append(f"console: {words}")

    def request(asked: Request) -> None:
        there = urlsplit(asked.url)
        if there.scheme in ("http", "https") and there.netloc != host:
            sight.complaints.append(f"asked another host: {asked.url}")

    def finished(asked: Request) -> None:
        sizes = asked.sizes()
        sight.weight += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    page.on("console", lambda said: console(said.type, said.text))
    page.on("pageerror", lambda error: sight.complaints.append(f"error: {error}"))
    page.on("request", request)
    page.on("requestfinished", finished)


def _policy(answer: Response) -> list[str]:
    policy = answer.headers.get("content-security-policy", "")
    loose = [word for word in ("unsafe-inline", "unsafe-eval", "*") if word in policy]
    return [f"its policy allows {word}" for word in loose] if policy else ["it has no content security policy"]


def _order(page: Page) -> list[str]:
    """One headline, a title, nothing wider than the screen, nothing that moved while it was read."""
    shifted = page.evaluate(SHIFTED)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    headlines = page.locator("h1").count()
    return [
        *([f"{wide} px too wide"] if wide > 0 else []),
        *([f"{headlines} headlines"] if headlines != 1 else []),
        *([] if page.title() else ["no title"]),
        *([f"moved by {shifted:.3f} of a screen"] if shifted >= MOST_SHIFT else []),
    ]
