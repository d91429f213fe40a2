"""What a runner of a run reads, writes and rings is its own."""

import os

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import storages
from django.db import connection

from beizhen.celery import app


@pytest.fixture
def runner() -> str:
    """This process's name in its run."""
    if not (name := os.environ.get("BEIZHEN_TEST_RUNNER")):
        pytest.skip("one process runs these tests")
    return name


def test_a_runner_has_a_folder_of_its_own(runner, tmp_path):
    assert settings.VAR.name == runner
    assert storages["private"].path("") == str(settings.VAR / "private")
    assert runner in tmp_path.parts


@pytest.mark.django_db
def test_a_runner_has_a_database_of_its_own(runner):
    assert str(connection.settings_dict["NAME"]).endswith(f"_{runner}")


def test_a_runner_has_a_cache_and_a_broker_of_its_own(runner):
    number = 2 * int(runner.removeprefix("runner"))
    cache = settings.CACHES["default"]["LOCATION"]

    if settings.REDIS_URL:
        assert app.conf.broker_url.endswith(f"/{number}")
        assert cache.endswith(f"/{number + 1}")
        assert caches["default"]._servers == [cache]
    else:
        assert app.conf.broker_transport_options["data_folder_in"] == str(settings.VAR / "bell")
        assert caches["default"]._dir == str(settings.VAR / "cache")
