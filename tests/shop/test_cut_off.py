"""The cut-off of a ship date: a mistyped one is mended, a promised one never cut short."""

import datetime as dt

import pytest

from farm.models import OutboxMessage
from shop import calendar_days, planning, staff_refusals
from shop.models import PickWave, ShipDate
from tests.builders import DAY, NOW, a_paid_order, a_shop, an_order
from tests.staff import a_boss, press, told

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def moved(to: dt.datetime, *, now: dt.datetime = NOW) -> ShipDate:
    return calendar_days.set_cut_off(ship_date=ShipDate.objects.get(), cut_off_at=to, by="lin", now=now)


def asked_for(client, to: dt.datetime) -> str:
    """What the date's page says when staff choose this cut-off."""
    to = to.astimezone(NOW.tzinfo)
    return told(press(client, "set_cut_off", ShipDate.objects.get(), cut_off_at=f"{to:%Y-%m-%dT%H:%M}"))


def test_while_nothing_is_promised_it_moves_either_way():
    before = a_shop().cut_off_at

    earlier, later = moved(before - HOUR).cut_off_at, moved(before + HOUR).cut_off_at

    assert (earlier, later) == (before - HOUR, before + HOUR)


def test_a_cut_off_that_was_typed_into_the_past_is_mended():
    ship_date = a_shop()
    ShipDate.objects.update(cut_off_at=NOW - 24 * HOUR)

    assert moved(ship_date.cut_off_at).is_open(NOW)


def test_with_a_box_promised_it_only_moves_later():
    before = a_shop().cut_off_at
    an_order()

    with pytest.raises(staff_refusals.CutOffRefused):
        moved(before - HOUR)

    assert ShipDate.objects.get().cut_off_at == before
    assert moved(before + HOUR).cut_off_at == before + HOUR


def test_each_refusal_says_what_helps(client, time_machine):
    before = a_shop().cut_off_at
    time_machine.move_to(NOW, tick=False)
    a_paid_order()
    a_boss(client)

    earlier = asked_for(client, before - HOUR)
    planning.plan_day(ship_date=ShipDate.objects.get(), now=NOW)
    later = asked_for(client, before + HOUR)

    assert "were told a later cut-off. Choose a later moment" in earlier
    assert "are in a pick wave already: its cut-off stays. Take new orders on the next ship date" in later


@pytest.mark.parametrize("to", [NOW, NOW - HOUR, NOW + dt.timedelta(days=400)])
def test_a_moment_that_cannot_be_is_refused(to):
    before = a_shop().cut_off_at

    with pytest.raises(staff_refusals.CutOffRefused):
        moved(to)

    assert ShipDate.objects.get().cut_off_at == before


def test_a_date_that_is_being_packed_keeps_its_cut_off():
    before = a_shop().cut_off_at
    a_paid_order()
    planning.plan_day(ship_date=ShipDate.objects.get(), now=before + HOUR)
    assert PickWave.objects.exists()

    with pytest.raises(staff_refusals.CutOffRefused):
        moved(before + 2 * HOUR, now=before + HOUR)


def test_staff_change_it_on_the_dates_page_and_the_farm_hears_of_it(client, monkeypatch):
    before = a_shop().cut_off_at
    a_boss(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    to = (before + HOUR).astimezone(NOW.tzinfo)

    press(client, "set_cut_off", ShipDate.objects.get(), cut_off_at=f"{to:%Y-%m-%dT%H:%M}")

    assert ShipDate.objects.get(date=DAY).cut_off_at == before + HOUR
    assert "cut-off" in str(OutboxMessage.objects.filter(topic="ship_date.changed").values_list("payload", flat=True))
