"""How often a visit comes is chosen in the staff's schedule, not written: what is kept, refused, and left alone."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from farm.models import User
from tests.builders import made
from tests.staff import form_of, page_of, sign_in, undrawn
from tests.visits import a_rule, an_experience
from tours.models import ScheduleRule, Slot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_september")]
WEEKENDS = "FREQ=WEEKLY;BYDAY=SA,SU"
THIRD_SUNDAYS = "FREQ=MONTHLY;BYDAY=3SU"
PARTS = ("how", "weekdays")
EVERY_DAY_OF_THE_WEEK = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
NOT_CHOSEN = "Choose how often it comes."
STRAY_DAYS = "Weekdays are checked, but not chosen: choose “on these weekdays”, or uncheck them."
STRAY_RULE = "A rule is written, but not chosen: choose “otherwise, by a written rule”, or empty its field."
NEW = {
    "name": "Weekends",
    "starts_on": "2026-09-01",
    "ends_on": "2026-09-30",
    "times": "09:30",
    "days": "every",
    "capacity": 12,
    "minimum_to_run": 0,
    "decide_hours": 24,
    "is_active": "on",
    "exceptions-TOTAL_FORMS": 0,
    "exceptions-INITIAL_FORMS": 0,
}


def chosen(how: str = "", days: tuple[str, ...] | list[str] = (), written: str = "") -> dict[str, object]:
    """The three parts as a browser sends them; of radios and boxes that are not checked it sends nothing."""
    checked = {"recurrence_how": how, "recurrence_weekdays": list(days)}
    return {name: value for name, value in checked.items() if value} | {"recurrence": written}


def add(client: Client, **parts: object):
    asked = NEW | {"experience": an_experience().pk} | chosen(**parts)
    return client.post(reverse("admin:tours_schedulerule_add"), asked)


def opened(client: Client, rule: ScheduleRule) -> dict[str, object]:
    """The three parts as the page of the rule shows them."""
    page = client.get(page_of(rule)).content.decode()
    how, days = (re.findall(rf'name="recurrence_{part}" value="(\w+)"[^>]* checked[ >]', page) for part in PARTS)
    [written] = re.findall(r'<input type="text" name="recurrence"( value="[^"]*")?', page)
    return chosen("".join(how), days, written[8:-1])


def edit(client: Client, rule: ScheduleRule, **parts: object):
    """The page of the rule, with the three parts filled in anew and all else as it opened."""
    return client.post(page_of(rule), form_of(client, rule) | chosen(**parts))


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ({"how": "daily"}, "FREQ=DAILY"),
        ({"how": "weekly", "days": ["TU", "MO"]}, "FREQ=WEEKLY;BYDAY=MO,TU"),
        ({"how": "weekly", "days": EVERY_DAY_OF_THE_WEEK}, "FREQ=DAILY"),
        ({"how": "written", "written": " freq=monthly; byday=3SU "}, THIRD_SUNDAYS),
        ({"how": "written", "written": "FREQ=WEEKLY;BYDAY=SU,SA"}, WEEKENDS),
        ({"days": ["SA", "SU"]}, WEEKENDS),
        ({"written": THIRD_SUNDAYS}, THIRD_SUNDAYS),
    ],
)
def test_each_way_is_kept_as_one_text(client, boss, parts, kept):
    assert add(client, **parts).status_code == 302

    assert ScheduleRule.objects.get().recurrence == kept
    assert Slot.objects.exists()


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, NOT_CHOSEN),
        ({"days": ["SA"], "written": THIRD_SUNDAYS}, NOT_CHOSEN),
        ({"how": "weekly"}, "Choose at least one weekday."),
        ({"how": "weekly", "days": ["XX"]}, "Select a valid choice."),
        ({"how": "written"}, "Write the rule, or choose another way."),
        ({"how": "written", "written": "FREQ=HOURLY"}, "Begin with FREQ=DAILY"),
        ({"how": "written", "written": "FREQ=DAILY;BYMONTH=" + "1," * 100}, "at most 200 characters"),
        ({"how": "daily", "days": ["SA"]}, STRAY_DAYS),
        ({"how": "written", "written": THIRD_SUNDAYS, "days": ["SA"]}, STRAY_DAYS),
        ({"how": "daily", "written": THIRD_SUNDAYS}, STRAY_RULE),
        ({"how": "daily", "written": THIRD_SUNDAYS, "days": ["SA"]}, f"{STRAY_DAYS} {STRAY_RULE}"),
    ],
)
def test_what_is_not_clear_is_asked_for_beside_its_field(client, boss, parts, answer):
    with undrawn():
        page = add(client, **parts)

    assert answer in " ".join(page.context_data["adminform"].form.errors["recurrence"])
    assert not ScheduleRule.objects.exists()


@pytest.mark.parametrize(
    ("recurrence", "parts"),
    [
        ("FREQ=DAILY", {"how": "daily"}),
        (WEEKENDS, {"how": "weekly", "days": ["SA", "SU"]}),
        ("FREQ=WEEKLY;BYDAY=SU,SA", {"how": "weekly", "days": ["SA", "SU"]}),
        ("FREQ=WEEKLY;BYDAY=" + ",".join(EVERY_DAY_OF_THE_WEEK), {"how": "weekly", "days": EVERY_DAY_OF_THE_WEEK}),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", {"how": "written", "written": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"}),
        (THIRD_SUNDAYS, {"how": "written", "written": THIRD_SUNDAYS}),
    ],
)
def test_a_rule_opens_as_what_was_chosen_and_saved_as_it_was_changes_nothing(client, boss, recurrence, parts):
    rule = a_rule(recurrence)

    shown = opened(client, rule)
    edit(client, rule, **parts)

    rule.refresh_from_db()
    assert shown == chosen(**parts)
    assert rule.recurrence == recurrence
    assert LogEntry.objects.get().change_message == "[]"


def test_another_way_takes_the_place_of_the_days_that_stood_there(client, boss):
    rule = a_rule(WEEKENDS)

    refused = edit(client, rule, how="daily", days=["FR", "SA", "SU"])
    saved = edit(client, rule, how="daily", days=["SU"])

    rule.refresh_from_db()
    assert (refused.status_code, saved.status_code) == (200, 302)
    assert rule.recurrence == "FREQ=DAILY"
    assert "Recurrence" in LogEntry.objects.get().change_message


def test_days_take_the_place_of_the_rule_that_stood_written_there(client, boss):
    rule = a_rule(THIRD_SUNDAYS)

    refused = edit(client, rule, how="weekly", days=["SA"], written="FREQ=MONTHLY;BYDAY=2SU")
    saved = edit(client, rule, how="weekly", days=["SA"], written=THIRD_SUNDAYS)

    rule.refresh_from_db()
    assert (refused.status_code, saved.status_code) == (200, 302)
    assert rule.recurrence == "FREQ=WEEKLY;BYDAY=SA"


def test_a_refused_page_keeps_what_was_filled_in_and_what_it_showed_first(client, boss):
    rule = a_rule(WEEKENDS)

    page = edit(client, rule, how="weekly", written="FREQ=DAILY").content.decode()

    assert 'name="recurrence" value="FREQ=DAILY"' in page
    assert f'name="initial-recurrence" value="{WEEKENDS}"' in page


def test_an_old_page_puts_no_older_days_back(client, boss):
    rule = a_rule(WEEKENDS)
    old = form_of(client, rule) | opened(client, rule)

    edit(client, rule, how="daily")
    client.post(page_of(rule), old | {"name": "Autumn"})

    rule.refresh_from_db()
    assert (rule.name, rule.recurrence) == ("Autumn", "FREQ=DAILY")


def test_a_page_from_before_there_was_a_choice_sends_the_text_alone_and_changes_nothing(client, boss):
    rule = a_rule(WEEKENDS)

    client.post(page_of(rule), form_of(client, rule))

    assert LogEntry.objects.get().change_message == "[]"


def test_the_page_of_a_rule_changes_no_page_that_adds_one(client, boss):
    rule, new = a_rule(WEEKENDS), reverse("admin:tours_schedulerule_add")
    client.get(page_of(rule))

    assert "initial-recurrence" not in client.get(new).content.decode()


def test_who_may_only_look_reads_days_and_times_in_words(client):
    looker = made(User(username="looker", is_staff=True))
    looker.user_permissions.add(Permission.objects.get(codename="view_schedulerule"))
    sign_in(client, looker)

    rule = a_rule(WEEKENDS, times=["09:30", "14:00"])
    page = client.get(page_of(rule)).content.decode()

    assert "every week: Sat, Sun" in page
    assert "09:30, 14:00" in page
    assert "FREQ=" not in page
    assert "recurrence_how" not in page


def test_the_days_are_chosen_in_chinese_too(client, boss):
    client.cookies["django_language"] = "zh-hans"

    page = client.get(page_of(a_rule(WEEKENDS))).content.decode()
    refused = add(client, how="daily", days=["SA"])

    assert all(words in page for words in ("每天", "每周的这几天", "星期六", "其他（自己写规则）"))
    assert "没有选中“每周的这几天”：请选中它，或取消勾选" in refused.content.decode()
