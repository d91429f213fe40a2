"""Counters, histories and money that do not add up are seen, however they came to be."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import F

from farm import ledgers as farm_ledgers
from farm.models import LedgerEntry, Movement, Payment, Refund
from shop import changes
from shop.models import Lot, ShipDate
from tests.builders import DAY, NOW, work_off
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return a_shop_with_a_paid_order(2)


def test_a_counter_that_lost_a_box_is_seen(order):
    ShipDate.objects.update(taken=F("taken") - 1)

    assert list(farm_ledgers.counters_equal_their_movements(NOW)) == [
        f"ship date {DAY}: 1 taken, but its movements add up to 2"
    ]


def test_movements_of_a_row_that_is_gone_are_seen(order):
    Movement.objects.create(counter="shop.lot:999999", holder="order:BZ", amount=5, why="placed", at=NOW)

    assert list(farm_ledgers.counters_equal_their_movements(NOW)) == [
        "shop.lot:999999: movements add up to 5, but there is no such row"
    ]


def test_an_oversold_row_is_seen_even_where_the_constraint_is_gone(order):
    with _without_the_constraint():
        ShipDate.objects.update(taken=F("limit") + 1)

    assert list(farm_ledgers.counters_stay_within_limits(NOW)) == [f"ship date {DAY}: 501 taken of 500"]


def test_more_given_back_than_taken_is_seen(order):
    lot = Lot.objects.get()
    Movement.objects.create(counter=lot.counter, holder=order.payable, amount=-6000, why="cancelled", at=NOW)

    assert list(farm_ledgers.nobody_gives_back_more_than_they_took(NOW)) == [
        f"{order.payable}: holds -1000 of {lot.counter}"
    ]


def test_a_payment_beside_its_history_is_seen(order):
    Payment.objects.update(status="failed")

    assert [line.rpartition(": ")[2] for line in list(farm_ledgers.payments_follow_their_events(NOW))] == [
        "its history ends with “money came in”"
    ]


def test_a_refund_beside_its_history_is_seen(order):
    changes.cancel(order=order, by="customer", now=NOW)
    work_off(NOW)
    Refund.objects.update(status="refused")

    assert len(list(farm_ledgers.refunds_follow_their_events(NOW))) == 1


def test_money_missing_from_the_book_is_seen(order):
    LedgerEntry.objects.all().delete()

    assert list(farm_ledgers.money_adds_up(NOW)) != []


@contextmanager
def _without_the_constraint():
    """Only a hand that also took the constraint away could oversell."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE shop_shipdate DROP CONSTRAINT shipdate_never_oversold")
            yield
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        yield
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
