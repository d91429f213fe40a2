"""A body is read whole or refused in words: chunks are not taken for nothing, and half a form not for a whole one."""

import json
import uuid
from io import BytesIO

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.http import urlencode

from farm.payments import fake
from farm.payments.providers import Fact
from shop.links import order_path
from shop.models import DamageReport, Order, ShipDate
from tests.builders import HOME, NOW, a_shop, an_attempt
from tests.pictures import an_upload, private_folder
from tests.rest import a_body, path_of, refused
from tests.worlds import a_shop_with_a_delivered_order, a_shop_with_a_paid_order

pytestmark = [pytest.mark.django_db, pytest.mark.once("bodies are read before any database")]
ORDERS = "/api/v1/orders"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def before_the_cut_off(time_machine):
    time_machine.move_to(NOW, tick=False)


def in_chunks(path: str, body: bytes, *, kind: str = "application/json", ends: bool = True, **headers: str):
    """As a web server hands it on that has put the chunks together; one that does not says no word of an end."""
    environ = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": ends, "CONTENT_LENGTH": ""}
    headers["Transfer-Encoding"] = "chunked"
    return Client().generic("POST", path, body, content_type=kind, headers=headers, **environ)


def ordered(body: bytes, **different):
    return in_chunks(ORDERS, body, **{"Idempotency-Key": uuid.uuid4().hex}, **different)


def test_an_order_in_chunks_is_placed():
    a_shop()

    answer = ordered(json.dumps(a_body()).encode())

    assert (answer.status_code, Order.objects.count()) == (201, 1)


def test_more_than_a_body_may_hold_is_too_large():
    refused(ordered(b" " * 2**17), 413, "too_large")


def test_a_server_that_leaves_chunks_as_they_are_is_no_reason_to_wait_for_ever():
    document = refused(ordered(b"2\r\n{}\r\n0\r\n\r\n", ends=False), 411, "length_required")

    assert "Content-Length" in document["detail"]


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=grape"])
def test_a_form_comes_with_its_length(kind):
    refused(in_chunks("/order/", b"sku=kyoho-2500", kind=kind), 411, "length_required")


def test_a_payment_told_in_chunks_is_settled():
    payment = an_attempt()
    fact = Fact("practice", payment.trade_no, "PC0000001", "paid", payment.amount_fen, NOW)
    signed, body = fake.notification(fact, NOW)

    answer = in_chunks("/payments/practice/notify", body, **signed)

    payment.refresh_from_db()
    assert (answer.status_code, payment.status) == (200, "captured")


def test_sold_out_is_said_early_to_chunks_too(settings, django_assert_num_queries):
    a_shop()
    ShipDate.objects.update(limit=1, taken=1)
    settings.GLANCE_SECONDS = 60
    words = json.dumps(a_body()).encode()
    first = ordered(words)
    ordered(words)  # reads who ordered before

    with django_assert_num_queries(0):
        early = ordered(words)

    assert early.content == first.content
    refused(early, 409, "sold_out")


@pytest.mark.parametrize("path", ["{page}damage/", "/api/v1/{own}/damage-reports"])
@pytest.mark.parametrize(("cut", "reports"), [(0, 1), (3, 0), (60, 0), (700, 0)])
def test_half_a_form_with_photos_reports_nothing(settings, tmp_path, path, cut, reports):
    private_folder(settings, tmp_path)
    order = a_shop_with_a_delivered_order(2)
    report = json.dumps({"boxes": [{"sku": "kyoho-2500", "quantity": 1}], "words": "crushed and mouldy"})
    said = {"boxes-kyoho-2500": "1", "part-kyoho-2500": "50", "report": report, "photos": [an_upload(), an_upload()]}
    words = encode_multipart(BOUNDARY, said)
    environ = {"wsgi.input": BytesIO(words[: len(words) - cut]), "CONTENT_LENGTH": str(len(words))}

    place = path.format(page=order_path(order), own=path_of(order))
    answer = Client().generic("POST", place, words, MULTIPART_CONTENT, **environ)

    assert DamageReport.objects.count() == reports
    assert answer.status_code in ((201, 302) if reports else (400,))


@pytest.mark.parametrize(("cut", "status", "street"), [(9, 400, HOME.street), (0, 302, "闾山路12号3单元999室")])
def test_half_a_form_changes_nothing(cut, status, street):
    order = a_shop_with_a_paid_order()
    words = urlencode({**vars(HOME), "street": "闾山路12号3单元999室"}).encode()
    environ = {"wsgi.input": BytesIO(words[: len(words) - cut]), "CONTENT_LENGTH": str(len(words))}

    answer = Client().generic("POST", f"{order_path(order)}address/", words, FORM, **environ)

    order.refresh_from_db()
    assert (answer.status_code, order.street) == (status, street)
