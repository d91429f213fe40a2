"""Every test starts with an empty cache, nobody throttled, and no broker: bells are not rung, work is done by hand."""

import gc
import re

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.test import TransactionTestCase
from django.urls import clear_url_caches

from farm.api import throttles
from tests import browser, databases
from tests.browser import chromium as chromium
from tests.browser import started_chromium as started_chromium

gc.disable()  # until all tests are found, see below
django_settings.LANGUAGE_CODE = "en"
django_settings.BELL_RINGS = False
django_settings.GLANCE_SECONDS = 0
django_settings.LIVE_SECONDS = 0
django_settings.WHITENOISE_AUTOREFRESH = True  # files are looked up when asked for, not listed for each client
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a real one takes half a second
TransactionTestCase._fixture_teardown = databases.empty  # a tenth of the time; tests in one transaction never come here


@receiver(setting_changed)
def prefixes_follow(setting: str, **_: object) -> None:
    """Resolvers keep the prefix of each language; another default language gives others."""
    if setting == "LANGUAGE_CODE":
        clear_url_caches()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-way", action="store_true", help="walk whole journeys in all ways, not in half of them")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A whole journey is walked in the ways that its mark names, or in every way when somebody asks for it."""
    if half := metafunc.definition.get_closest_marker("ways"):
        walked = list(browser.WAYS) if metafunc.config.getoption("--every-way") else half.args[0]
        metafunc.parametrize(("language", "size", "scripts"), [browser.WAYS[name] for name in walked], ids=walked)


DOORS = re.compile(r"test_(pages|admin|api)|_(doors|page)\b(?<!test_doors)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Doors are proved beside one database: what they do are stories, and test_doors.py opens them all beside both."""
    for item in items:
        if DOORS.search(item.path.stem):
            item.add_marker(pytest.mark.once("doors over stories that run on both"))


def pytest_collection_finish() -> None:
    """Look seldom for rubbish, and never among what lives to the end: a third of all time went there."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 50, 1000)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Wait for no disk: what a test proves is proved with what the system keeps in memory, as on PostgreSQL."""
    options = django_settings.DATABASES["default"]["OPTIONS"]
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(autouse=True)
def quiet_farm():
    cache.clear()
    throttles.forget_all()
