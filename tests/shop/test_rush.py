import datetime as dt

import pytest
from django.core.cache import cache
from django.db import transaction

from farm.refusals import Refused
from shop import changes, checkout, glance, rush, waiting
from shop.checkout import Gift
from shop.models import Box, Order, ShipDate, WaitingOrder
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_place_in_line, a_ship_date, a_wish, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_day(settings):
    """A day whose only box is sold, known to the glance for the rest of the test."""
    a_box()
    a_lot()
    day = a_ship_date(limit=1)
    a_ship_date(DAY + dt.timedelta(days=1))
    an_order(key="the-first")
    settings.GLANCE_SECONDS = 60
    return day


def press_buy() -> str:
    try:
        an_order()
    except Refused as refusal:
        return refusal.code
    return "bought"


def test_a_second_sold_out_answer_comes_without_asking_for_the_date(full_day, django_assert_num_queries):
    press_buy()

    with django_assert_num_queries(1):  # only whether this very request was answered before
        assert press_buy() == "sold_out"


def test_the_flag_names_the_next_dates_too(full_day):
    press_buy()

    with pytest.raises(Refused) as refusal:
        an_order()

    assert refusal.value.extra["next_dates"] == ["2026-09-11"]


def test_while_the_flag_is_up_a_repeated_request_still_gets_its_order(full_day):
    press_buy()

    assert an_order(key="the-first") == Order.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_box_that_comes_free_can_be_bought_at_once(full_day):
    press_buy()
    press_buy()

    changes.cancel(order=Order.objects.get(), by="customer", now=NOW)

    assert press_buy() == "bought"


@pytest.mark.django_db(transaction=True)
def test_an_expired_hold_can_be_bought_at_once(full_day):
    press_buy()
    later = NOW + dt.timedelta(minutes=15)

    checkout.expire_holds(later)

    assert an_order(now=later).status == "placed"


@pytest.mark.django_db(transaction=True)
def test_a_flag_seen_before_a_box_came_free_is_not_believed(full_day):
    seen_before = rush.look(full_day.pk)
    changes.cancel(order=Order.objects.get(), by="customer", now=NOW)

    rush.put_up(seen_before, [])

    assert press_buy() == "bought"


@pytest.mark.django_db(transaction=True)
def test_while_room_is_being_given_back_no_flag_is_believed(full_day):
    press_buy()

    with transaction.atomic():
        rush.room_comes_back([full_day.pk])
        assert rush.look(full_day.pk).is_up is False


def test_without_a_cache_the_rows_answer(full_day, settings):
    press_buy()
    cache.clear()

    assert press_buy() == "sold_out"


def test_lots_that_are_over_are_not_read_year_after_year():
    today = NOW.date()
    for code, best_before in (("over", today - dt.timedelta(days=1)), ("last day", today), ("good", DAY)):
        a_lot(code, harvested_on=today - dt.timedelta(days=40), best_before=best_before)

    [shelf] = glance.fresh(NOW).shelves.values()

    assert [lot.code for lot in shelf] == ["last day", "good"]


def test_a_refusal_never_comes_from_an_old_glance(settings):
    a_box()
    a_lot(boxes=1)
    a_ship_date()
    an_order()
    settings.GLANCE_SECONDS = 60
    with pytest.raises(Refused):
        an_order()

    a_lot("fresh")
    a_box("new-box")

    assert checkout.place_order(wanted=a_wish(sku="new-box"), key="a-new-key", now=NOW).status == "placed"


def box_kept_for_the_line() -> WaitingOrder:
    """The only box of the full day comes free and is offered to the one in line; the flag is up again."""
    in_line = a_place_in_line(1)
    changes.cancel(order=Order.objects.get(), by="customer", now=NOW)
    press_buy()
    assert press_buy() == "sold_out"
    in_line.refresh_from_db()
    return in_line


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("let_go", [waiting.leave, lambda by, **offer: waiting.let_go(**offer)])
def test_a_box_that_an_offer_lets_go_can_be_bought_at_once(full_day, let_go):
    in_line = box_kept_for_the_line()

    let_go(waiting=in_line, by="customer", now=NOW)

    assert press_buy() == "bought"


@pytest.mark.django_db(transaction=True)
def test_when_a_taken_offer_needs_less_than_was_kept_the_rest_can_be_bought_at_once(full_day):
    ShipDate.objects.filter(pk=full_day.pk).update(limit=2)
    Box.objects.update(packing_units=2)
    in_line = box_kept_for_the_line()
    Box.objects.update(packing_units=1)
    glance.fresh(NOW)

    waiting.accept(waiting=in_line, address=HOME, gift=Gift(), now=NOW)

    assert press_buy() == "bought"


def test_a_flag_that_stands_is_not_put_up_anew(full_day):
    before = rush.look(full_day.pk)
    rush.put_up(before, [])
    first = rush.look(full_day.pk)

    rush.put_up(before, [DAY])

    assert rush.look(full_day.pk) == first
