"""Every page for customers and visitors in every state worth a look: each sets its rows and tells its address."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from farm.payments import cashier
from shop import changes
from shop import links as shop_links
from shop import paying as paying_orders
from shop.models import Box, Order, ShipDate
from tests import builders, visits
from tests.builders import DAY, NOW
from tests.visits import SATURDAY
from tours import closures
from tours import links as tour_links
from tours.closures import Reason
from tours.models import Booking, Slot

Address = Callable[[], str]
"""Told when it is asked for: in the language that is active then."""
STATES: dict[str, Callable[[], Address]] = {}
CHOSEN = {"box-kyoho-2500": "2", "ship_date": str(DAY)}


def state(make: Callable[[], Address]) -> Callable[[], Address]:
    STATES[make.__name__.replace("_", " ")] = make
    return make


def at(name: str, *args: object, **query: str) -> Address:
    return lambda: reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


def of_order(order: Order, more: str = "") -> Address:
    return lambda: shop_links.order_path(order) + more


def of_booking(booked: Booking, more: str = "") -> Address:
    return lambda: tour_links.booking_path(booked) + more


def _a_farm() -> None:
    """A shop with two boxes and a week of dates in every mood, and a weekend of visits."""
    builders.a_shop()
    builders.a_box("kyoho-gift", net_grams=5000, price_fen=16800, packing_units=2, is_gift=True)
    moods: list[dict[str, object]] = [{}, {"limit": 3}, {"limit": 1, "taken": 1}, {"is_closed": True}]
    for n, mood in enumerate(moods, start=1):
        builders.a_ship_date(DAY + dt.timedelta(days=n), **mood)
    for day in (SATURDAY, SATURDAY + dt.timedelta(days=1)):
        visits.a_slot(day)
        visits.a_slot(day, dt.time(14, 0), seats=0)


def _a_slot() -> Slot:
    _a_farm()
    return Slot.objects.filter(limit__gt=0).earliest("starts_at")


@state
def home() -> Address:
    _a_farm()
    return at("home")


@state
def home_of_an_empty_farm() -> Address:
    return at("home")


@state
def shelf() -> Address:
    _a_farm()
    return at("shop:shelf")


@state
def shelf_where_nothing_fits() -> Address:
    _a_farm()
    return at("shop:shelf", size="2500", up_to="5000")


@state
def box() -> Address:
    _a_farm()
    return at("shop:box", "kyoho-2500")


@state
def box_sold_out() -> Address:
    _a_farm()
    ShipDate.objects.update(limit=1, taken=1)
    return at("shop:box", "kyoho-2500")


@state
def box_whose_season_is_over() -> Address:
    _a_farm()
    Box.objects.update(season_until=NOW.date() - dt.timedelta(days=1))
    return at("shop:box", "kyoho-2500")


@state
def empty_basket() -> Address:
    return at("shop:basket")


@state
def order_form() -> Address:
    _a_farm()
    return at("shop:order-form", **CHOSEN)


@state
def waiting_list_of_a_date() -> Address:
    _a_farm()
    return at("shop:wait", ship_date=str(DAY + dt.timedelta(days=3)), **{"box-kyoho-2500": "2"})


@state
def place_in_line() -> Address:
    _a_farm()
    ShipDate.objects.update(limit=2)
    builders.an_order(2)
    place = builders.a_place_in_line()
    return lambda: shop_links.waiting_path(place)


@state
def find() -> Address:
    return at("shop:find")


@state
def delivery() -> Address:
    return at("shop:delivery")


@state
def help_page() -> Address:
    return at("shop:help")


@state
def privacy() -> Address:
    return at("shop:privacy")


@state
def order_to_pay() -> Address:
    _a_farm()
    return of_order(builders.an_order(2))


@state
def cashier_page() -> Address:
    _a_farm()
    order = builders.an_order(2)
    payment = paying_orders.start(order=order, return_url="/o/token/", now=NOW)
    return at("cashier:page", payment.trade_no)


@state
def order_paid() -> Address:
    _a_farm()
    return of_order(builders.a_paid_order(2))


@state
def order_shipped() -> Address:
    _a_farm()
    return of_order(builders.shipped(builders.a_paid_order(2)))


@state
def order_delivered() -> Address:
    _a_farm()
    return of_order(builders.a_delivered_order(2))


@state
def damage_form() -> Address:
    _a_farm()
    return of_order(builders.a_delivered_order(2), "damage/")


@state
def order_cancelled() -> Address:
    _a_farm()
    order = builders.a_paid_order(2)
    changes.cancel(order=order, by="customer", now=NOW)
    builders.work_off()
    return of_order(order)


@state
def order_paid_too_late() -> Address:
    _a_farm()
    before = NOW - dt.timedelta(minutes=20)
    order = builders.an_order(2, now=before)
    payment = paying_orders.start(order=order, return_url="/o/token/", now=before)
    cashier.pay_late(payment, NOW)
    builders.work_off()
    return of_order(order)


@state
def cancelling_an_order() -> Address:
    _a_farm()
    return of_order(builders.a_paid_order(2), "cancellation/")


@state
def another_ship_date() -> Address:
    _a_farm()
    return of_order(builders.a_paid_order(2), "ship-date/")


@state
def another_address() -> Address:
    _a_farm()
    return of_order(builders.a_paid_order(2), "address/")


@state
def visits_list() -> Address:
    _a_farm()
    return at("tours:visits")


@state
def visits_of_a_day() -> Address:
    _a_farm()
    return at("tours:visits", day=str(SATURDAY))


@state
def experience() -> Address:
    _a_farm()
    return at("tours:experience", "picking", day=str(SATURDAY))


@state
def booking_form() -> Address:
    slot = _a_slot()
    return at("tours:book", "picking", slot=str(slot.pk))


@state
def waiting_list_of_a_time() -> Address:
    _a_farm()
    full = Slot.objects.filter(limit=0).earliest("starts_at")
    return at("tours:wait", "picking", slot=str(full.pk))


@state
def booking_to_pay() -> Address:
    return of_booking(visits.a_booking(_a_slot(), family=1))


@state
def booking_with_tickets() -> Address:
    return of_booking(visits.a_confirmed_booking(_a_slot(), family=1))


@state
def changing_a_booking() -> Address:
    return of_booking(visits.a_confirmed_booking(_a_slot()), "change/")


@state
def cancelling_a_booking() -> Address:
    return of_booking(visits.a_confirmed_booking(_a_slot()), "cancellation/")


@state
def booking_rained_out() -> Address:
    slot = _a_slot()
    booked = visits.a_confirmed_booking(slot)
    closures.close(slots=[slot.pk], reason=Reason("雷雨", "thunderstorm"), by="li.na", now=NOW)
    closures.carry_on(NOW)
    return of_booking(booked, "rain/")


@state
def sign_in() -> Address:
    return at("account:sign-in")


@state
def nothing_here() -> Address:
    return lambda: at("home")() + "nothing/"


MISSING = {"nothing here"}
"""Where the farm answers 404."""
