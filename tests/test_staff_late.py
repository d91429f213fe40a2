"""Two of the staff at one row: whose page is older than the row reads what has become of it; a right is asked first."""

import pytest
from django.urls import reverse
from django.utils import timezone

from farm.models import StaffTask
from farm.payments import refunds
from shop import calendar_days, changes, damage
from shop.models import DamageReport, Order
from tests.builders import DAY, NOW, a_ship_date
from tests.staff import a_boss, a_member, page_of, told
from tests.visits import a_confirmed_booking
from tests.visits import a_slot as a_time
from tests.worlds import a_shop_with_a_delivered_order, a_shop_with_a_paid_order
from tours import cancelling

pytestmark = pytest.mark.django_db
BY = {"by": "li.na", "now": NOW}


@pytest.fixture(autouse=True)
def _in_season(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def a_cancelled_order() -> Order:
    order = a_shop_with_a_paid_order()
    changes.cancel_by_staff(order=order, **BY)
    return order


def a_granted_report() -> DamageReport:
    order = a_shop_with_a_delivered_order()
    hurt = [damage.Hurt(order.lines.get().box.sku, 1)]
    report = damage.report(order=order, hurt=hurt, words="烂了", photos=[], now=NOW)
    damage.grant(report=report, amount_fen=100, words="", **BY)
    return report


def a_cancelled_booking():
    booking = a_confirmed_booking(a_time())
    cancelling.cancel_for_the_farm(booking=booking, reason="", **BY)
    return booking


def a_closed_date():
    ship_date = a_ship_date(DAY)
    calendar_days.close(ship_date=ship_date, reason_zh="台风", reason_en="Typhoon", **BY)
    return ship_date


LATE = [
    (a_cancelled_order, "cancel_one"),
    (a_cancelled_order, "label_of_one"),
    (a_granted_report, "grant"),
    (a_cancelled_booking, "move_one"),
    (a_closed_date, "close"),
]


def place_of(row, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


@pytest.mark.parametrize(("meanwhile", "button"), LATE)
def test_who_comes_too_late_is_led_back_to_the_row_and_told_why(client, meanwhile, button):
    row = meanwhile()
    a_boss(client)
    place, dialog = place_of(row, button), {"HX-Request": "true"}

    plain = client.get(place)
    opened = client.get(place, headers=dialog)
    sent = client.post(place, {"_form_submitted": "on"}, headers=dialog)

    row.refresh_from_db()
    assert told(plain) == f"{row}: This cannot be done in its present state. Load it again to see what can be done now."
    assert plain["Location"] == opened["HX-Redirect"] == sent["HX-Redirect"] == page_of(row)
    assert "present state" in client.get(page_of(row)).content.decode()


@pytest.mark.parametrize(("meanwhile", "button"), LATE)
def test_who_lacks_the_right_learns_nothing_of_the_state(client, meanwhile, button):
    row = meanwhile()
    a_member(client, "gate")
    place = place_of(row, button)

    assert [client.get(place).status_code, client.post(place, {"_form_submitted": "on"}).status_code] == [403, 403]


@pytest.mark.parametrize("settled_at", [None, NOW])
def test_a_question_about_money_stays_with_those_who_may_answer_it(client, settled_at):
    task = StaffTask.objects.create(
        key=f"{refunds.TASK_PREFIX}BR1", what="Send ¥1.00 back", raised_at=NOW, due_at=NOW, settled_at=settled_at
    )
    a_member(client, "shop")

    assert client.get(place_of(task, "settle_one")).status_code == 403
    assert StaffTask.objects.get().settled_at == settled_at
