"""A farm that is put back is the one that was told, and what cannot be put back is refused."""

from contextlib import contextmanager

import pytest
from django.core import serializers
from django.db import IntegrityError, transaction

from farm.models import Job, Movement, Payment
from shop import changes
from shop.models import Box, Label, Order, OrderEvent, Shipment
from tests.builders import NOW, a_box, a_paid_order, a_shop, an_order, work_off
from tests.drift import drift
from tests.worlds import a_shop_with_a_delivered_order, told_before

pytestmark = pytest.mark.django_db
BOOKS = (Box, Order, OrderEvent, Payment, Movement, Job, Shipment, Label)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def books() -> str:
    return serializers.serialize("json", [row for model in BOOKS for row in model.objects.order_by("pk")])


@told_before
def a_shop_with_orders(boxes):
    a_shop()
    return [an_order(boxes), changes.cancel(order=an_order(), by="customer", now=NOW)]


def test_what_is_put_back_is_what_was_told():
    with undone():
        told, written = a_shop_with_orders(2), books()

    again = a_shop_with_orders(2)

    assert [(order.number, order.status, order.ship_date.date) for order in again] == [
        (order.number, order.status, order.ship_date.date) for order in told
    ]
    assert books() == written


@pytest.mark.parametrize("time", ["told", "put back"])
def test_it_adds_up_and_goes_on(time):
    order = a_shop_with_a_delivered_order(7)

    later = a_paid_order()
    work_off(NOW)

    assert order.status == Order.Status.DELIVERED
    assert later.pk > order.pk
    assert drift() == []


def test_other_arguments_and_other_settings_have_worlds_of_their_own(settings):
    seen = []
    for boxes, rate in ((1, "5/m"), (2, "5/m"), (1, "6/m"), (1, "5/m")):
        settings.THIS_TEST = rate
        with undone():
            seen.append(a_shop_with_orders(boxes)[0].number)

    assert len(set(seen)) == 3
    assert seen[0] == seen[3]


def test_a_story_that_changes_what_it_finds_is_refused():
    @told_before
    def a_dearer_box():
        a_box()
        Box.objects.update(price_fen=1)

    a_box()

    with pytest.raises(AssertionError, match="changes what was there"):
        a_dearer_box()


def test_a_world_is_not_put_back_over_another():
    with undone():
        a_shop_with_orders(3)
    a_box()

    with pytest.raises(IntegrityError):
        a_shop_with_orders(3)
