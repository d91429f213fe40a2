"""A worker knows the addresses that letters and labels link to, without the staff's pages and the tools'."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from beizhen.worker import know_the_pages
from farm.models import Notice
from tests.builders import work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.once("addresses are no database's")
ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("farm", "shop", "tours")
DOORS = re.compile(r"/(admin|api|pages)[/.]")


def linked_from_stories() -> set[str]:
    """The names that code behind the doors makes addresses of: workers run it."""
    behind = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if not DOORS.search(str(path))]
    return {name for path in behind for name in re.findall(r'\breverse\(\s*"([^"]+)"', path.read_text())}


def is_known(name: str) -> bool:
    space, _, rest = name.rpartition(":")
    resolver = get_resolver("beizhen.page_urls")
    return rest in (resolver.namespace_dict[space][1] if space else resolver).reverse_dict


def test_every_address_that_a_worker_writes_is_a_pages():
    names = linked_from_stories()

    assert {"shop:order", "tours:booking", "cashier:page"} <= names
    assert [name for name in names if not is_known(name)] == []


def test_the_staffs_pages_are_no_workers_business():
    assert "admin" not in get_resolver("beizhen.page_urls").namespace_dict
    assert "admin" in get_resolver().namespace_dict


@pytest.mark.django_db
def test_a_worker_that_starts_knows_them_and_writes_its_letters(settings):
    settings.ROOT_URLCONF = settings.ROOT_URLCONF  # so that it is given back

    know_the_pages()
    a_shop_with_a_paid_order()
    work_off()

    assert settings.ROOT_URLCONF == "beizhen.page_urls"
    assert "/o/" in Notice.objects.first().text
