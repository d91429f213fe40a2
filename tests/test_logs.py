"""What stands in the log: enough to find a fault, and nothing by which a reader could act for a customer."""

import logging
from io import StringIO

import pytest
from django.test import Client

from beizhen.logs import Line
from farm.models import Payment
from shop.links import order_path
from shop.models import Order
from tests.builders import NOW, an_attempt
from tests.full_disk import full_disk
from tests.rest import path_of, sent
from tests.worlds import a_shop_with_a_paid_order, a_slot_with_a_booking
from tours.links import booking_path
from tours.models import Booking

pytestmark = [pytest.mark.django_db, pytest.mark.once("what is logged is logged beside any database")]


@pytest.fixture(autouse=True)
def before_the_cut_off(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def log(monkeypatch):
    """What the console of this process is told."""
    [console] = [handler for handler in logging.root.handlers if isinstance(handler.formatter, Line)]
    told = StringIO()
    monkeypatch.setattr(console, "stream", told)
    return told


def last_line(log: StringIO) -> str:
    """Of the last record, from its name on."""
    return log.getvalue().splitlines()[-1].split(" ", 3)[-1]


def a_stranger() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("kind", ["as it is", "spelled out"])
def test_a_refused_form_is_logged_without_the_link_of_its_order(log, kind):
    order = a_shop_with_a_paid_order()
    path = f"{order_path(order)}extension/"

    a_stranger().post(path if kind == "as it is" else path.replace(":", "%253A"))

    assert last_line(log) == f"django.security.csrf: Forbidden (CSRF cookie not set.): /o/{order.number}…/extension/"


def test_a_refused_form_is_logged_without_the_link_of_its_visit(log):
    booking = a_slot_with_a_booking()

    a_stranger().post(f"{booking_path(booking)}rain/")

    assert last_line(log).endswith(f": /v/{booking.number}…/rain/")
    assert Booking.objects.get().status == "confirmed"


def test_an_answer_of_503_is_logged_without_the_link(log, transactional_db):
    order = a_shop_with_a_paid_order()

    with full_disk():
        answer = sent(Client(), "post", f"{path_of(order)}/cancellation")

    assert answer.status_code == 503
    assert last_line(log) == f"django.request: Service Unavailable: /api/v1/orders/{order.number}…/cancellation"
    assert Order.objects.get().status == "paid"


def test_the_cashiers_page_leads_back_to_an_order_so_its_address_is_cut_too(log):
    payment = an_attempt()

    a_stranger().post(f"/cashier/{payment.trade_no}/", {"choice": "pay"})

    assert last_line(log).endswith(": /cashier/…/")
    assert Payment.objects.get().status == "pending"


@pytest.mark.parametrize("name", ["django.server", "django.request", "celery.app.trace"])
def test_a_traceback_is_cut_whoever_writes_it(log, name):
    path = order_path(a_shop_with_a_paid_order())

    try:
        raise ValueError(path)
    except ValueError:
        logging.getLogger(name).exception("a fault at %s", path)

    assert "ValueError: /o/BZ" in log.getvalue()
    assert path.split(":")[-1] not in log.getvalue()


def test_a_strangers_host_is_told_no_and_leaves_no_line(log):
    answer = a_stranger().get("/", headers={"Host": "evil.example"})

    assert (answer.status_code, log.getvalue()) == (400, "")


def test_a_bad_request_leaves_one_short_line(log):
    too_many = "&".join(f"a{number}=1" for number in range(1001))

    answers = [a_stranger().get(f"/shop/?{too_many}"), a_stranger().post(f"/o/{'x' * 2000}/extension/")]

    lines = log.getvalue().splitlines()
    assert [answer.status_code for answer in answers] == [400, 403]
    assert [line.split()[3] for line in lines] == ["django.security.TooManyFieldsSent:", "django.security.csrf:"]
    assert max(len(line) for line in lines) <= 400


@pytest.mark.parametrize("name", ["django", "django.server"])
def test_django_writes_no_lines_past_it(name):
    assert logging.getLogger(name).handlers == []
