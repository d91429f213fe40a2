"""Two of the staff change one limit in the same moment: the row's history still says what each of them changed."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from django.utils import timezone

from farm.admin import lists
from shop import calendar_days, lot_care
from tests.builders import a_lot, a_ship_date
from tests.concurrency.crowd import crossed, overtaken, together
from tests.staff import a_boss, press, sign_in
from tests.visits import a_slot
from tours import capacity
from tours.models import VisitorsDay

pytestmark = pytest.mark.django_db(transaction=True)


def a_day_of_500() -> VisitorsDay:
    day = a_slot().day
    VisitorsDay.objects.update(limit=500)
    return day


LIMITED = pytest.mark.parametrize(
    ("made", "room", "story"),
    [
        pytest.param(lambda: a_ship_date(limit=500), calendar_days, "set_limit", id="ship date"),
        pytest.param(lambda: a_lot(limit=500), lot_care, "set_limit", id="lot"),
        pytest.param(lambda: a_slot(seats=500), capacity, "set_slot_limit", id="time"),
        pytest.param(a_day_of_500, capacity, "set_day_limit", id="day"),
    ],
)


def hands_on(row: models.Model, action: str, *filled_in: dict[str, Any]) -> list[Callable[[], object]]:
    """As many of the staff, each of whom presses that button of the row with these fields."""
    clients = [Client() for _ in filled_in]
    boss = a_boss(clients[0])
    for client in clients[1:]:
        sign_in(client, boss)
    return [
        lambda client=client, fields=fields: press(client, action, row, **fields)
        for client, fields in zip(clients, filled_in, strict=True)
    ]


def limits_of(row: models.Model, *limits: int) -> list[Callable[[], object]]:
    return hands_on(row, "set_limit", *({"limit": limit} for limit in limits))


def noted(value: str) -> list[list[str]]:
    """From what to what, in the order of the history."""
    said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    return [re.findall(value, words) for words in said]


@LIMITED
def test_control_who_reads_without_a_lock_notes_what_it_is_no_more(monkeypatch, made, room, story):
    row, write = made(), getattr(room, story)
    mine, yours = limits_of(row, 600, 700)

    @contextmanager
    def only_read(kind: Any, key: str) -> Iterator[Any]:
        yield kind.objects.get(pk=key)

    def change_carelessly(pause) -> None:
        def write_slowly(*, limit: int, **given: Any) -> Any:
            if limit == 600:
                pause()
            return write(limit=limit, **given)

        monkeypatch.setattr(room, story, write_slowly)
        mine()

    monkeypatch.setattr(lists, "held_still", only_read)
    overtaken(change_carelessly, by=yours)

    assert noted(r"\d+") == [["500", "700"], ["500", "600"]]


@LIMITED
@pytest.mark.services
def test_who_comes_second_notes_what_the_first_made_of_a_limit(monkeypatch, made, room, story):
    row = made()
    mine, yours = limits_of(row, 600, 700)

    crossed(monkeypatch, room, story, act=mine, other=yours)

    assert noted(r"\d+") == [["500", "600"], ["600", "700"]]


@LIMITED
def test_of_four_who_change_a_limit_each_notes_what_the_one_before_made_of_it(made, room, story):
    row = made()

    together(*limits_of(row, 600, 700, 800, 900))

    row.refresh_from_db()
    steps = noted(r"\d+")
    assert [old for old, _ in steps] == ["500", *(new for _, new in steps[:-1])]
    assert (len(steps), steps[-1][1]) == (4, str(row.limit))


@pytest.mark.services
def test_who_comes_second_notes_until_when_a_lot_kept_after_the_first(monkeypatch):
    lot = a_lot()
    dates = [lot.best_before + dt.timedelta(days=more) for more in range(3)]
    mine, yours = hands_on(lot, "set_best_before", *({"best_before": date} for date in dates[1:]))

    crossed(monkeypatch, lot_care, "set_best_before", act=mine, other=yours)

    first, second, third = map(str, dates)
    assert noted(r"\d{4}-\d\d-\d\d") == [[first, second], [second, third]]


@pytest.mark.services
def test_who_comes_second_notes_the_cut_off_that_the_first_chose(monkeypatch):
    day = a_ship_date(timezone.localdate() + dt.timedelta(days=9))
    evening = timezone.localtime(day.cut_off_at)
    hours = [f"{evening + dt.timedelta(hours=more):%Y-%m-%d %H:%M}" for more in range(3)]
    mine, yours = hands_on(day, "set_cut_off", *({"cut_off_at": hour} for hour in hours[1:]))

    crossed(monkeypatch, calendar_days, "set_cut_off", act=mine, other=yours)

    assert noted(r"\d{4}-\d\d-\d\d \d\d:\d\d") == [hours[:2], hours[1:]]
