"""The clock rings by name: it loads no farm, and lets go of what it no longer needs."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.once("it starts before there is any database")
ASK = "import gc, beizhen.clock; from django.apps import apps; print(gc.isenabled(), apps.ready)"


def test_the_clock_collects_rubbish_and_loads_no_farm():
    said = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout

    assert said.split() == ["True", "False"]
