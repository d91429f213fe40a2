import datetime as dt

import pytest
from django.urls import reverse
from django.utils.translation import override

from farm.models import Notice
from tests.builders import FARM_TIME, work_off
from tests.staff import a_member, page_of
from tests.visits import NOW, SATURDAY, a_confirmed_booking, a_day, a_slot, an_experience
from tests.worlds import a_slot_with_a_booking
from tours import aftermath, cancelling, notices, refusals
from tours.links import booking_path
from tours.models import Booking

pytestmark = pytest.mark.django_db
FRIDAY_AFTERNOON = dt.datetime(2026, 9, 11, 16, 0, tzinfo=FARM_TIME)


def reminders():
    return Notice.objects.filter(key__contains=":reminder:", channel=Notice.Channel.SMS)


def test_who_comes_tomorrow_is_reminded_once_with_the_weather_note():
    slot = a_slot(experience=an_experience(bring_zh="帽子\n雨鞋", weather_note_zh="明天有小雨"))
    a_confirmed_booking(slot)

    assert [aftermath.remind_of_tomorrow(FRIDAY_AFTERNOON) for _ in range(2)] == [1, 0]

    text = reminders().get().text
    assert "雨鞋" in text
    assert "明天有小雨" in text


def test_what_staff_write_of_tomorrows_weather_is_reminded_of_and_stands_on_the_booking(client, time_machine):
    experience = an_experience(weather_note_zh="泥路请穿雨鞋", weather_note_en="Wear boots")
    booking = a_confirmed_booking(a_slot(experience=experience))
    time_machine.move_to(FRIDAY_AFTERNOON - dt.timedelta(hours=2), tick=False)
    a_member(client, "shop")

    saved = client.post(page_of(a_day()), {"weather_note_zh": "明天 12–20 ℃，有风", "weather_note_en": ""})
    aftermath.remind_of_tomorrow(FRIDAY_AFTERNOON)

    assert saved.status_code == 302
    assert "明天 12–20 ℃，有风" in reminders().get().text
    assert "雨鞋" not in reminders().get().text
    assert "明天 12–20 ℃，有风" in client.get(booking_path(booking)).content.decode()
    assert "明天 12–20 ℃，有风" in client.get(reverse("admin:index")).content.decode()


def test_a_gate_keeper_writes_no_weather(client):
    a_member(client, "gate")

    assert client.post(page_of(a_day()), {"weather_note_zh": "晴"}).status_code == 403
    assert a_day().weather_note == ""


def test_who_left_a_mail_address_alone_is_reminded_by_mail_once():
    booking = a_slot_with_a_booking()
    Booking.objects.update(phone="")

    assert [aftermath.remind_of_tomorrow(FRIDAY_AFTERNOON) for _ in range(2)] == [1, 0]

    reminder = Notice.objects.get(key__contains=":reminder:")
    assert (reminder.channel, reminder.to) == ("mail", "li@example.com")
    Booking.objects.update(email="")
    booking.refresh_from_db()
    with pytest.raises(refusals.NotPossibleNow, match="neither a phone number nor a mail"):
        notices.send_again(booking, now=NOW)
    with override("zh-hans"), pytest.raises(refusals.NotPossibleNow, match="既没有留手机号，也没有留邮箱。"):
        notices.send_again(booking, now=NOW)


@pytest.mark.parametrize("hours", [-1, 24])
def test_nobody_is_reminded_too_early_or_of_another_day(hours):
    a_slot_with_a_booking()

    assert aftermath.remind_of_tomorrow(FRIDAY_AFTERNOON + dt.timedelta(hours=hours)) == 0


def test_midnight_belongs_to_the_farms_day():
    just_after_midnight = a_slot(SATURDAY, time=dt.time(0, 30))
    a_confirmed_booking(just_after_midnight)

    assert aftermath.remind_of_tomorrow(FRIDAY_AFTERNOON) == 1


def test_who_cancelled_is_not_reminded():
    booking = a_slot_with_a_booking()
    cancelling.cancel(booking=booking, by="visitor", now=NOW)

    assert aftermath.remind_of_tomorrow(FRIDAY_AFTERNOON) == 0


def test_who_did_not_come_is_a_no_show_three_hours_after_the_end():
    slot = a_slot()
    booking = a_confirmed_booking(slot)

    soon, late = (aftermath.mark_who_came(slot.ends_at + dt.timedelta(hours=hours)) for hours in (2, 3))

    booking.refresh_from_db()
    assert (soon, late, booking.status) == (0, 1, "no-show")


def test_a_sure_visitor_is_told_with_the_link():
    a_slot_with_a_booking()

    work_off(NOW)

    sms = Notice.objects.get(key__endswith=":confirmed")
    mail = Notice.objects.get(key__endswith=":confirmed:mail")
    assert "/v/" in sms.text
    assert "9月12日 星期六 09:30" in sms.text
    assert mail.to == "li@example.com"
