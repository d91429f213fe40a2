"""What is done to many rows and nobody can take back is asked on a page between, and done to those very rows."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from farm.admin import asking
from shop.models import Lot, Order
from tests import visits
from tests.builders import NOW, a_lot, a_paid_order
from tests.staff import a_member, act, asks, choose, list_of, told
from tests.worlds import a_shop_with_a_paid_order, a_slot_with_a_booking
from tours.models import Booking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("boss")]


def test_what_is_sent_of_rows_that_are_not_there_is_said_to_be_nothing(client):
    order = a_shop_with_a_paid_order()

    answer = choose(client, "cancel", order, _selected_action=order.pk + 1, _form_submitted="True")

    assert "choose again" in told(answer)
    assert statuses(Order) == ["paid"]


def words_on(page) -> str:
    return " ".join(strip_tags(page.content.decode().split('<form class="bz-card bz-ask"')[1]).split())


def statuses(model) -> list[str]:
    return list(model.objects.order_by("pk").values_list("status", flat=True))


def test_orders_are_cancelled_only_after_a_page_with_their_rows_and_money(client):
    orders = [a_shop_with_a_paid_order(2), a_paid_order(1)]
    fen = sum(order.total_fen for order in orders)

    with time_machine.travel(NOW):
        page = choose(client, "cancel", *orders)
        before = statuses(Order)
        said = act(client, "cancel", *orders)

    words = words_on(page)
    assert (before, statuses(Order)) == (["paid", "paid"], ["cancelled", "cancelled"])
    assert "How many 2 Money that goes back" in words
    assert f"¥{fen / 100:.2f}" in words
    assert all(order.number in words for order in orders)
    assert orders[0].phone not in page.content.decode()
    assert "cancelled: 2 rows." in said


def test_money_of_what_can_no_longer_be_cancelled_is_not_promised(client):
    paid, picked = a_shop_with_a_paid_order(), a_paid_order()
    Order.objects.filter(pk=picked.pk).update(status="picked")

    assert f"Money that goes back ¥{paid.total_fen / 100:.2f} " in words_on(choose(client, "cancel", paid, picked))


def test_a_row_that_changed_meanwhile_is_told_though_its_narrowed_list_no_longer_shows_it(client):
    order = a_shop_with_a_paid_order()
    narrowed = f"{list_of(Order)}?status__exact=paid"
    chosen = {"action": "cancel", "_selected_action": [order.pk]}

    asked = client.post(narrowed, chosen)
    Order.objects.update(status="picked")
    said = told(client.post(narrowed, chosen | {"_form_submitted": "True"}))

    assert asks(asked)
    assert f"Order {order.number} is picked." in said
    assert statuses(Order) == ["picked"]


def test_all_rows_of_a_list_are_those_that_its_page_between_named(client):
    first = a_shop_with_a_paid_order()

    page = client.post(list_of(Order), {"action": "cancel", "_selected_action": [first.pk], "select_across": "1"})
    a_paid_order()
    with time_machine.travel(NOW):
        act(client, "cancel", *page.context_data["chosen"])

    assert statuses(Order) == ["cancelled", "paid"]


def test_more_rows_than_a_page_can_ask_about_are_refused(client, monkeypatch):
    orders = [a_shop_with_a_paid_order(), a_paid_order()]
    monkeypatch.setattr(asking, "MOST", 1)

    assert "at most 1 rows at once" in act(client, "cancel", *orders)
    assert statuses(Order) == ["paid", "paid"]


def test_of_many_rows_the_first_are_named(client, monkeypatch):
    orders = [a_shop_with_a_paid_order(), a_paid_order()]
    monkeypatch.setattr(asking, "SHOWN", 1)

    words = words_on(choose(client, "cancel", *orders))

    assert (orders[0].number in words, orders[1].number in words, "and 1 more" in words) == (True, False, True)


@pytest.mark.usefixtures("in_september")
def test_bookings_are_cancelled_for_the_reason_that_is_asked(client):
    booking = a_slot_with_a_booking()

    words = words_on(choose(client, "cancel", booking))
    before = statuses(Booking)
    act(client, "cancel", booking, reason="The road is closed")

    booking.refresh_from_db()
    assert "Reason" in words
    assert f"¥{booking.total_fen / 100:.2f}" in words
    assert visits.VISITOR.phone not in words
    assert (before, booking.status, booking.cancel_reason) == (["confirmed"], "cancelled", "The road is closed")


@pytest.mark.usefixtures("in_september")
def test_a_reason_that_is_too_long_is_asked_again(client):
    booking = a_slot_with_a_booking()

    answer = choose(client, "cancel", booking, _form_submitted="True", reason="no " * 40)

    assert (asks(answer), "at most 60" in words_on(answer), statuses(Booking)) == (True, True, ["confirmed"])


def test_lots_are_withdrawn_after_a_page_that_speaks_of_no_money(client):
    lot = a_lot("L7")

    words = words_on(choose(client, "withdraw", lot))
    before = Lot.objects.get().is_withdrawn
    act(client, "withdraw", lot)

    assert ("L7" in words, "Money" in words) == (True, False)
    assert (before, Lot.objects.get().is_withdrawn) == (False, True)


def test_the_page_costs_the_same_with_1_and_with_3_rows(client):
    orders = [a_shop_with_a_paid_order(), a_paid_order(), a_paid_order()]
    costs = []
    for rows in (orders[:1], orders[:1], orders):  # what a process keeps for ever is kept by then
        with CaptureQueriesContext(connection) as asked:
            choose(client, "cancel", *rows)
        costs.append(len(asked))

    assert costs[1] == costs[2]


def test_who_may_not_cancel_is_not_asked(client):
    order = a_shop_with_a_paid_order()
    a_member(client, "packing")

    assert not asks(choose(client, "cancel", order))
    assert not asks(choose(client, "cancel", order, _form_submitted="True"))
    assert statuses(Order) == ["paid"]
