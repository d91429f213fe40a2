"""Damaged fruit by page, over REST, and as the staff answer it."""

import html
import json
from pathlib import Path

import pytest
import time_machine
from django.http import HttpResponse

from farm.api import uploads
from farm.models import Customer
from shop import damage, erasure
from shop.damage import Hurt
from shop.links import order_path
from shop.models import DamagedBoxes, DamagePhoto, DamageReport, Order
from tests.builders import NOW, a_paid_order, work_off
from tests.pictures import a_photo, an_upload, private_folder
from tests.rest import path_of, refused, sent
from tests.staff import a_boss, a_member, list_of, page_of, press
from tests.worlds import a_shop_with_a_delivered_order

pytestmark = pytest.mark.django_db
WHAT = json.dumps({"boxes": [{"sku": "kyoho-2500", "quantity": 1}], "words": "thawed"})


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def private(settings, tmp_path) -> Path:
    return private_folder(settings, tmp_path)


@pytest.fixture
def order() -> Order:
    return a_shop_with_a_delivered_order(2)


def posted(client, order, **said):
    plain = {"boxes-kyoho-2500": "1", "part-kyoho-2500": "50", "grams-kyoho-2500": "", "words": "crushed"}
    return client.post(f"{order_path(order)}damage/", {**plain, **said})


def shown(answer) -> str:
    return html.unescape(answer.content.decode())


def a_report(order) -> DamageReport:
    hurt = [Hurt("kyoho-2500", 1, percent=50)]
    return damage.report(order=order, hurt=hurt, words="crushed", photos=[a_photo()], now=NOW)


def test_from_the_orders_page_to_the_answer_on_it(client, order):
    before = shown(client.get(order_path(order)))
    form = shown(client.get(f"{order_path(order)}damage/"))

    answer = posted(client, order, photos=[an_upload(), an_upload()])
    waiting = shown(client.get(order_path(order)))
    damage.grant(report=DamageReport.objects.get(), amount_fen=3400, words="Sorry!", by="li.na", now=NOW)
    work_off()
    after = shown(client.get(order_path(order)))

    assert "Tell us until 10 Sep, 10:00" in before
    assert "2 boxes bought" in form
    assert (answer.status_code, answer["Location"]) == (302, order_path(order))
    assert "We are looking at it" in waiting
    assert "2 photos" in waiting
    assert "Kyoho 2.5 kg × 1 (1250 g)" in waiting
    assert "Arrives by" not in waiting
    assert all(
        words in after for words in ("¥34.00 goes back to you", "Sorry!", "For damaged fruit", "Found something else?")
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"boxes-kyoho-2500": "0"}, "No box was named."),
        ({"boxes-kyoho-2500": "3"}, "The order has 2 of them."),
        ({"grams-kyoho-2500": "5001"}, "The boxes weigh 5000 g in all."),
        ({"part-kyoho-2500": "101"}, "Select a valid choice"),
        ({"photos": [an_upload(b"<svg onload=alert(1)>")]}, "not a photo that we can read"),
        ({"photos": [an_upload(b"")]}, "This file is empty."),
        ({"photos": [an_upload() for _ in range(4)]}, "At most three photos."),
        ({"words": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_place_and_words_stay(client, order, private, wrong, words):
    answer = posted(client, order, **wrong)

    assert (answer.status_code, words in shown(answer)) == (400, True)
    assert wrong.get("words", "crushed") in shown(answer)
    assert not DamageReport.objects.exists()
    assert not list(private.rglob("*.jpg"))


def test_files_without_end_are_read_away_and_answered(client, order, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 900)

    answer = posted(client, order, photos=[an_upload(), an_upload()])

    assert (answer.status_code, "too large together" in shown(answer)) == (400, True)
    assert not DamageReport.objects.exists()


def test_pressed_twice_it_is_one_report(client, order):
    pages = [posted(client, order, photos=[an_upload()]) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 302]
    assert DamageReport.objects.count() == DamagePhoto.objects.count() == 1


def test_before_it_arrives_and_when_the_time_is_over_the_orders_page_says_so(client, order, clock):
    early = a_paid_order()
    clock.shift(48 * 3600)

    for one, words in ((order, "within 48 hours after delivery"), (early, "has not arrived yet")):
        answer = client.get(f"{order_path(one)}damage/", follow=True)
        assert words in shown(answer)
        assert "Report damaged fruit" not in shown(answer)


def test_over_rest_it_is_reported_and_looked_at(client, order):
    body = {"boxes": [{"sku": "kyoho-2500", "quantity": 1, "grams": 500}], "words": "thawed"}

    made = sent(client, "post", f"{path_of(order)}/damage-reports", body)
    seen = client.get(f"/api/v1/{path_of(order)}/damage-reports").json()["results"]

    assert (made.status_code, made.json()["asks_fen"], made.json()["status"]) == (201, 1360, "open")
    assert seen == [made.json()]
    refused(sent(client, "post", f"{path_of(order)}/damage-reports", body), 409, "reported_already")
    wrong = {"boxes": [{"sku": "shine", "quantity": 1}]}
    DamageReport.objects.update(status="refused")
    refused(sent(client, "post", f"{path_of(order)}/damage-reports", wrong), 400, "bad_report")


def test_over_rest_one_kind_may_be_named_twice(client, order):
    crushed, half_bad = {"sku": "kyoho-2500", "quantity": 1}, {"sku": "kyoho-2500", "quantity": 1, "percent": 50}

    made = sent(client, "post", f"{path_of(order)}/damage-reports", {"boxes": [crushed, half_bad]})

    assert (made.status_code, made.json()["asks_fen"]) == (201, 6800 + 3400)
    assert [(part.quantity, part.grams) for part in DamagedBoxes.objects.all()] == [(2, 3750)]


def test_over_rest_all_that_is_named_of_a_kind_is_no_more_than_was_bought(client, order):
    two, one = {"sku": "kyoho-2500", "quantity": 2}, {"sku": "kyoho-2500", "quantity": 1}

    refused(sent(client, "post", f"{path_of(order)}/damage-reports", {"boxes": [two, one]}), 400, "bad_report")

    assert not DamageReport.objects.exists()


class TestPhotosOverRest:
    """A form takes the JSON and the photos in one request, so that a report is whole or is none."""

    def sent(self, client, order, *shown: object, report: str = WHAT) -> HttpResponse:
        return client.post(f"/api/v1/{path_of(order)}/damage-reports", {"report": report, "photos": list(shown)})

    def test_they_come_with_the_report_and_staff_have_them(self, client, order):
        answer = self.sent(client, order, an_upload(), an_upload())

        assert (answer.status_code, answer.json()["photos"], answer.json()["words"]) == (201, 2, "thawed")
        assert DamagePhoto.objects.count() == 2

    @pytest.mark.parametrize(
        ("shown", "code", "words"),
        [
            ([an_upload(b"GIF89a")], "bad_photo", "not a photo"),
            (["the first one"], "bad_photo", "not a photo"),
            ([an_upload() for _ in range(4)], "bad_photo", "At most three"),
        ],
    )
    def test_what_is_no_photo_is_refused_with_the_whole_report(self, client, order, shown, code, words):
        problem = refused(self.sent(client, order, *shown), 400, code)

        assert words in problem["detail"]
        assert problem["fields"][0]["field"] == "photos"
        assert not DamageReport.objects.exists()

    def test_more_than_a_form_may_carry_is_refused(self, client, order, monkeypatch):
        monkeypatch.setattr(uploads, "MOST_BYTES", 1000)

        assert "too large together" in refused(self.sent(client, order, an_upload()), 400, "bad_photo")["detail"]
        assert not DamageReport.objects.exists()

    def test_a_report_that_is_no_json_is_refused_by_its_name(self, client, order):
        problem = refused(self.sent(client, order, an_upload(), report="one box"), 400, "invalid")

        assert problem["fields"][0]["field"] == "report"


def test_staff_see_the_photos_and_send_money_back(client, order):
    a_boss(client)
    mine = a_report(order)

    page = shown(client.get(page_of(mine)))
    photo = client.get(f"/staff/shop/damagereport/photos/{DamagePhoto.objects.get().pk}/")
    listed = shown(client.get(list_of(DamageReport)))
    press(client, "grant", mine, amount="34.00", words="很抱歉")
    work_off()

    assert f"/photos/{DamagePhoto.objects.get().pk}/" in page
    assert (photo["Content-Type"], photo.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "no-store" in photo["Cache-Control"]
    assert mine.number in listed
    mine.refresh_from_db()
    assert (mine.status, mine.granted_fen, mine.answered_by) == ("granted", 3400, "boss")
    order.refresh_from_db()
    assert damage.left_fen(order) == order.total_fen - 3400


def test_staff_refuse_with_words_and_never_grant_more_than_is_left(client, order):
    a_boss(client)
    mine = a_report(order)

    press(client, "grant", mine, amount="9999", words="")
    assert DamageReport.objects.get().status == "open"
    press(client, "refuse", mine, words="照片里看不到损坏")

    assert DamageReport.objects.get().status == "refused"
    assert "照片里看不到损坏" in shown(client.get(order_path(order)))


def test_photos_are_for_those_who_answer_reports_alone(client, order):
    mine = a_report(order)
    address = f"/staff/shop/damagereport/photos/{DamagePhoto.objects.get().pk}/"

    anonymous = client.get(address)
    a_member(client, "packing")
    packer = (client.get(address), client.get(page_of(mine)))

    assert (anonymous.status_code, anonymous["Location"][:14]) == (302, "/staff/login/?")
    assert (packer[0].status_code, packer[1].status_code) == (404, 403)
    assert client.get(f"/private/damage/{mine.number}/1.jpg").status_code == 404


def test_of_a_buyer_who_was_forgotten_the_page_says_nothing_and_asks_for_nothing(client, order):
    erasure.forget(Customer.objects.get(), now=NOW)

    page = shown(client.get(order_path(order)))
    answer = client.get(f"{order_path(order)}damage/", follow=True)

    assert "Report damaged fruit" not in page
    assert "<dt>To</dt><dd>辽宁省锦州市北镇市</dd>" in page
    assert "We no longer know who ordered this." in shown(answer)
