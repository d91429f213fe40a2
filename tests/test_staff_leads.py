"""Who of the staff reads a page is led only to pages that they may open."""

import datetime as dt
import html
import re

import pytest

from beizhen.groups import GROUPS
from farm import chores
from farm.models import StaffTask
from shop import changes
from tests.builders import NOW, a_delivered_order, a_paid_order, work_off
from tests.open_doors import what_is_there
from tests.staff import a_boss, a_member, list_of
from tests.visits import SATURDAY, a_confirmed_booking, a_slot

pytestmark = [pytest.mark.django_db, pytest.mark.once("it proves links")]
LINK = re.compile(r'href="((?:/staff/|/gate/)[^"#]*)"')
NOT_FOR_READING = re.compile(r"logout|language|jsi18n|password|history|export|/add/|print|label|slip")


@pytest.fixture
def farm(time_machine):
    """A farm with something of each kind, and a task about each kind."""
    time_machine.move_to(NOW)
    what_is_there()
    a_paid_order(), a_delivered_order()
    changes.cancel(order=a_paid_order(), by="customer", now=NOW)
    a_confirmed_booking(a_slot(SATURDAY + dt.timedelta(days=7)))
    work_off()
    for about in ("order:BZ1", "booking:BV1", "in-line:BW1", "waiting:BP1", "shop.lot:1", "rule:1", "experience:1"):
        chores.raise_task(key=about, what=lambda: "Look", about=about, due_at=NOW, now=NOW)


def led_to(page) -> set[str]:
    """What a page leads to, but for files and forms."""
    found = LINK.findall(page.content.decode(errors="ignore"))
    return {html.unescape(one) for one in found if not NOT_FOR_READING.search(one)}


def kind_of(place: str) -> str:
    return re.sub(r"\d+", "N", place.partition("?")[0])


@pytest.mark.parametrize("group", GROUPS)
def test_no_link_of_the_staffs_pages_is_refused(client, farm, group):
    a_member(client, group)
    seen, to_see, refused = set(), {"/staff/": ""}, []

    while to_see:
        place, came_from = to_see.popitem()
        page = client.get(place)
        refused += [(kind_of(place), kind_of(came_from))] if page.status_code == 403 else []
        new = {one for one in led_to(page) if kind_of(one) not in seen}
        seen |= {kind_of(one) for one in new}
        to_see |= dict.fromkeys({kind_of(one): one for one in new}.values(), place)

    assert refused == []
    assert len(seen) > 10


def test_what_may_be_opened_is_a_link_and_the_rest_is_words(client):
    chores.raise_task(key="k", what=lambda: "Look", about="rule:1", due_at=NOW, now=NOW)

    a_member(client, "gate")
    as_words = client.get(list_of(StaffTask)).content.decode()
    a_boss(client)
    as_link = client.get(list_of(StaffTask)).content.decode()

    assert "schedule rule" in as_words.lower()
    assert "schedulerule/1/change" not in as_words
    assert "schedulerule/1/change" in as_link
