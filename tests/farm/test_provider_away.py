"""A payment provider that does not answer: whoever waits for it hears what to do, and what was begun goes on later."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine

from farm.models import Payment, Refund, StatementCheck
from farm.payments import fake
from shop import changes
from shop.links import order_path
from tests.builders import DAY, NOW, a_paid_order, a_shop, an_attempt, an_order, work_off
from tests.rest import path_of, refused, sent
from tests.staff import a_boss, act

pytestmark = pytest.mark.django_db
DOES_NOT_ANSWER = "The payment provider does not answer at the moment."


def away(*_: object, **__: object) -> None:
    raise ConnectionError("no network")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@contextmanager
def nobody_answers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for call in ("prepare", "query", "close", "refund", "query_refund", "statement"):
            patch.setattr(fake.PracticeCashier, call, away)
        yield


def test_a_program_is_told_when_to_ask_again_and_gets_the_same_attempt(client):
    a_shop()
    door = f"{path_of(an_order())}/payment"

    with nobody_answers():
        answer = sent(client, "post", door)
    again = sent(client, "post", door)

    refused(answer, 503, "provider_away")
    assert answer.headers["Retry-After"] == "60"
    assert (again.status_code, Payment.objects.get().pay_url) == (201, again.json()["pay_url"])


def test_a_buyer_reads_it_on_the_order_s_page(client):
    a_shop()
    place = order_path(an_order())

    with nobody_answers():
        page = client.post(f"{place}payment/", follow=True)

    assert page.status_code == 200
    assert DOES_NOT_ANSWER in page.content.decode()


def test_staff_read_it_when_they_ask_about_a_payment(client):
    payment = an_attempt()
    a_boss(client)

    with nobody_answers():
        said = act(client, "ask_provider_now", payment)

    assert DOES_NOT_ANSWER in said
    assert Payment.objects.get().status == "pending"


def test_staff_read_it_when_they_ask_about_a_refund(client):
    a_shop()
    changes.cancel(order=a_paid_order(), by="customer", now=NOW)
    a_boss(client)

    with nobody_answers():
        work_off()
        said = act(client, "ask_provider_now", Refund.objects.get())

    assert DOES_NOT_ANSWER in said
    assert Refund.objects.get().status == "due"


def test_staff_read_it_when_they_compare_a_statement(client):
    check = StatementCheck.objects.create(provider="practice", date=DAY, lines=0, differences=0, checked_at=NOW)
    a_boss(client)

    with nobody_answers():
        said = act(client, "compare_again", check)

    assert DOES_NOT_ANSWER in said
