"""Every test starts with an empty cache, nobody throttled, and no broker: bells are not rung, work is done by hand."""

import gc

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template import Template
from django.test import TransactionTestCase
from django.test.utils import _TestState, instrumented_test_render
from django.urls import clear_url_caches
from django.utils.translation import activate

from farm.api import throttles
from tests import browser, databases, once
from tests.browser import chromium as chromium
from tests.browser import started_chromium as started_chromium
from tests.staff import boss as boss
from tests.visits import in_september as in_september

gc.disable()  # until all tests are found, see below
django_settings.LANGUAGE_CODE = "en"
django_settings.BELL_RINGS = False
django_settings.GLANCE_SECONDS = 0
django_settings.UNPAID_UNITS_PER_PHONE = 0  # one phone buys whatever a test needs
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Doors are proved beside one database: what they do are stories, and test_doors.py opens them all beside both."""
    for item in items:
        if once.DOORS.search(item.path.stem):
            item.add_marker(pytest.mark.once("doors over stories that run on both"))
        if item.get_closest_marker("once") and item.get_closest_marker("services"):
            raise pytest.UsageError(f"{item.nodeid} would run nowhere: it is left out beside either database")
        if item.get_closest_marker("services") and item.path.parent.name == "concurrency" and django_settings.EMBEDDED:
            item.add_marker(pytest.mark.skip("on SQLite nobody waits for a row; `make test` starts PostgreSQL"))


STANDING_BY = {
    "_django_db_marker": "django_db",
    "_django_set_urlconf": "urls",
    "_django_isolate_apps": "django_isolate_apps",
    "_template_string_if_invalid_marker": "ignore_template_errors",
    "_django_clear_site_cache": "",  # of an application that the farm has not
}
"""What the plugin sets up for every test, and the mark without which it then does nothing."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave to stand by what stands by: for a test of its own, a quarter of a test's time in the plugin went there."""
    names = list(item.fixturenames)  # of all tests that one function makes; each may bear marks of its own
    idle = {name for name, mark in STANDING_BY.items() if not item.get_closest_marker(mark)}
    if "live_server" not in names:
        idle.add("_live_server_helper")
    item.fixturenames = [name for name in names if name not in idle]


def pytest_collection_finish() -> None:
    """Look seldom for rubbish, and never among what lives to the end: a third of all time went there."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 50, 1000)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> None:
    """The plugin's, or a copy. Asked for once: what arguments of ours need would be looked up again for each test."""
    if databases.has_copy():
        request.getfixturevalue("django_db_modify_db_settings")
        databases.take_copy()
    else:
        request.getfixturevalue("django_db_setup")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Wait for no disk: what a test proves is proved with what the system keeps in memory, as on PostgreSQL."""
    options = django_settings.DATABASES["default"]["OPTIONS"]
    if "init_command" in options:
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(autouse=True)
def spoken_in_english() -> None:
    """In the thread of the tests, whatever language a page was asked for in before."""
    activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def drawn_plainly(django_test_environment) -> None:
    """Pages are drawn as they are outside of tests: to keep what each template was given cost a tenth of a page."""
    Template._render = _TestState.saved_data.template_render


@pytest.fixture
def kept_contexts():
    """Answers keep what their templates were given, in `context`."""
    plain, Template._render = Template._render, instrumented_test_render
    yield
    Template._render = plain


@pytest.fixture(autouse=True)
def quiet_farm():
    cache.clear()
    throttles.forget_all()
