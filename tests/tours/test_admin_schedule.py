"""The staff's schedule: rules that slots follow, limits, a week at a glance, lists of constant cost."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from farm.models import StaffTask
from tests.builders import FARM_TIME
from tests.staff import a_member, cost_more, given, list_of, page_of, press, told
from tests.visits import NOW, SATURDAY, a_booking, a_day, a_rule, a_slot, an_experience
from tours import booking, rules, slots
from tours.models import Experience, PriceList, ScheduleRule, Slot, TicketType, VisitorsDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_september")]
WEEK = "/staff/tours/slot/week/"


def an_hour(number: int) -> Slot:
    experience = an_experience(f"e{number}")
    experience.price_lists.create(name="Golden week")
    rule = a_rule(experience=experience)
    return a_slot(SATURDAY + dt.timedelta(days=number % 2), experience=experience, rule=rule)


def test_a_list_and_the_week_cost_the_same_with_1_and_with_3_rows(client, boss):
    an_hour(1)
    lists = map(list_of, (Experience, TicketType, PriceList, ScheduleRule, Slot, VisitorsDay))

    assert cost_more(client, [*lists, f"{WEEK}?date=2026-09-10"], after=lambda: [an_hour(2), an_hour(3)]) == {}


def test_the_list_of_misfits_costs_the_same_with_1_and_with_3_rules(client, boss):
    def a_misfit(number: int) -> None:
        a_booking(an_hour(number))
        ScheduleRule.objects.update(is_active=False)

    a_misfit(1)

    assert cost_more(client, [f"{list_of(Slot)}?fits=no"], after=lambda: [a_misfit(2), a_misfit(3)]) == {}


def a_form(experience: Experience, **different: object) -> dict[str, object]:
    return {
        "experience": experience.pk,
        "name": "Weekends",
        "recurrence": "freq=weekly; byday=SA,SU",
        "starts_on": "2026-09-01",
        "ends_on": "2026-09-30",
        "times": "14:00，9:30",
        "days": "every",
        "capacity": 12,
        "minimum_to_run": 0,
        "decide_hours": 24,
        "is_active": "on",
        "exceptions-TOTAL_FORMS": 0,
        "exceptions-INITIAL_FORMS": 0,
        **different,
    }


def excepted(rule: ScheduleRule, *days: dict[str, object]) -> dict[str, object]:
    """New exceptions of the rule on Saturday, as the form sends them."""
    plain = {"kind": "skip", "date": str(SATURDAY), "rule": rule.pk}
    sent = {f"exceptions-{n}-{name}": value for n, day in enumerate(days) for name, value in (plain | day).items()}
    return sent | {"exceptions-TOTAL_FORMS": len(days)}


def test_a_new_rule_makes_its_slots_at_once(client, boss):
    answer = client.post(reverse("admin:tours_schedulerule_add"), a_form(an_experience()))

    assert answer.status_code == 302
    assert ScheduleRule.objects.get().times == ["09:30", "14:00"]
    assert Slot.objects.filter(limit=12).count() == 12


def test_an_exception_added_to_the_rule_is_followed(client, boss):
    rule = a_rule()
    slots.materialise(NOW)

    client.post(page_of(rule), a_form(rule.experience, times="09:30", capacity=20, **excepted(rule, {})))

    assert not Slot.objects.filter(date=SATURDAY).exists()
    assert Slot.objects.count() == 5


def test_a_day_is_not_taken_off_twice(client, boss):
    rule = a_rule()

    page = client.post(page_of(rule), a_form(rule.experience, **excepted(rule, {}, {})))

    assert "There is an exception for this whole day already" in page.content.decode()
    assert not rule.exceptions.exists()


def test_a_time_is_not_added_with_fewer_seats_than_its_rule_needs(client, boss):
    rule = a_rule()
    asked = a_form(rule.experience, minimum_to_run=4, **excepted(rule, {"kind": "add", "time": "18:00"}))

    refused = client.post(page_of(rule), asked | {"exceptions-0-capacity": 3})
    assert "The rule needs 4 people to run" in refused.content.decode()
    assert not rule.exceptions.exists()
    assert client.post(page_of(rule), asked | {"exceptions-0-capacity": 4}).status_code == 302


def test_a_booked_slot_that_no_longer_fits_is_shown_after_saving_and_in_the_list(client, boss):
    rule = a_rule()
    slots.materialise(NOW)
    a_booking(Slot.objects.get(date=SATURDAY))

    page = client.post(page_of(rule), a_form(rule.experience, times="14:00"), follow=True).content.decode()
    listed = client.get(f"{list_of(Slot)}?fits=no").content.decode()
    booked = Slot.objects.get(date=SATURDAY, taken=2)
    slot = client.get(page_of(booked)).content.decode()
    rule_again = client.get(page_of(rule)).content.decode()
    week = client.get(f"{WEEK}?date={SATURDAY}").content.decode()
    tasks = client.get(list_of(StaffTask)).content.decode()

    assert "1 booked slot no longer fits and stays as it is." in page
    assert all("the rule no longer plans it" in shown for shown in (slot, rule_again, week))
    assert f"slot__id__exact={booked.pk}" in rule_again
    assert f'href="{page_of(rule)}">schedule rule {rule.pk}<' in tasks
    assert listed.count("09-12") >= 1
    assert "09-13" not in listed


@pytest.mark.parametrize(("minutes", "said"), [(0, True), (60, False)], ids=["too early", "in time"])
def test_who_settles_a_task_hears_of_the_slots_that_still_do_not_fit(client, boss, minutes, said):
    rule = a_rule()
    slots.materialise(NOW)
    a_booking(Slot.objects.get(date=SATURDAY))
    ScheduleRule.objects.update(times=["14:00"])
    rules.apply_rule(rule=rule, by="boss", now=NOW)
    booking.expire_holds(NOW + dt.timedelta(minutes=minutes))

    answer = press(client, "settle_one", StaffTask.objects.get())

    assert ("1 booked slot no longer fits and stays as it is." in told(answer)) is said


@pytest.mark.parametrize(
    ("field", "written", "answer"),
    [
        ("recurrence", "FREQ=HOURLY", "Begin with FREQ=DAILY"),
        ("recurrence", "FREQ=DAILY;COUNT=9", "cannot stand in a rule"),
        ("times", "", "The rule has no times"),
        ("times", "25:00", "is not a time"),
        ("ends_on", "2026-08-01", "“Ends on” must not be before “starts on”."),
        ("minimum_to_run", 13, "“Minimum to run” must not be more than “capacity”."),
    ],
)
def test_a_rule_nobody_could_follow_is_refused_beside_its_field(client, boss, field, written, answer):
    page = client.post(reverse("admin:tours_schedulerule_add"), a_form(an_experience(), **{field: written}))

    assert answer in page.content.decode()
    assert not ScheduleRule.objects.exists()


def test_prices_of_another_experience_are_refused(client, boss):
    foreign = an_experience("tasting").price_lists.create(name="Golden week")

    page = client.post(reverse("admin:tours_schedulerule_add"), a_form(an_experience(), price_list=foreign.pk))

    assert "another experience" in page.content.decode()
    assert not ScheduleRule.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_a_slot_is_added_by_hand_once_and_only_for_a_time_to_come(client, boss):
    wanted = {"experience": an_experience().pk, "starts_at_0": "2026-09-15", "starts_at_1": "19:00", "limit": 6}
    begun = client.post(reverse("admin:tours_slot_add"), wanted | {"starts_at_0": "2026-09-01"}).content.decode()

    first = client.post(reverse("admin:tours_slot_add"), wanted)
    again = client.post(reverse("admin:tours_slot_add"), wanted)

    slot = Slot.objects.get()
    assert "has begun already" in begun
    assert (first.status_code, again.status_code) == (302, 200)
    assert slot.starts_at == dt.datetime(2026, 9, 15, 19, 0, tzinfo=FARM_TIME)
    assert (slot.limit, slot.day.date) == (6, dt.date(2026, 9, 15))


def test_limits_of_a_slot_and_of_a_day_go_down_to_what_is_taken(client, boss):
    slot = a_slot()
    a_booking(slot, family=1)

    assert "4 people have a seat" in told(press(client, "set_limit", slot, limit=3))
    assert "4 people have a seat" in told(press(client, "set_limit", a_day(), limit=3))
    press(client, "set_limit", slot, limit=5), press(client, "set_limit", a_day(), limit=6)

    slot.refresh_from_db()
    assert (slot.limit, slot.day.limit, slot.taken) == (5, 6, 4)


def test_the_week_shows_times_days_seats_and_what_is_closed(client, boss):
    slot = a_slot(seats=7)
    a_booking(slot)
    a_slot(time=dt.time(23, 30), is_closed=True, closed_reason_en="Rain")
    a_slot(SATURDAY + dt.timedelta(days=2))

    page = client.get(f"{WEEK}?date=2026-09-12").content.decode()

    assert "2 / 7" in page
    assert "Rain" in page
    assert page.count('<th scope="row">') == 2
    assert "2026-09-07 – 09-13" in page
    assert page_of(slot) in page


def test_the_week_of_one_experience_and_of_a_day_that_is_none(client, boss):
    a_slot()
    a_slot(experience=an_experience("tasting", name_en="Tasting"))

    page = client.get(f"{WEEK}?date=2026-09-12&experience=tasting").content.decode()

    assert page.count("bz-shut") == 0
    assert page.count("0 / 20") == 1
    for odd in ("yesterday", "2026-02-30", "9999-12-31", "0001-01-01", ""):
        assert client.get(WEEK, {"date": odd}).status_code == 200


def test_refund_terms_are_written_in_one_line(client, boss):
    experience = an_experience()
    form = _experience_form(client, experience)

    refused = client.post(page_of(experience), form | {"refund_terms": "24:50, 48:100"})
    saved = client.post(page_of(experience), form | {"refund_terms": "72:100，24:40"})

    experience.refresh_from_db()
    assert "most first" in refused.content.decode()
    assert saved.status_code == 302
    assert experience.refund_terms == [{"hours": 72, "percent": 100}, {"hours": 24, "percent": 40}]


def test_another_count_of_people_leaves_what_was_booked_as_it_was(client, boss):
    slot = a_slot()
    family = slot.experience.ticket_types.get(code="family")
    booking = a_booking(slot, family=1)
    form = given(client, page_of(family))["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    assert client.post(page_of(family), sent | {"people": 5, "per_grown_up": 0}).status_code == 200
    assert client.post(page_of(family), sent | {"people": 5, "per_grown_up": 3}).status_code == 302

    family.refresh_from_db()
    slot.refresh_from_db()
    assert (family.people, family.per_grown_up, slot.taken, booking.units.get().people) == (5, 3, 4, 4)


def test_another_duration_reaches_the_slots_nobody_booked(client, boss):
    rule = a_rule()
    slots.materialise(NOW)
    form = _experience_form(client, rule.experience)

    client.post(page_of(rule.experience), form | {"duration_minutes": 90})

    slot = Slot.objects.get(date=SATURDAY)
    assert slot.ends_at - slot.starts_at == dt.timedelta(minutes=90)


def test_packers_see_no_schedule(client):
    a_member(client, "packing")
    slot = a_slot()

    assert client.get(list_of(Slot)).status_code == 403
    assert client.get(WEEK).status_code == 403
    assert press(client, "set_limit", slot, limit=1).status_code == 403
    slot.refresh_from_db()
    assert slot.limit == 20


def _experience_form(client, experience: Experience) -> dict[str, object]:
    """What the page of the experience would send unchanged."""
    form = given(client, page_of(experience))["adminform"].form
    fields = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in fields.items() if value is not None and value is not False}
    for prefix in ("ticket_types", "questions", "price_lists", "waivers"):
        sent |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    languages, terms = experience.languages, experience.refund_terms
    return sent | {
        "languages": ", ".join(languages),
        "refund_terms": ", ".join(f"{tier['hours']}:{tier['percent']}" for tier in terms),
    }


def test_the_shops_staff_edit_the_schedule(client):
    a_member(client, "shop")
    rule = a_rule()

    saved = client.post(page_of(rule), a_form(rule.experience, times="09:30, 14:00"))

    assert saved.status_code == 302
    assert Slot.objects.count() == 12
    for model in (Experience, TicketType, PriceList, ScheduleRule, Slot, VisitorsDay):
        assert client.get(list_of(model)).status_code == 200
