"""A farm that stands for all tests of a module: what one of them does to it is undone, and at the end it goes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import TestCase
from pytest_django import DjangoDbBlocker

from beizhen.demo.own import own_settings

PLAIN = {"GLANCE_SECONDS": 0, "LIVE_SECONDS": 0, "BELL_RINGS": False}
"""Here tests/conftest.py does not reach: it sets up each test by itself."""


@contextmanager
def standing(blocker: DjangoDbBlocker) -> Iterator[None]:
    """One transaction around the module. Each test has its own inside, as Django's test cases have theirs."""
    with blocker.unblock(), own_settings(**PLAIN):
        around = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(around)
