"""One Chromium for all browser tests of a process, a fresh telephone for each test."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test.testcases import FSFilesHandler, _StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, CDPSession, expect, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first needs the least of a machine
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), "")
MISSING = (
    "There is no Chromium here. On Debian or Ubuntu: apt install chromium-headless-shell (or chromium) fonts-noto-cjk"
)
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--renderer-process-limit=1",  # one for each telephone: the next page finds its scripts compiled
    "--default-tile-width=1024",  # a page is painted in few pieces, which nobody sees
    "--default-tile-height=1024",
    "--js-flags=--no-opt,--no-maglev",  # no page lives long enough to earn its compiling back
    # A page takes the place of the one before, without a frame of its own; the other name is what the driver asks for.
    "--enable-features=RenderDocument:level/crashed-frame,CDPScreenshotNewSurface",
)
PATIENCE_MS = 60_000
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
WAYS = {
    f"{language} {size} {scripts} scripts": (language, {"phone": PHONE, "desk": DESK}[size], scripts == "with")
    for language in ("zh-hans", "en")
    for size in ("phone", "desk")
    for scripts in ("with", "without")
}
"""All in which a whole journey can be walked: language, size of the screen, and whether scripts run."""
WAYS_OF_THE_SHOP = (
    "zh-hans phone with scripts",
    "zh-hans desk without scripts",
    "en phone without scripts",
    "en desk with scripts",
)
WAYS_OF_THE_VISITS = (*(name for name in WAYS if name not in WAYS_OF_THE_SHOP), "zh-hans phone with scripts")
"""Each journey takes its half, in which every two of the three meet, and both the way in which most people come.
`--every-way` has both walked in all of them."""

MARKS = [
    pytest.mark.browser,
    pytest.mark.once("it proves pages and scripts; their stories run on both"),
    pytest.mark.slow(seconds=25),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("chromium"),
    pytest.mark.skipif(not CHROMIUM and not IN_CI, reason=MISSING),  # at home a loud skip, in CI a failure
]
NO_WORKER = "delete Navigator.prototype.serviceWorker"  # as in a private window: pages must do without
FOR_EVER = "max-age=315360000, public, immutable"
KEPT: tuple[str, ...] = (".css", ".svg", ".js")
"""What browsers keep of the farm's files."""
MOST_RESTING = 3
_open: list[Browser] = []
_resting: dict[str, tuple[BrowserContext, CDPSession]] = {}
_said: dict[tuple[str, str | None], tuple[str, list[tuple[str, str]], bytes]] = {}


@pytest.fixture(scope="session")
def started_chromium() -> Iterator[asyncio.AbstractEventLoop]:
    """Started for the first file that needs it, and left open for the next: a start costs as much as three pages."""
    assert CHROMIUM, MISSING
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        _open.append(playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET))
        loop = asyncio.get_running_loop()
        yield loop
        asyncio._set_running_loop(loop)
        _resting.clear()
        _open.pop().close()


def _says_again(handler: FSFilesHandler, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """What the farm says of a style, a script or a drawing it says once; the tests' server then repeats it.

    With a length, so that the browser's next question comes on the same line, and to be kept for ever, as the farm
    says of names with a hash in them: tests with a clock of their own would see everything grow old at once.
    """
    asked = environ["PATH_INFO"], environ.get("HTTP_ACCEPT_ENCODING")
    if environ["REQUEST_METHOD"] != "GET" or not asked[0].startswith(settings.STATIC_URL):
        return FSFilesHandler.__call__(handler, environ, start)
    if asked not in _said:
        heads: list[tuple[str, list[tuple[str, str]]]] = []
        with closing(FSFilesHandler.__call__(handler, environ, lambda *head: heads.append(head))) as answer:
            body = b"".join(answer)
        [(status, headers)] = heads
        if not status.startswith("200"):
            start(status, headers)
            return [body]
        lasting = [(name, words) for name, words in headers if name not in ("Content-Length", "Cache-Control")]
        _said[asked] = status, [*lasting, ("Content-Length", str(len(body)))], body
    status, headers, body = _said[asked]
    start(status, [*headers, ("Cache-Control", FOR_EVER if asked[0].endswith(KEPT) else "no-store")])
    return [body]


@pytest.fixture(scope="module")
def chromium(started_chromium: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Chromium, whose driver holds an event loop in this thread: other files never see that loop."""
    with pytest.MonkeyPatch.context() as patch:
        # With it, Django takes this thread for an asynchronous one, which may not touch rows.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setattr(_StaticFilesHandler, "__call__", _says_again)
        asyncio._set_running_loop(started_chromium)
        yield
        asyncio._set_running_loop(None)


@contextmanager
def a_telephone(
    *, keeps_a_worker: bool = False, is_thrown_away: bool = False, **different: Any
) -> Iterator[BrowserContext]:
    """A phone that the farm never saw before; `different` goes to the browser's context.

    A worker between page and farm costs a third of each page, so only telephones that may lose their network know one.
    To start one costs as much as three pages, so it is handed on, without anything that a test left in it, to the next
    test that wants one of its kind. What cannot be taken out again, a clock that was set, needs one to throw away.
    """
    kind = {"viewport": PHONE, **different}
    name = repr((keeps_a_worker, sorted(kind.items())))
    telephone, wire = _resting.pop(name, None) or _started(kind, keeps_a_worker=keeps_a_worker)
    yield telephone
    if is_thrown_away:
        telephone.close()
        return
    _forget_everything(telephone, wire)
    _resting[name] = telephone, wire
    if len(_resting) > MOST_RESTING:
        oldest, _ = _resting.pop(next(iter(_resting)))
        oldest.close()


def _started(kind: dict[str, Any], *, keeps_a_worker: bool) -> tuple[BrowserContext, CDPSession]:
    """With an empty page that stays: while it does, so do the process of this telephone and what it has compiled."""
    telephone = _open[0].new_context(**kind)
    telephone.set_default_timeout(PATIENCE_MS)
    if not keeps_a_worker:
        telephone.add_init_script(NO_WORKER)
    return telephone, telephone.new_cdp_session(telephone.new_page())


def _forget_everything(telephone: BrowserContext, wire: CDPSession) -> None:
    """All but styles and scripts, which any browser keeps: pages, cookies, rows, workers and what those kept."""
    _, *pages = telephone.pages
    places = {urlsplit(page.url)._replace(path="", query="", fragment="").geturl() for page in pages}
    for page in pages:
        page.close()
    telephone.set_offline(False)
    telephone.clear_cookies()
    for place in places:
        wire.send("Storage.clearDataForOrigin", {"origin": place, "storageTypes": "all"})


def a_telephone_of(size: dict[str, int], *, scripts: bool) -> AbstractContextManager[BrowserContext]:
    """One of WAYS: those as small as a phone keep a worker, which may stand in no page's way, those of a desk none."""
    return a_telephone(viewport=size, java_script_enabled=scripts, keeps_a_worker=size == PHONE)
