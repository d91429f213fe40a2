"""Rain over REST: staff close times, see who has not chosen, and take it back while nobody has."""

import datetime as dt

import pytest

from tests.builders import work_off
from tests.drift import drift
from tests.rest import refused, sent
from tests.staff import a_member
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_slot, an_experience
from tests.visits_rest import place_of
from tours import closures, offers
from tours.booking import Contact
from tours.models import Closure, ClosureOffer, Slot

pytestmark = pytest.mark.django_db
SUNDAY = SATURDAY + dt.timedelta(days=1)
RAIN = {"reason_zh": "大雨", "reason_en": "heavy rain"}


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def taken(*slots) -> list[int]:
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def test_staff_close_a_day_and_see_who_has_not_chosen(client):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    waits, chose = a_confirmed_booking(slot), a_confirmed_booking(slot, contact=Contact("王芳", "13911112222"))
    a_member(client, "shop")

    closed = sent(client, "post", "staff/closures", {"date": str(SATURDAY), **RAIN})
    closures.carry_on(NOW)
    work_off(NOW)
    sent(client, "post", f"{place_of(chose)}/rain-answer", {"choice": "slot", "slot": sunday.pk})
    shown = client.get(f"/api/v1/staff/closures/{closed.json()['number']}").json()

    assert (closed.status_code, closed.json()["date"], closed.json()["otherwise"]) == (201, "2026-09-12", "refund")
    assert (shown["waiting"], [(one["booking"]["number"], one["choice"]) for one in shown["offers"]]) == (
        1,
        [(waits.number, "waiting"), (chose.number, "moved")],
    )
    assert [one["is_closed"] for one in shown["slots"]] == [True]
    refused(sent(client, "post", "staff/closures", {"date": str(SATURDAY), **RAIN}), 400, "nothing_to_close")
    refused(sent(client, "post", f"staff/closures/{shown['number']}/undoing"), 409, "answered_already")
    assert drift() == []


def test_a_closure_is_undone_before_anybody_answered(client):
    slot = a_slot()
    a_confirmed_booking(slot)
    a_member(client, "shop")
    number = sent(client, "post", "staff/closures", {"slots": [slot.pk], **RAIN}).json()["number"]
    closures.carry_on(NOW)

    undone = sent(client, "post", f"staff/closures/{number}/undoing").json()
    closures.carry_on(NOW)

    assert (undone["status"], undone["slots"][0]["is_closed"]) == ("undone", False)
    assert (taken(slot), drift()) == ([2], [])
    refused(sent(client, "post", f"staff/closures/{number}/undoing"), 409, "answered_already")


def test_an_experience_is_closed_over_some_days(client):
    slot, indoors = a_slot(), a_slot(experience=an_experience("tasting"))
    later = a_slot(SATURDAY + dt.timedelta(days=7))
    a_member(client, "shop")
    days = {"first_on": str(SATURDAY), "last_on": str(SUNDAY), "otherwise": "credit"}

    closed = sent(client, "post", "staff/closures", {"experience": "picking", **days, **RAIN}).json()

    assert ([one["id"] for one in closed["slots"]], closed["otherwise"]) == ([slot.pk], "credit")
    assert not Slot.objects.filter(pk__in=[indoors.pk, later.pk], is_closed=True).exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"slots": [], **RAIN}, "invalid"),
        ({"slots": [0], **RAIN}, "invalid"),
        ({"slots": [10**30], **RAIN}, "invalid"),
        ({"slots": 1, **RAIN}, "invalid"),
        ({"slots": [99], **RAIN}, "nothing_to_close"),
        ({"slots": [1], "date": "2026-09-12", **RAIN}, "invalid"),
        ({"date": "2026-09-12"}, "invalid"),
        ({"date": "soon", **RAIN}, "invalid"),
        ({"date": "2026-12-24", **RAIN}, "nothing_to_close"),
        ({"experience": "picking", **RAIN}, "invalid"),
        ({"experience": "none", "first_on": "2026-09-12", "last_on": "2026-09-12", **RAIN}, "nothing_to_close"),
        ({"date": "2026-09-12", **RAIN, "otherwise": "nothing"}, "invalid"),
        ({"date": "2026-09-12", **RAIN, "reason_en": "x" * 61}, "invalid"),
    ],
)
def test_a_closure_that_means_nothing_closes_nothing(client, body, code):
    a_slot()
    a_member(client, "shop")

    refused(sent(client, "post", "staff/closures", body), 400, code)

    assert not Closure.objects.exists()
    assert not Slot.objects.filter(is_closed=True).exists()


def test_a_party_that_was_asked_has_chosen_when_staff_move_it(client):
    slot, sunday = a_slot(), a_slot(SUNDAY)
    booking = a_confirmed_booking(slot)
    closures.close(slots=[slot.pk], reason=closures.Reason("大雨", "rain"), by="staff", now=NOW)
    closures.carry_on(NOW)
    a_member(client, "shop")

    sent(client, "put", f"staff/bookings/{booking.number}/slot", {"slot": sunday.pk})

    assert ClosureOffer.objects.get().status == offers.Status.MOVED
    assert (taken(slot, sunday), drift()) == ([0, 2], [])
