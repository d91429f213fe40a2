"""Boxes that come free while buyers press the button: they go to the line, once. Controls take the guard away."""

import datetime as dt
import itertools
from threading import Event

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from farm import limited
from farm.refusals import Refused
from shop import changes, checkout, line, waiting
from shop.checkout import Gift
from shop.models import Lot, Order, ShipDate, WaitingOrder
from shop.models.lots import LotQuerySet
from shop.pricing import Want
from tests.builders import DAY, HOME, NOW, a_box, a_lot, a_place_in_line, a_ship_date, a_variety, an_order
from tests.concurrency.crowd import PATIENCE, crossed, somebody_waits, together
from tests.drift import drift

pytestmark = pytest.mark.django_db(transaction=True)
days = itertools.count(1)
phones = itertools.count(1)


@pytest.fixture(autouse=True)
def shop():
    a_box()
    keeps = DAY + dt.timedelta(days=300)
    a_lot("first", boxes=900, best_before=keeps)
    a_lot("second", boxes=900, best_before=keeps)


def tried(story, **wish) -> str:
    try:
        story(**wish)
    except Refused as refusal:
        return refusal.code
    return "done"


def a_full_day(boxes: int = 2) -> tuple[ShipDate, Order]:
    day = a_ship_date(DAY + dt.timedelta(days=next(days)), limit=boxes)
    return day, an_order(boxes, date=day.date)


def in_line(day: ShipDate, boxes: int = 2) -> WaitingOrder:
    return a_place_in_line(boxes, f"139{next(phones):08d}", date=day.date)


def buy(day: ShipDate) -> str:
    return tried(an_order, date=day.date)


def cancel(order: Order) -> str:
    return tried(changes.cancel, order=order, by="customer", now=NOW)


def accept(place: WaitingOrder, now: dt.datetime = NOW) -> str:
    return tried(waiting.accept, waiting=place, address=HOME, gift=Gift(), now=now)


def errors(answers: list[object]) -> list[object]:
    return [answer for answer in answers if isinstance(answer, Exception)]


def status_of(place: WaitingOrder) -> str:
    return WaitingOrder.objects.get(pk=place.pk).status


def test_control_boxes_offered_after_they_were_given_back_go_to_a_buyer(monkeypatch):
    monkeypatch.setattr(line, "offer_freed", lambda ship_dates, *, now: 0)
    day, full = a_full_day()
    place = in_line(day)

    cancel(full)
    buyer = buy(day)  # between the commit and the sweep: the harm that the one transaction prevents
    line.offer_due(NOW)

    assert (buyer, status_of(place)) == ("done", "waiting")


@pytest.mark.parametrize("way", ["cancelled", "expired"])
def test_boxes_that_come_free_go_to_the_line_and_never_to_a_buyer(way):
    later = NOW + dt.timedelta(minutes=16)
    for _ in range(3):
        day, full = a_full_day()
        place = in_line(day)
        other, _order = a_full_day(50)  # its buyers lock the same lots
        frees = (lambda full=full: cancel(full)) if way == "cancelled" else (lambda: checkout.expire_holds(later))

        answers = together(
            frees,
            *[lambda day=day: [buy(day) for _ in range(3)]] * 3,
            lambda other=other: [buy(other) for _ in range(2)],
            lambda: line.offer_due(NOW),
        )

        assert errors(answers) == []
        assert [answer.count("done") for answer in answers[1:4]] == [0, 0, 0]
        assert status_of(place) == "offered"
    assert drift() == []


def test_two_sweeps_offer_freed_boxes_once_and_to_the_first():
    for _ in range(5):
        day, _full = a_full_day()
        places = [in_line(day), in_line(day)]
        ShipDate.objects.filter(pk=day.pk).update(limit=4)

        answers = together(*[lambda: line.offer_due(NOW)] * 4)

        assert errors(answers) == []
        assert (sum(answers), [status_of(place) for place in places]) == (1, ["offered", "waiting"])
    assert drift() == []


@pytest.mark.services  # SQLite lets one transaction begin at a time, with or without the lock
@pytest.mark.parametrize("waits_for_lots", [False, True])
def test_a_long_line_and_a_buyer_wait_for_each_other_for_ever_only_if_it_waits_for_lots_when_it_holds_the_day(
    monkeypatch, waits_for_lots
):
    monkeypatch.setattr(line, "AT_ONCE", 1)
    if waits_for_lots:
        lock = QuerySet.select_for_update
        monkeypatch.setattr(
            LotQuerySet, "select_for_update", lambda lots, skip_locked=False, **how: lock(lots, **how), raising=False
        )
    shine = a_variety("shine")
    a_box("shine-2500", variety=shine)
    a_lot("S1", variety=shine, best_before=DAY + dt.timedelta(days=300))
    day, _full = a_full_day()
    first = in_line(day, 1)
    a_place_in_line(phone=f"139{next(phones):08d}", date=day.date, wants=[Want("shine-2500", 1)])
    ShipDate.objects.filter(pk=day.pk).update(limit=10)
    look, looks, is_on_its_way = line._look, itertools.count(), Event()

    def look_again_when_a_buyer_waits(*given):
        if next(looks) == 1:  # the first has its boxes, and the sweep the day
            is_on_its_way.set()
            somebody_waits()
        return look(*given)

    def buy_shine() -> str:
        assert is_on_its_way.wait(PATIENCE)
        return tried(an_order, date=day.date, sku="shine-2500")

    monkeypatch.setattr(line, "_look", look_again_when_a_buyer_waits)
    answers = together(lambda: line.offer_due(NOW), buy_shine)

    assert bool(errors(answers)) is waits_for_lots, answers
    assert waits_for_lots or status_of(first) == "offered"


def test_an_offer_is_ordered_once_or_goes_to_the_next_and_is_never_lost():
    for _ in range(4):
        day, full = a_full_day()
        first, second = in_line(day), in_line(day)
        cancel(full)
        end = WaitingOrder.objects.get(pk=first.pk).offered_until
        just_in_time = end - dt.timedelta(seconds=1)

        answers = together(
            *[lambda first=first, at=just_in_time: accept(first, at)] * 2,
            *[lambda end=end: waiting.end_lapsed(end)] * 2,
            lambda day=day: buy(day),
        )

        assert errors(answers) == []
        assert answers[-1] == "sold_out"
        assert (status_of(first), status_of(second)) in {("ordered", "waiting"), ("lapsed", "offered")}
        assert Order.objects.filter(ship_date=day).exclude(status="cancelled").count() == (
            status_of(first) == "ordered"
        )
    assert drift() == []


@pytest.mark.services  # SQLite lets one transaction begin at a time, with or without the lock
@pytest.mark.parametrize("in_order", [False, True])
def test_a_hand_over_and_a_cancellation_wait_for_each_other_for_ever_only_without_one_order_of_locks(
    in_order, monkeypatch
):
    """The offer keeps boxes of the first lot, and is ordered out of the second."""
    if not in_order:  # the control
        monkeypatch.setattr(limited, "_hold_still", lambda rows: None)
    day, full = a_full_day(4)
    place = in_line(day)
    ShipDate.objects.filter(pk=day.pk).update(limit=6)
    other = an_order(2, date=day.date)
    cancel(full)
    Lot.objects.filter(code="first").update(is_withdrawn=True)

    answers = crossed(monkeypatch, limited, "_add_back", act=lambda: accept(place), other=lambda: cancel(other))

    assert any(isinstance(answer, OperationalError) for answer in answers) != in_order
    assert not in_order or answers == ["done", "done"]


def test_offers_that_change_lots_while_orders_swap_days_never_deadlock():
    pairs = [a_full_day() for _ in range(3)]
    places = [in_line(day) for day, _full in pairs]
    for _day, full in pairs:
        cancel(full)
    orders = [an_order(date=a_ship_date(DAY + dt.timedelta(days=next(days))).date) for _ in range(3)]
    dates = [order.ship_date.date for order in orders]
    Lot.objects.filter(code="first").update(is_withdrawn=True)

    def to_and_fro(order: Order) -> None:
        for date in dates:
            tried(changes.move_by_staff, order=order, to=date, by="li.na", now=NOW)

    acts = [lambda place=place: accept(place) for place in places]
    answers = together(*acts, *[lambda order=order: to_and_fro(order) for order in orders])

    assert errors(answers) == []
    assert answers[:3] == ["done"] * 3
    assert drift() == []
