"""Damaged fruit is paid: reported by the customer, answered by a person, never for more than is left."""

import datetime as dt
import os
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import storages
from PIL import Image

from farm.models import Notice, Refund, StaffTask
from farm.states import WrongState
from shop import damage, photos, tidying
from shop.damage import Hurt
from shop.models import DamagePhoto, DamageReport, Order
from tests.builders import NOW, a_box, a_paid_order, a_shop, work_off
from tests.drift import drift
from tests.pictures import a_photo, private_folder
from tests.worlds import a_shop_with_a_delivered_order

pytestmark = pytest.mark.django_db
HALF = [Hurt("kyoho-2500", 1, percent=50)]
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def private(settings, tmp_path) -> Path:
    """Where photos lie while a test runs."""
    return private_folder(settings, tmp_path)


@pytest.fixture
def order() -> Order:
    """Two boxes of ¥68.00, delivered just now."""
    return a_shop_with_a_delivered_order(2)


def report(order, hurt=HALF, *, words="", pictures=(), now=NOW) -> DamageReport:
    return damage.report(order=order, hurt=hurt, words=words, photos=pictures, now=now)


def grant(mine, amount_fen, *, words="Sorry!") -> DamageReport:
    return damage.grant(report=mine, amount_fen=amount_fen, words=words, by="li.na", now=NOW)


def test_half_a_box_is_worth_half_its_price_and_asks_staff_for_an_answer(order, private):
    mine = report(order, words="thawed", pictures=[a_photo(), a_photo()])

    assert (mine.asks_fen, mine.status, mine.photo_count, mine.due_at) == (3400, "open", 2, NOW + 24 * HOUR)
    assert "worth ¥34.00, 2 photos" in StaffTask.objects.get().what
    assert sorted(path.name for path in private.rglob("*.jpg")) == ["1.jpg", "2.jpg"]
    assert order.events.last().what == "damage reported"


def test_weighed_grams_count_to_the_gram_and_never_more_than_the_boxes(order):
    mine = report(order, [Hurt("kyoho-2500", 2, grams=1234)])
    grant(mine, 1)
    whole = report(order, [Hurt("kyoho-2500", 1, grams=9999)])

    assert (mine.asks_fen, mine.boxes.get().grams) == (3357, 1234)
    assert (whole.asks_fen, whole.boxes.get().grams) == (6800, 2500)


def test_money_that_is_granted_goes_back_once_is_told_and_adds_up(order):
    mine = grant(report(order), 3400)
    work_off()

    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.why, refund.status) == (3400, mine.why, "done")
    assert "赔付 ¥34.00 将原路退回" in Notice.objects.filter(key__contains="damage").get().text
    assert not Notice.objects.filter(key__contains="refunded").exists()
    assert StaffTask.objects.get().settled_by == "li.na"
    assert drift() == []


def test_all_of_an_order_may_go_back_in_two_reports_but_not_a_fen_more(order):
    grant(report(order), 10000)
    left = order.total_fen - 10000
    second = report(order)

    with pytest.raises(damage.AmountRefused):
        grant(second, left + 1)
    assert DamageReport.objects.get(pk=second.pk).status == "open"
    grant(second, left)
    work_off()

    assert damage.left_fen(order) == 0
    assert drift() == []


def test_who_is_refused_reads_why(order):
    mine = report(order)

    with pytest.raises(damage.BadReport):
        damage.refuse(report=mine, words=" ", by="li.na", now=NOW)
    damage.refuse(report=mine, words="The photos show another box.", by="li.na", now=NOW)
    work_off()

    assert (mine.status, mine.answer) == ("refused", "The photos show another box.")
    assert "我们已答复" in Notice.objects.filter(key__contains="damage").get().text
    assert not Refund.objects.exists()


def test_a_report_is_answered_once(order):
    mine = report(order)
    grant(DamageReport.objects.get(), 100)

    with pytest.raises(WrongState):
        damage.refuse(report=mine, words="No.", by="wang", now=NOW)
    with pytest.raises(WrongState):
        grant(mine, 100)

    work_off()
    assert Refund.objects.get().amount_fen == 100


@pytest.mark.parametrize("amount_fen", [0, -1, 10**9])
def test_nothing_and_too_much_cannot_be_granted(order, amount_fen):
    mine = report(order)

    with pytest.raises(damage.AmountRefused):
        grant(mine, amount_fen)

    assert DamageReport.objects.get().status == "open"


@pytest.mark.parametrize(
    ("hurt", "now", "error"),
    [
        ([], NOW, damage.BadReport),
        ([Hurt("kyoho-2500", 0)], NOW, damage.BadReport),
        ([Hurt("kyoho-2500", 3)], NOW, damage.BadReport),
        ([Hurt("shine", 1)], NOW, damage.BadReport),
        (HALF, NOW + 48 * HOUR, damage.NothingToReport),
    ],
)
def test_what_cannot_be_reported_leaves_nothing_behind(order, private, hurt, now, error):
    a_box("shine")
    with pytest.raises(error):
        report(order, hurt, pictures=[a_photo()], now=now)

    assert not DamageReport.objects.exists()
    assert not StaffTask.objects.exists()
    assert not list(private.rglob("*.jpg"))


def test_before_it_arrives_nothing_is_damaged():
    a_shop()
    with pytest.raises(damage.NothingToReport, match="has not arrived"):
        report(a_paid_order())


def test_a_second_report_waits_for_the_answer_to_the_first(order, private):
    report(order)

    with pytest.raises(damage.ReportedAlready):
        report(order, pictures=[a_photo()])

    assert not list(private.rglob("*.jpg"))


def test_a_disk_that_is_full_says_so_and_keeps_half_of_nothing(order, private, monkeypatch):
    storage, saved = storages["private"], []

    def full(name, content, **_):
        if saved:
            raise OSError("no space left on device")
        saved.append(name)
        return type(storage)._save(storage, name, content)

    monkeypatch.setattr(storage, "_save", full)
    with pytest.raises(photos.PhotosNotKept):
        report(order, pictures=[a_photo(), a_photo()])

    assert not DamageReport.objects.exists()
    assert not list(private.rglob("*.jpg"))


def test_a_photo_is_drawn_anew_upright_and_tells_nothing_of_its_camera():
    drawn = photos.redrawn(BytesIO(a_photo(3200, 1600, tells="41.6N 121.8E, LiMing's phone")))

    picture = Image.open(BytesIO(drawn))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (800, 1600), {})
    assert b"LiMing" not in drawn


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_of_photos_are_taken(kind):
    assert Image.open(BytesIO(photos.redrawn(BytesIO(a_photo(kind=kind))))).format == "JPEG"


def test_what_is_no_photo_too_large_or_a_trap_is_refused(monkeypatch):
    for wrong in (b"", b"<svg/>", b"GIF89a", a_photo()[:80], b"\x89PNG\r\n\x1a\n" + os.urandom(50)):
        with pytest.raises(photos.PhotoRefused, match="not a photo"):
            photos.redrawn(BytesIO(wrong))
    monkeypatch.setattr(photos, "MOST_PIXELS", 400 * 299)
    with pytest.raises(photos.PhotoRefused, match="too large"):
        photos.redrawn(BytesIO(a_photo()))
    monkeypatch.setattr(photos, "LARGEST_BYTES", 99)
    with pytest.raises(photos.PhotoRefused, match="too large"):
        photos.redrawn(BytesIO(a_photo()))


def test_photos_are_deleted_a_while_after_the_answer_and_strays_after_a_day(order, private):
    mine = report(order, pictures=[a_photo()])
    photos.keep([a_photo()], under="damage/BD00000000")
    for path in private.rglob("*.jpg"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    before = tidying.tidy(NOW + HOUR)
    grant(mine, 100)
    after = tidying.tidy(NOW + dt.timedelta(days=91))

    assert (before["photos"], before["strays"]) == (0, 0)
    assert (after["photos"], after["strays"]) == (1, 1)
    assert (DamagePhoto.objects.count(), list(private.rglob("*.jpg"))) == (0, [])
    assert DamageReport.objects.get().photo_count == 1
