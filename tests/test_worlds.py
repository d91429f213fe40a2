"""A farm that is put back is the one that was told, and what cannot be put back is refused."""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction
from django.utils.translation import override

from farm.models import CashierTrade
from shop import changes
from shop.models import Box, Order
from tests.builders import NOW, a_box, a_paid_order, a_shop, an_order, work_off
from tests.drift import drift
from tests.worlds import a_shop_with_a_delivered_order, a_slot_with_a_booking, told_before

pytestmark = pytest.mark.django_db


@contextmanager
def undone():
    around = transaction.atomic()
    around._from_testcase = True  # stories that begin a transaction of their own may be told in it
    with around:
        yield
        transaction.set_rollback(True)


def books() -> str:
    whole = [model for label in ("farm", "shop", "tours") for model in apps.get_app_config(label).get_models()]
    return serializers.serialize("json", [row for model in whole for row in model.objects.order_by("pk")])


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


def test_what_is_put_back_adds_up_and_goes_on():
    with undone():
        a_shop_with_a_delivered_order(7)
    order = a_shop_with_a_delivered_order(7)

    later = a_paid_order()
    work_off(NOW)

    assert order.status == Order.Status.DELIVERED
    assert later.pk > order.pk
    assert drift() == []


def test_every_language_has_a_world_of_its_own():
    seen = set()
    for language in ("en", "zh-hans", "en"):
        with override(language), undone():
            a_slot_with_a_booking(adult=3)
            seen.add(CashierTrade.objects.get().subject)

    assert len(seen) == 2


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
