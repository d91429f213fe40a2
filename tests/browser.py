"""One Chromium for all browser tests of a process, a fresh telephone for each test."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler, StaticFilesHandlerMixin
from django.http import HttpRequest, HttpResponseBase
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

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
WAYS_OF_THE_VISITS = tuple(name for name in WAYS if name not in WAYS_OF_THE_SHOP)
"""Each journey takes its half, in which every two of the three meet; `--every-way` has both walked in all of them."""

MARKS = [
    pytest.mark.browser,
    pytest.mark.once("it proves pages and scripts; their stories run on both"),
    pytest.mark.slow(seconds=25),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("chromium"),
    pytest.mark.skipif(not CHROMIUM and not IN_CI, reason=MISSING),  # at home a loud skip, in CI a failure
]
NO_WORKER = "delete Navigator.prototype.serviceWorker"  # as in a private window: pages must do without
_open: list[Browser] = []


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
        _open.pop().close()


def _serve_to_keep(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
    """Browsers keep styles and scripts for as long as the farm's own server says; the tests' server says nothing."""
    answer = StaticFilesHandlerMixin.serve(handler, request)
    answer.headers["Cache-Control"] = f"max-age={settings.WHITENOISE_MAX_AGE}, public"
    return answer


@pytest.fixture(scope="module")
def chromium(started_chromium: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Chromium, whose driver holds an event loop in this thread: other files never see that loop."""
    with pytest.MonkeyPatch.context() as patch:
        # With it, Django takes this thread for an asynchronous one, which may not touch rows.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setattr(StaticFilesHandler, "serve", _serve_to_keep)
        asyncio._set_running_loop(started_chromium)
        yield
        asyncio._set_running_loop(None)


@contextmanager
def a_telephone(*, keeps_a_worker: bool = False, **different: Any) -> Iterator[BrowserContext]:
    """A phone that was never here before; `different` goes to the browser's context.

    A worker between page and farm costs a third of each page, so only telephones that may lose their network know one.
    """
    telephone = _open[0].new_context(**{"viewport": PHONE, **different})
    telephone.set_default_timeout(PATIENCE_MS)
    if not keeps_a_worker:
        telephone.add_init_script(NO_WORKER)
    yield telephone
    telephone.close()


def a_telephone_of(size: dict[str, int], *, scripts: bool) -> AbstractContextManager[BrowserContext]:
    """One of WAYS: those as small as a phone keep a worker, which may stand in no page's way, those of a desk none."""
    return a_telephone(viewport=size, java_script_enabled=scripts, keeps_a_worker=size == PHONE)
