"""No phone gets messages without end, whichever field it stands in and whatever stands beside it."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from farm.api import throttles
from farm.models import Notice
from shop import changes
from shop.links import order_path, waiting_path, waiting_token
from shop.models import Order, ShipDate, WaitingOrder
from tests.builders import DAY, HOME, NOW, a_place_in_line, a_shop, an_order, work_off
from tests.rest import ADDRESS, a_body, path_of, placed, sent
from tests.shop.test_pages_ordering import typed

pytestmark = pytest.mark.django_db
GRANDMA = "13933334444"


@pytest.fixture(autouse=True)
def twice_a_minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(throttles.api_settings.DEFAULT_THROTTLE_RATES, "order", "2/min")
    with time_machine.travel(NOW, tick=False):
        yield


def a_number(n: int) -> str:
    return f"1381234{n:04}"


def a_parcel_to(phone: str, **more: Any) -> dict[str, Any]:
    return a_body(address={**ADDRESS, "phone": phone}, **more)


def ordered_by_page(client: Client, n: int, **more: str) -> int:
    return client.post("/order/", typed(key=f"key-{n}-of-the-page", **more)).status_code


def an_offer(phone: str) -> WaitingOrder:
    """Two boxes that came free and are kept for who waited."""
    ShipDate.objects.update(limit=2)
    in_the_way, place = an_order(2), a_place_in_line(phone=phone)
    changes.cancel(order=in_the_way, by="customer", now=NOW)
    place.refresh_from_db()
    return place


def test_who_gives_is_told_of_so_many_orders_to_so_many_people(client):
    a_shop()

    by_rest = [placed(client, a_parcel_to(a_number(n), gift={"buyer_phone": GRANDMA})).status_code for n in range(2)]
    by_page = ordered_by_page(client, 3, phone=a_number(3), buyer_phone=f"+86 {GRANDMA}")
    of_others = ordered_by_page(client, 4, phone=a_number(3))
    work_off()

    assert (by_rest, by_page, of_others) == ([201, 201], 429, 302)
    assert Notice.objects.filter(to=GRANDMA).count() == 2


def test_an_order_counts_once_for_who_buys_for_themselves(client):
    a_shop()

    answers = [placed(client, a_parcel_to(GRANDMA, gift={"buyer_phone": GRANDMA})).status_code for _ in range(3)]

    assert answers == [201, 201, 429]


@pytest.mark.parametrize("more", [{"address": "x"}, {"address.phone": "13800000000"}, {"gift": "x"}])
def test_a_field_more_on_the_page_changes_nothing(client, more):
    a_shop()

    assert [ordered_by_page(client, n, **more) for n in range(3)] == [302, 302, 429]


@pytest.mark.parametrize("before", [" " * 300, "\t" * 300])
def test_blanks_before_a_number_change_nothing(client, before):
    a_shop()

    answers = [placed(client, a_parcel_to(before + GRANDMA)).status_code for _ in range(3)]

    assert answers == [201, 201, 429]


def test_a_part_more_changes_nothing_for_who_waits(client):
    a_shop()
    ShipDate.objects.update(limit=2)
    an_order(2)
    body = {"lines": [{"sku": "kyoho-2500", "quantity": 1}], "ship_date": str(DAY), "phone": GRANDMA}

    more = [{"address": {"phone": a_number(n)}, "gift": {"buyer_phone": a_number(n)}} for n in range(3)]
    answers = [sent(client, "post", "waiting-orders", {**body, **part}).status_code for part in more]

    assert answers == [201, 409, 429]


def test_who_a_changed_order_is_told_to_is_counted_too(client):
    a_shop()
    orders = [an_order() for _ in range(3)]

    by_rest = sent(client, "put", f"{path_of(orders[0])}/address", {**ADDRESS, "buyer_phone": GRANDMA}).status_code
    by_page, too_many = (
        client.post(f"{order_path(order)}address/", {**vars(HOME), "phone": a_number(n), "buyer_phone": GRANDMA})
        for n, order in enumerate(orders[1:])
    )

    assert (by_rest, by_page.status_code, too_many.status_code) == (200, 302, 429)
    assert Order.objects.filter(buyer_phone=GRANDMA).count() == 2


def test_who_offered_boxes_are_bought_by_is_counted_too(client):
    a_shop()
    place = an_offer(a_number(5))
    for _ in range(2):
        placed(client, {"gift": {"buyer_phone": GRANDMA}})  # too little for an order, enough for the counter
    body = {"address": {**ADDRESS, "phone": a_number(6)}, "gift": {"buyer_phone": GRANDMA}}

    by_rest = sent(client, "post", f"waiting-orders/{waiting_token(place)}/order", body)
    by_page = client.post(waiting_path(place), {**vars(HOME), "phone": a_number(6), "buyer_phone": GRANDMA})

    place.refresh_from_db()
    assert (by_rest.status_code, by_page.status_code, place.order) == (429, 429, None)
