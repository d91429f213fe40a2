"""A farm that stands for all tests of a module or a class: what one does to it is undone, and at the end it goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import TestCase
from pytest_django import DjangoDbBlocker


@contextmanager
def standing(blocker: DjangoDbBlocker) -> Iterator[None]:
    """One transaction around the tests. Each test has its own inside, as Django's test cases have theirs."""
    with blocker.unblock():
        around = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(around)


def said_once(story: Callable[[], Any]) -> Any:
    """A fixture for a module: what `story` made of rows that are gone when its tests ask: words, papers, numbers."""

    @pytest.fixture(scope="module")
    def said(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
        with standing(django_db_blocker):
            cache.clear()
            return story()

    return said


def told_once(story: Callable[[], Any]) -> Any:
    """A fixture for a class of `django_db` tests: they find the database as `story` left it, and what it returned.

    That is the same for all: whoever changes rows in memory reads them anew. One transaction is open as long as the
    tests of the class run, so none of them may need another connection.
    """

    @pytest.fixture(scope="class")
    def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
        with standing(django_db_blocker):
            cache.clear()
            yield story()

    return world
