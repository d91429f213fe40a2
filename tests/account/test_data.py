"""A customer's data: the file holds everything, and after deletion nothing of it is left but what the books need."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from farm import outbox
from farm.admin.changes import TELLING
from farm.api import throttles
from farm.models import Customer, LedgerEntry, Notice, SignIn
from shop import changes, damage, tracking
from shop.addresses import Address
from shop.checkout import Gift, Wanted, place_order
from shop.damage import Hurt
from shop.models import DamageReport, Order, WaitingOrder
from shop.pricing import Want
from tests.accounts import OTHER, signs_in
from tests.builders import (
    DAY,
    HOME,
    NOW,
    a_capture,
    a_place_in_line,
    a_ship_date,
    a_shop,
    an_order,
    shipped,
    work_off,
)
from tests.drift import drift
from tests.pictures import a_photo, private_folder
from tests.standing import told_once
from tests.visits import a_booking, a_confirmed_booking, a_slot
from tours import cancelling
from tours import waiting as parties
from tours.booking import Contact
from tours.models import Booking, Credit, WaitingParty
from tours.party import Party

pytestmark = pytest.mark.django_db
PHONE = "13866667777"
CANARY = Address("金丝雀", PHONE, "辽宁省", "锦州市", "北镇市", "金丝雀街7号")
VISITOR = Contact("金丝雀", PHONE, "canary@example.com")
TRACES = ("金丝雀", PHONE, "canary@", "chirp")
EXPORT, ERASURE = reverse("account:export"), reverse("account:erasure")


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture(autouse=True)
def private(settings, tmp_path) -> Path:
    return private_folder(settings, tmp_path)


def a_life() -> tuple[Client, TemporaryDirectory[str]]:
    """Everything that one person can leave behind, and all of it over: their browser, the folder of their photos."""
    client, photos, ours = Client(), TemporaryDirectory(), SimpleNamespace(STORAGES=settings.STORAGES)
    private_folder(ours, Path(photos.name))
    with override_settings(STORAGES=ours.STORAGES), time_machine.travel(NOW, tick=False):
        _live(client)
    return client, photos


def _live(client: Client) -> None:
    a_shop()
    order = _an_order()
    a_capture(order)
    outbox.deliver_due(NOW)
    order.refresh_from_db()
    tracking.confirm_delivered(order=shipped(order), by="li.na", now=NOW)
    work_off()
    report = damage.report(order=order, hurt=[Hurt("kyoho-2500", 1)], words="chirp", photos=[a_photo()], now=NOW)
    damage.grant(report=report, amount_fen=100, words="Dear 金丝雀", by="li.na", now=NOW)
    changes.cancel(order=_an_order(), by="customer", now=NOW)
    full = a_ship_date(DAY + dt.timedelta(days=1), limit=1).date
    an_order(date=full)
    a_place_in_line(1, PHONE, date=full)
    slot = a_slot(seats=2)
    booking = a_confirmed_booking(slot, contact=VISITOR)
    Booking.objects.filter(pk=booking.pk).update(notes="chirp", answers={"why": "chirp"})
    parties.join(slot=slot.pk, party=Party.of({"adult": 2}), contact=VISITOR, language="en", now=NOW)
    cancelling.cancel(booking=booking, by="visitor", reason="chirp", now=NOW)
    Credit.objects.create(code="CR1", phone=PHONE, why="rain", given_at=NOW, expires_on=DAY, limit=500)
    work_off(NOW)
    signs_in(client, PHONE)
    client.post(reverse("account:new-address"), vars(CANARY))
    client.post(reverse("account:consent"), {"agrees": "on"})
    work_off(NOW)


def _an_order() -> Order:
    wanted = Wanted((Want("kyoho-2500", 2),), DAY, CANARY, Gift("chirp"))
    return place_order(wanted=wanted, key=str(Order.objects.count()) * 9, now=NOW)


def traces() -> list[str]:
    """Whatever any table still says of the canary."""
    return [
        f"{model._meta.label}: {row}"
        for model in apps.get_models()
        for row in model._base_manager.values()
        if any(trace in json.dumps(row, default=str, ensure_ascii=False) for trace in TRACES)
    ]


def held(client: Client) -> dict[str, Any]:
    answer = client.get(EXPORT)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    return json.loads(answer.content)


def test_the_file_costs_the_same_with_one_order_and_with_three(client):
    a_shop()
    signs_in(client)
    costs = []
    for rows in (1, 2):
        for _ in range(rows):
            an_order()
            a_booking(a_slot() if not Booking.objects.exists() else Booking.objects.first().slot,
                      contact=Contact("王小明", "13812345678", ""))  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            held(client)
        costs.append(len(captured))

    assert costs[0] == costs[1] <= 40


def _with_money_on_its_way() -> str:
    order = _an_order()
    a_capture(order)
    outbox.deliver_due(NOW)
    order.refresh_from_db()
    changes.cancel(order=order, by="customer", now=NOW)
    outbox.deliver_due(NOW)
    return order.number


life = told_once(a_life)


@pytest.fixture
def lived(client, life, private) -> None:
    """The browser is signed in, and the photos are there."""
    browser, photos = life
    client.cookies.update(browser.cookies)
    shutil.copytree(photos.name, private, dirs_exist_ok=True)


@pytest.mark.usefixtures("lived")
class TestALife:
    def test_the_file_holds_everything(self, client):
        file = held(client)

        assert file["customer"]["phone"] == PHONE
        order = file["orders"][0]
        assert (order["street"], order["gift_message"], order["status"]) == (CANARY.street, "chirp", "delivered")
        assert order["payments"][0]["refunds"][0]["amount_fen"] == 100
        assert order["parcel"]["tracking"] is not None
        assert [report["words"] for report in order["damage_reports"]] == ["chirp"]
        assert len(order["damage_reports"][0]["photos"]) == 1
        assert [len(file[name]) for name in ("orders", "waiting_orders", "bookings", "waiting_parties", "credits")] == [
            2, 1, 1, 1, 1,
        ]  # fmt: skip
        assert file["bookings"][0]["answers"] == {"why": "chirp"}
        assert file["bookings"][0]["payments"][0]["amount_fen"] > 0
        assert [one["is_given"] for one in file["consents"]] == [True]
        assert [one["street"] for one in file["addresses"]] == [CANARY.street]
        assert len(file["sign_ins"]) == 1
        assert len(file["messages"]) == Notice.objects.exclude(to=HOME.phone).count()

    def test_no_column_of_mine_is_forgotten_in_the_file(self, client):
        """A column that somebody adds is named here, or is in the file."""
        file = held(client)
        within = {"ship_date", "waived", "lines", "shipment"}
        ours = {
            "id", "wave", "division_code", "packing_units", "net_grams", "hold_until", "was_extended", "paid_by",
            "uuid", "reseller_reference", "slot", "waiver", "terms", "deposit_percent", "best_percent", "issue",
            "order", "booking",
        }  # fmt: skip

        for model, name in ((Order, "orders"), (Booking, "bookings"), (WaitingOrder, "waiting_orders"),
                            (WaitingParty, "waiting_parties")):  # fmt: skip
            columns = {field.name for field in model._meta.concrete_fields}
            assert columns - set(file[name][0]) - within - ours == set(), name

    def test_nothing_of_another_person_is_in_the_file(self, client):
        stranger = Client()
        signs_in(stranger, OTHER)

        text = json.dumps(held(stranger), ensure_ascii=False)

        assert all(trace not in text for trace in TRACES)

    def test_after_deletion_no_table_and_no_file_tells_of_the_customer(self, client, private):
        money = list(LedgerEntry.objects.values_list("payable", "amount_fen"))
        assert traces()
        assert list(private.rglob("*.jpg"))

        answer = client.post(ERASURE, {"understood": "on"})

        assert (answer.status_code, "Your data is deleted" in answer.content.decode()) == (200, True)
        assert traces() == []
        assert not list(private.rglob("*.jpg"))
        assert list(LedgerEntry.objects.values_list("payable", "amount_fen")) == money
        assert drift() == []

    def test_no_history_of_the_staff_tells_values_of_rows_that_hold_a_person(self):
        holders = {trace.partition(":")[0] for trace in traces()}

        assert {"shop.Order", "tours.Booking", "farm.Customer", "tours.Credit"} <= holders
        assert holders & {kind._meta.label for kind in TELLING} == set()

    def test_what_is_told_later_comes_to_nobody_and_breaks_nothing(self, client):
        client.post(ERASURE, {"understood": "on"})
        for topic in ("order.delivered", "order.paid", "damage.answered"):
            number = DamageReport.objects.get().number if topic.startswith("damage") else Order.objects.last().number
            outbox.publish(topic, at=NOW, number=number)
        outbox.publish("boxes.lapsed", at=NOW, number=WaitingOrder.objects.get().number)

        work_off(NOW)

        assert not Notice.objects.filter(to="").exists()
        assert traces() == []
        assert drift() == []

    def test_a_deleted_customer_is_signed_out_everywhere_and_may_come_back_as_somebody_new(self, client):
        other_device = Client()
        with time_machine.travel(NOW + dt.timedelta(minutes=5), tick=False):
            signs_in(other_device, PHONE)
            client.post(ERASURE, {"understood": "on"})

            assert [one.get("/account/").status_code for one in (client, other_device)] == [302, 302]
            assert client.cookies["signed_in"].value == ""
            throttles.forget_all()
            signs_in(client, PHONE)
            assert held(client)["orders"] == held(client)["bookings"] == []

    @pytest.mark.parametrize("what", ["an unpaid order", "a coming visit", "open damage", "money on its way"])
    def test_nothing_is_deleted_while_something_is_under_way(self, client, what):
        if what == "an unpaid order":
            number = _an_order().number
        elif what == "a coming visit":
            number = a_booking(a_slot(time=dt.time(15)), contact=VISITOR).number
        elif what == "open damage":
            order = Order.objects.get(status="delivered", phone=PHONE)
            damage.report(order=order, hurt=[Hurt("kyoho-2500", 1)], words="", photos=[], now=NOW)
            number = order.number
        else:
            number = _with_money_on_its_way()
        before = traces()

        page, answer = client.get(ERASURE), client.post(ERASURE, {"understood": "on"})

        assert answer.status_code == 409
        assert number in page.content.decode()
        assert number in answer.content.decode()
        assert traces() == before
        assert 'name="understood"' not in page.content.decode()

    def test_deletion_asks_for_a_tick_and_for_a_sign_in_of_just_now(self, client, clock):
        unticked = client.post(ERASURE)
        clock.shift(dt.timedelta(minutes=31))
        stale = client.post(ERASURE, {"understood": "on"})

        assert (unticked.status_code, stale.status_code) == (400, 409)
        assert "Sign in again" in client.get(ERASURE).content.decode()
        assert Customer.objects.filter(phone=PHONE).exists()
        assert SignIn.objects.exists()

    def test_credits_that_would_be_lost_are_named_before(self, client):
        assert "¥5.00" in client.get(ERASURE).content.decode()
