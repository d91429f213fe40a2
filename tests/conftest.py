"""Every test starts with an empty cache, nobody throttled, and no broker: bells are not rung, work is done by hand."""

import pytest
from django.core.cache import cache

from farm.api import throttles


@pytest.fixture(autouse=True)
def quiet_farm(settings):
    settings.BELL_RINGS = False
    settings.GLANCE_SECONDS = 0
    settings.LANGUAGE_CODE = "en"
    settings.WHITENOISE_AUTOREFRESH = True  # files are looked up when asked for, not listed for each client
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a real one takes half a second
    cache.clear()
    throttles.forget_all()
