"""A database that is busy, or cannot write, is said to be so, and nothing was changed."""

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client

from shop.links import order_path
from shop.models import Order, ShipDate
from tests.builders import NOW, a_shop
from tests.concurrency.crowd import overtaken
from tests.full_disk import full_disk
from tests.rest import placed, refused
from tests.worlds import a_shop_with_a_paid_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def before_the_cut_off(time_machine):
    time_machine.move_to(NOW, tick=False)


def hold_the_dates(pause):
    with transaction.atomic():
        ShipDate.objects.update(limit=F("limit"))
        pause()


def hurried(act):
    """Do `act` on a connection that waits for no lock for seconds; the next act of this hand waits again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            hurry, calm = "PRAGMA busy_timeout = 50", f"PRAGMA busy_timeout = {patience}"
        else:
            hurry, calm = "SET lock_timeout = '50ms'", "RESET lock_timeout"
        cursor.execute(hurry)
        try:
            return act()
        finally:
            cursor.execute(calm)


def test_an_order_that_gets_no_lock_is_told_to_come_again():
    a_shop()

    _, answer = overtaken(hold_the_dates, by=lambda: hurried(lambda: placed(Client())))

    refused(answer, 503, "too_busy")
    assert answer.headers["Retry-After"] == "3"
    assert not Order.objects.exists()


def test_a_page_that_gets_no_lock_says_so():
    order = a_shop_with_a_paid_order()

    cancellation = f"{order_path(order)}cancellation/"
    _, answer = overtaken(hold_the_dates, by=lambda: hurried(lambda: Client().post(cancellation)))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "very busy" in answer.content.decode()
    assert Order.objects.get().status == "paid"


def test_an_order_after_the_rush_is_placed():
    a_shop()

    _, answer = overtaken(lambda pause: pause(), by=lambda: hurried(lambda: placed(Client())))

    assert answer.status_code == 201


def test_an_order_on_a_full_disk_is_told_to_come_again():
    a_shop()

    with full_disk():
        answer = placed(Client())

    refused(answer, 503, "cannot_write")
    assert answer.headers["Retry-After"] == "60"
    assert (Order.objects.count(), ShipDate.objects.get().taken) == (0, 0)
    assert placed(Client()).status_code == 201


def test_what_is_sold_out_is_said_on_a_full_disk_too():
    a_shop()
    ShipDate.objects.update(limit=1, taken=1)

    with full_disk():
        answer = placed(Client())

    refused(answer, 409, "sold_out")


def test_a_page_on_a_full_disk_says_so():
    order = a_shop_with_a_paid_order()

    with full_disk():
        answer = Client().post(f"{order_path(order)}cancellation/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "cannot write anything down" in answer.content.decode()
    assert Order.objects.get().status == "paid"
