"""From a rule to its starts: weekends and holidays, exceptions, the farm's own midnight, rules nobody can follow."""

import datetime as dt

import pytest

from tours import chinese_calendar, recurrence, schedule
from tours.models import ScheduleException, ScheduleRule

SEPTEMBER = dt.date(2026, 9, 1), dt.date(2026, 9, 30)


def a_plain_rule(text: str = "FREQ=WEEKLY;BYDAY=SA,SU", **different) -> ScheduleRule:
    plain = {"starts_on": dt.date(2020, 1, 1), "ends_on": dt.date(2030, 12, 31), "times": ["09:30"], "capacity": 20}
    return ScheduleRule(name="A rule", recurrence=text, **{**plain, **different})


def dates(rule: ScheduleRule, first: dt.date, last: dt.date, **facts) -> list[str]:
    return [str(start.date) for start in schedule.planned(rule, first, last, **facts)]


def test_weekends_are_held_on_saturday_and_sunday():
    assert dates(a_plain_rule(), dt.date(2026, 9, 10), dt.date(2026, 9, 20)) == [
        "2026-09-12", "2026-09-13", "2026-09-19", "2026-09-20",
    ]  # fmt: skip


def test_the_rule_holds_within_its_own_first_and_last_day():
    rule = a_plain_rule("FREQ=DAILY", starts_on=dt.date(2026, 9, 3), ends_on=dt.date(2026, 9, 5))

    assert dates(rule, *SEPTEMBER) == ["2026-09-03", "2026-09-04", "2026-09-05"]


def test_a_rule_that_is_switched_off_plans_nothing():
    assert dates(a_plain_rule(is_active=False), *SEPTEMBER) == []


def test_every_second_week_is_counted_from_the_rules_first_day():
    rule = a_plain_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", starts_on=dt.date(2026, 9, 5))

    assert dates(rule, dt.date(2026, 9, 10), dt.date(2026, 10, 10)) == ["2026-09-19", "2026-10-03"]


def test_the_first_and_the_last_saturday_of_a_month():
    assert dates(a_plain_rule("FREQ=MONTHLY;BYDAY=1SA,-1SA"), *SEPTEMBER) == ["2026-09-05", "2026-09-26"]


def test_times_come_in_order_of_the_clock():
    starts = schedule.planned(a_plain_rule(times=["14:00", "09:30"]), dt.date(2026, 9, 12), dt.date(2026, 9, 12))

    assert [f"{start.at:%H:%M %z}" for start in starts] == ["09:30 +0800", "14:00 +0800"]


def test_midnight_and_half_past_eleven_belong_to_the_same_farm_day():
    rule = a_plain_rule(times=["00:00", "23:30"])

    first, last = schedule.planned(rule, dt.date(2026, 9, 12), dt.date(2026, 9, 12))

    assert (first.date, last.date) == (dt.date(2026, 9, 12),) * 2
    assert first.at.astimezone(dt.UTC) == dt.datetime(2026, 9, 11, 16, 0, tzinfo=dt.UTC)
    assert last.at.astimezone(dt.UTC) == dt.datetime(2026, 9, 12, 15, 30, tzinfo=dt.UTC)


def test_the_year_ends_without_a_gap():
    assert dates(a_plain_rule("FREQ=DAILY"), dt.date(2026, 12, 30), dt.date(2027, 1, 2)) == [
        "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02",
    ]  # fmt: skip


def test_a_leap_day_is_a_day():
    rule = a_plain_rule("FREQ=MONTHLY;BYMONTHDAY=29")

    assert dates(rule, dt.date(2027, 2, 1), dt.date(2027, 3, 30)) == ["2027-03-29"]
    assert dates(rule, dt.date(2028, 2, 1), dt.date(2028, 3, 30)) == ["2028-02-29", "2028-03-29"]


def test_days_off_are_weekends_and_holidays_but_no_make_up_workdays():
    rule = a_plain_rule("FREQ=DAILY", days=ScheduleRule.Days.DAYS_OFF)

    found = dates(rule, dt.date(2026, 9, 18), dt.date(2026, 10, 11))

    assert found == [
        "2026-09-19", "2026-09-25", "2026-09-26", "2026-09-27", "2026-10-01", "2026-10-02", "2026-10-03",
        "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-11",
    ]  # fmt: skip


def test_workdays_have_the_make_up_workdays_among_them():
    rule = a_plain_rule("FREQ=DAILY", days=ScheduleRule.Days.WORKDAYS)

    assert dates(rule, dt.date(2026, 10, 5), dt.date(2026, 10, 12)) == [
        "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12",
    ]  # fmt: skip


def test_a_make_up_saturday_is_known_even_when_it_is_asked_about_first():
    chinese_calendar._of_year.cache_clear()

    assert chinese_calendar.is_make_up_workday(dt.date(2026, 10, 10))


def test_holidays_have_names_in_both_languages():
    assert chinese_calendar.holiday_name(dt.date(2026, 9, 25)) == "Mid-Autumn Festival"
    assert chinese_calendar.holiday_name(dt.date(2026, 9, 24)) == ""


def test_exceptions_skip_a_day_skip_one_time_and_add_one_with_its_own_seats():
    rule = a_plain_rule(times=["09:30", "14:00"])
    exceptions = [
        ScheduleException(kind="skip", date=dt.date(2026, 9, 12)),
        ScheduleException(kind="skip", date=dt.date(2026, 9, 13), time=dt.time(14, 0)),
        ScheduleException(kind="add", date=dt.date(2026, 9, 12), time=dt.time(19, 0), capacity=8),
        ScheduleException(kind="add", date=dt.date(2026, 9, 14)),
    ]

    starts = schedule.planned(rule, dt.date(2026, 9, 12), dt.date(2026, 9, 14), exceptions=exceptions)

    assert [(start.date.day, f"{start.time:%H:%M}", start.capacity) for start in starts] == [
        (12, "19:00", 8), (13, "09:30", 20), (14, "09:30", 20), (14, "14:00", 20),
    ]  # fmt: skip


def test_nothing_is_held_on_a_closed_day_not_even_what_was_added():
    added = ScheduleException(kind="add", date=dt.date(2026, 9, 12), time=dt.time(19, 0))

    found = dates(a_plain_rule(), *SEPTEMBER, exceptions=[added], closed={dt.date(2026, 9, 12)})

    assert "2026-09-12" not in found
    assert "2026-09-13" in found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=YEARLY",
        "FREQ=HOURLY",
        "BYDAY=SA",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20261231",
        "DTSTART:20260101\nRRULE:FREQ=DAILY",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1SA",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=1SA;BYMONTHDAY=20",
        "FREQ=MONTHLY;BYDAY=6SA",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=2;BYMONTH=5",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=WEEKLY;BYDAY=SA;",
    ],
)
def test_a_rule_that_names_no_day_or_quarrels_with_its_dates_is_refused_in_words(text):
    with pytest.raises(recurrence.BadRecurrence) as refused:
        recurrence.check(text)

    assert refused.value.field == "recurrence"
    assert refused.value.advice.endswith(".")


@pytest.mark.parametrize("times", [None, [], "09:30", ["9:30"], ["24:00"], ["09:30", "09:30"], [930], ["09:30\n"]])
def test_times_that_are_none_are_refused(times):
    with pytest.raises(schedule.BadTimes) as refused:
        schedule.check(a_plain_rule(times=times))

    assert refused.value.field == "times"
