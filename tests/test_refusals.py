"""Every way of saying no stands in the documents of the API, and none stands there that nobody says."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.refusals import Refused

API = Path(__file__).resolve().parent.parent / "docs" / "api.md"
pytestmark = pytest.mark.once("documents and code alone")


def kinds(kind: type[Refused]) -> Iterator[type[Refused]]:
    for narrower in kind.__subclasses__():
        yield narrower
        yield from kinds(narrower)


def test_every_code_of_a_refusal_is_in_the_documents():
    for room in ("farm", "shop", "tours"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            importlib.import_module(module.name)
    said = {kind.code for kind in kinds(Refused) if kind.__module__.partition(".")[0] in ("farm", "shop", "tours")}

    written = set(re.findall(r"`([a-z_]+)`", API.read_text()))

    assert said - written == set()
