"""What the processes of the farm load before they work: the clock no farm, the web server nothing that few need."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.once("it starts before there is any database")
CLOCK = "import gc, beizhen.clock; from django.apps import apps; print(gc.isenabled(), apps.ready)"
WEB = "import sys, beizhen.wsgi, beizhen.urls; print(*sorted(sys.modules.keys() & {'pypdf', 'icalendar', 'holidays'}))"


def said(words: str) -> list[str]:
    return subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True).stdout.split()


def test_the_clock_collects_rubbish_and_loads_no_farm():
    assert said(CLOCK) == ["True", "False"]


def test_the_web_server_is_up_before_packages_that_few_need():
    assert said(WEB) == []
