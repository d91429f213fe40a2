import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from farm import limited
from farm.limited import Demand, SoldOut
from farm.models import Movement
from shop.models import ShipDate
from tests.builders import DAY, NOW, a_lot, a_ship_date

pytestmark = pytest.mark.django_db


@transaction.atomic
def take(*demands: Demand, holder: str = "order:A", now: dt.datetime = NOW) -> None:
    limited.take(demands, holder=holder, why="placed", now=now)


def taken() -> list[int]:
    return list(ShipDate.objects.order_by("date").values_list("taken", flat=True))


def test_the_last_units_can_be_taken_and_not_one_more():
    day = a_ship_date(limit=5)
    take(Demand(day, 5))

    with pytest.raises(SoldOut) as refusal:
        take(Demand(day, 1), holder="order:B")

    assert (refusal.value.row, refusal.value.amount) == (day, 1)
    assert taken() == [5]


def test_demands_on_one_row_are_summed_before_they_are_taken():
    day = a_ship_date(limit=5)

    with pytest.raises(SoldOut):
        take(Demand(day, 3), Demand(day, 3))

    assert taken() == [0]


def test_when_one_of_two_things_is_gone_the_other_is_not_taken():
    day, lot = a_ship_date(limit=5), a_lot(boxes=1)

    with pytest.raises(SoldOut):
        take(Demand(day, 2), Demand(lot, 5000))

    lot.refresh_from_db()
    assert (taken(), lot.taken, Movement.objects.count()) == ([0], 0, 0)


def test_a_closed_day_gives_nothing():
    with pytest.raises(SoldOut):
        take(Demand(a_ship_date(is_closed=True), 1))


def test_nothing_is_taken_at_the_cut_off():
    day = a_ship_date()

    with pytest.raises(SoldOut):
        take(Demand(day, 1), now=day.cut_off_at)


def test_what_a_holder_took_comes_back_whole():
    day, lot = a_ship_date(), a_lot()
    take(Demand(day, 2), Demand(lot, 5000))
    take(Demand(day, 1), holder="order:B")

    with transaction.atomic():
        limited.release(["order:A"], why="cancelled", now=NOW)

    lot.refresh_from_db()
    assert (taken(), lot.taken) == ([1], 0)
    assert limited.held_by("order:A") == []


def test_releasing_twice_gives_back_once():
    take(Demand(a_ship_date(), 2))

    for _ in range(2):
        with transaction.atomic():
            limited.release(["order:A"], why="cancelled", now=NOW)

    assert taken() == [0]


def test_an_exchange_takes_the_new_and_gives_back_the_old():
    first, second = a_ship_date(), a_ship_date(DAY + dt.timedelta(days=1))
    take(Demand(first, 2))

    with transaction.atomic():
        limited.exchange([Demand(second, 2)], [Demand(first, 2)], holder="order:A", why="changed", now=NOW)

    assert taken() == [0, 2]


def test_an_exchange_into_a_full_day_leaves_everything_as_it_was():
    first, second = a_ship_date(), a_ship_date(DAY + dt.timedelta(days=1), limit=1)
    take(Demand(first, 2))

    with pytest.raises(SoldOut), transaction.atomic():
        limited.exchange([Demand(second, 2)], [Demand(first, 2)], holder="order:A", why="changed", now=NOW)

    assert taken() == [2, 0]
    assert [(demand.row, demand.amount) for demand in limited.held_by("order:A")] == [(first, 2)]


def test_an_exchange_of_a_full_row_for_itself_is_possible():
    day = a_ship_date(limit=2)
    take(Demand(day, 2))

    with transaction.atomic():
        limited.exchange([Demand(day, 2)], [Demand(day, 2)], holder="order:A", why="changed", now=NOW)

    assert taken() == [2]


def test_the_database_itself_refuses_to_be_oversold():
    a_ship_date(limit=5)

    with pytest.raises(IntegrityError):
        ShipDate.objects.update(taken=6)
