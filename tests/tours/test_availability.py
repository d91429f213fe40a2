"""What can be booked: seats of slot and day together, the first true status, the price, three queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.builders import FARM_TIME
from tests.visits import NOW, SATURDAY, a_booking, a_day, a_slot, a_ticket_type, an_experience
from tours import availability
from tours.availability import Opening, Status
from tours.models import Slot, VisitorsDay

pytestmark = pytest.mark.django_db


def september(now: dt.datetime = NOW) -> list[Opening]:
    return availability.of_month(experience=an_experience(), year=2026, month=9, now=now)


def found(slot: Slot, now: dt.datetime = NOW) -> tuple[Status, int]:
    opening = availability.of_slot(slot=slot, now=now)
    return opening.status, opening.left


def test_an_open_slot_shows_its_seats_and_price():
    slot = a_slot()

    [opening] = september()

    assert (opening.slot, opening.status, opening.left, opening.capacity) == (slot.pk, Status.AVAILABLE, 20, 20)
    assert (opening.date, opening.starts_at, opening.from_fen) == (SATURDAY, slot.starts_at, 8800)
    assert opening.is_bookable


def test_few_seats_none_left_and_past_the_cut_off():
    slot = a_slot(seats=8)
    a_booking(slot, family=1)
    assert found(slot) == (Status.AVAILABLE, 4)

    a_booking(slot, adult=1)
    assert found(slot) == (Status.LIMITED, 3)

    a_booking(slot, adult=3)
    assert found(slot) == (Status.SOLD_OUT, 0)
    assert found(slot, slot.cut_off_at) == (Status.PAST_CUT_OFF, 0)


def test_a_full_day_leaves_no_seat_in_a_slot_with_room():
    a_day(limit=6)
    slot = a_slot()
    a_booking(a_slot(time=dt.time(14, 0), experience=an_experience("tasting")), family=1)
    assert found(slot) == (Status.LIMITED, 2)

    a_booking(slot)

    assert found(slot) == (Status.SOLD_OUT, 0)


def test_a_closed_slot_or_day_says_why_in_the_readers_language():
    slot, other = a_slot(), a_slot(time=dt.time(14, 0))
    words = {"is_closed": True, "closed_reason_zh": "下雨", "closed_reason_en": "Rain"}
    Slot.objects.filter(pk=slot.pk).update(**words)
    VisitorsDay.objects.update(**words | {"closed_reason_zh": "大雨", "closed_reason_en": "Heavy rain"})

    with translation.override("zh-hans"):
        assert [opening.reason for opening in september()] == ["下雨", "大雨"]
    assert [opening.reason for opening in september()] == ["Rain", "Heavy rain"]
    assert found(other)[0] == Status.CLOSED


def test_a_price_list_counts_for_the_types_it_names():
    experience = an_experience()
    golden = experience.price_lists.create(name="Golden week")
    for kind in experience.ticket_types.filter(code__in=("adult", "family")):
        golden.prices.create(ticket_type=kind, price_fen=9900)
    a_slot()
    a_slot(SATURDAY + dt.timedelta(days=1), price_list=golden)

    assert [opening.from_fen for opening in september()] == [8800, 9900]


def test_who_cannot_come_alone_and_what_is_not_offered_sets_no_price():
    experience = an_experience()
    a_ticket_type(experience, "early", price_fen=100, is_offered=False)
    a_slot()

    assert september()[0].from_fen == 8800


@pytest.mark.parametrize(
    "reduced",
    [
        {"min_age": 60},
        {"max_age": 17},
        {"needs_proof": True},
        {"min_age": 60, "needs_proof": True},
        {"people": 2},
        {"min_quantity": 10},
        {"kind": "student"},
    ],
)
def test_a_reduced_ticket_is_not_named_as_the_price_of_one_person(reduced):
    a_ticket_type(an_experience(), "reduced", price_fen=6600, **reduced)
    a_slot()

    assert september()[0].from_fen == 8800


def test_where_only_reduced_tickets_are_sold_the_cheapest_is_named():
    an_experience().ticket_types.exclude(code="child").update(is_offered=False)
    a_ticket_type(an_experience(), "senior", price_fen=6600, min_age=60, needs_proof=True)
    a_slot()

    assert september()[0].from_fen == 4400


def test_a_teacher_comes_free_so_a_school_sees_what_a_pupil_pays():
    experience = an_experience("school")
    experience.ticket_types.exclude(code__in=["adult", "child"]).update(is_offered=False)
    experience.ticket_types.filter(code="adult").update(price_fen=0)
    adult, child = experience.ticket_types.filter(code__in=["adult", "child"]).order_by("position")
    child.accompanied_by.add(adult)
    a_slot(experience=experience)

    assert availability.of_code(code="school", year=2026, month=9, now=NOW)[0].from_fen == 4400


def test_what_is_free_for_all_costs_nothing():
    experience = an_experience()
    experience.ticket_types.update(price_fen=0)
    a_slot()

    assert september()[0].from_fen == 0


def test_the_next_times_of_each_are_the_first_with_seats_and_no_more_are_read():
    walk = an_experience("walk", position=2)
    full = a_slot(seats=4, taken=4)
    days = [SATURDAY + dt.timedelta(days=days) for days in range(1, 6)]
    picking = [a_slot(day) for day in days]
    walks = [a_slot(day, experience=walk) for day in days[:1]]

    found = availability.next_of_each(first=SATURDAY, last=days[-1], most=2, now=NOW)

    assert [one.slot for one in found] == [picking[0].pk, walks[0].pk, picking[1].pk]
    assert full.pk not in [one.slot for one in found]


def test_without_any_ticket_there_is_no_price():
    experience = an_experience()
    experience.ticket_types.update(is_offered=False)
    a_slot()

    assert september()[0].from_fen is None


def test_a_month_begins_and_ends_at_the_farms_midnight():
    dates = [dt.date(2026, 8, 31), dt.date(2026, 9, 1), dt.date(2026, 9, 30), dt.date(2026, 10, 1)]
    for date in dates:
        a_slot(date, dt.time(0, 0))
        a_slot(date, dt.time(23, 30))

    openings = september()

    assert [f"{opening.starts_at.astimezone(FARM_TIME):%d %H:%M}" for opening in openings] == [
        "01 00:00", "01 23:30", "30 00:00", "30 23:30",
    ]  # fmt: skip


def test_december_ends_with_the_year_and_february_with_its_leap_day():
    experience = an_experience()
    for date in (dt.date(2027, 12, 31), dt.date(2028, 1, 1), dt.date(2028, 2, 29), dt.date(2028, 3, 1)):
        a_slot(date)

    months = [(2027, 12), (2028, 1), (2028, 2)]
    listed = [availability.of_month(experience=experience, year=y, month=m, now=NOW) for y, m in months]

    assert [[str(opening.date) for opening in month] for month in listed] == [
        ["2027-12-31"], ["2028-01-01"], ["2028-02-29"],
    ]  # fmt: skip


def test_a_day_shows_everything_on_sale_in_the_order_of_the_clock():
    a_slot(time=dt.time(14, 0))
    tasting = a_slot(experience=an_experience("tasting"))
    a_slot(experience=an_experience("school", is_on_sale=False))

    openings = availability.of_days(first=SATURDAY, last=SATURDAY, now=NOW)

    assert [opening.starts_at.astimezone(FARM_TIME).hour for opening in openings] == [9, 14]
    assert openings[0].experience == tasting.experience_id


def test_a_month_costs_three_queries_with_1_and_with_60_slots():
    experience = an_experience()
    golden = experience.price_lists.create(name="Golden week")
    golden.prices.create(ticket_type=experience.ticket_types.first(), price_fen=9900)
    a_slot(price_list=golden)
    assert _queries() == 3

    for day in range(1, 31):
        for hour in (8, 15):
            a_slot(dt.date(2026, 9, day), dt.time(hour, 0), experience=experience)

    assert _queries() == 3
    assert len(september()) == 61


def _queries() -> int:
    experience = an_experience()
    with CaptureQueriesContext(connection) as captured:
        availability.of_month(experience=experience, year=2026, month=9, now=NOW)
    return len(captured)
