"""Every page in both languages, on a phone and a desk: nothing is heavy, a strict browser has no complaint."""

import pytest
import time_machine
from django.utils.translation import override

from tests import browser
from tests.builders import NOW
from tests.storefront.looking import look_at
from tests.storefront.states import MISSING, STATES

pytestmark = browser.MARKS
LIGHT_BYTES = 100_000
SIZES = {"zh-hans": {"width": 360, "height": 740}, "en": {"width": 1280, "height": 800}}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.mark.parametrize("name", STATES)
def test_a_page_is_sound(live_server, name):
    address = STATES[name]()
    seen = {}
    for language, size in SIZES.items():
        with browser.a_telephone(viewport=size) as reader, override(language):
            seen[language] = look_at(reader, live_server.url + address(), status=404 if name in MISSING else 200)

    complaints = [f"{language}: {words}" for language, sight in seen.items() for words in sight.complaints]
    assert not complaints, "\n".join(complaints)
    assert max(sight.weight for sight in seen.values()) < LIGHT_BYTES
    assert len({sight.title for sight in seen.values()}) == 2
