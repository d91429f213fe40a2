"""Every page in both languages, on a phone and a desk: nothing is heavy, a strict browser has no complaint."""

import contextlib

import pytest
import time_machine
from django.utils.translation import override

from tests import browser
from tests.builders import NOW
from tests.storefront.looking import Reader
from tests.storefront.states import MISSING, STATES

pytestmark = browser.MARKS
LIGHT_BYTES = 100_000
SIZES = {"zh-hans": browser.PHONE, "en": browser.DESK}
FIRST = next(iter(SIZES))
# Axe reads every page on the phone, and those on the desk that are laid out or coloured otherwise there.
OTHERWISE_ON_A_DESK = {
    "home", "shelf", "box", "order form", "cashier page", "order paid", "visits list", "visits of a day", "experience",
    "booking form", "booking with tickets",
}  # fmt: skip
assert set(STATES) > OTHERWISE_ON_A_DESK


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def readers(chromium):
    """One of each language: a phone that reads Chinese, a desk that reads English."""
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(browser, "KEPT", (".css", ".svg"))
        yield {
            language: Reader(stack.enter_context(browser.a_telephone(viewport=size)))
            for language, size in SIZES.items()
        }


@pytest.mark.parametrize("name", STATES)
def test_a_page_is_sound(live_server, readers, name):
    address = STATES[name]()
    seen = {}
    for language, reader in readers.items():
        with override(language):
            seen[language] = reader.look_at(live_server.url + address(), status=404 if name in MISSING else 200)
            if language == FIRST or name in OTHERWISE_ON_A_DESK:
                seen[language].complaints += reader.barriers()

    complaints = [f"{language}: {words}" for language, sight in seen.items() for words in sight.complaints]
    assert not complaints, "\n".join(complaints)
    assert min(sight.weight for sight in seen.values()) > 0
    assert max(sight.weight for sight in seen.values()) < LIGHT_BYTES
    assert len({sight.title for sight in seen.values()}) == 2
