"""A world in which all tests of one class begin: told once by the farm's own stories, given back after each test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

QUIET = {"BELL_RINGS": False, "GLANCE_SECONDS": 0, "LIVE_SECONDS": 0}
"""As `quiet_farm` has it for a single test."""


def told_once(story: Callable[[], Any]) -> Any:
    """A fixture for a class of `django_db` tests: they find the database as `story` left it, and what it returned.

    That is the same for all: whoever changes rows in memory reads them anew. One transaction is open as long as the
    tests of the class run, so none of them may need another connection.
    """

    @pytest.fixture(scope="class")
    def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        around = transaction.atomic()
        around._from_testcase = True  # as for a test's own: what must not be within a transaction may be within this
        with django_db_blocker.unblock(), around:
            with override_settings(**QUIET):
                cache.clear()
                told = story()
            yield told
            transaction.set_rollback(True)

    return world
