"""Notices are noted once, sent once, and never carry somebody else's headers."""

import datetime as dt
import threading

import pytest
from django.core import mail

from farm import jobs, notify
from farm.models import Job, Notice
from farm.notify import Message
from tests.builders import NOW

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
SMS = Message(Notice.Channel.SMS, "13812345678", "Your grapes are on the way.")
MAIL = Message(Notice.Channel.MAIL, "wang@example.com", "Your grapes are on the way.", subject="Grapes")


class BrokenPhone:
    """A sender whose line is down."""

    def send(self, notice: Notice) -> None:
        raise OSError("line down")


class SilentPhone:
    """A sender who never answers, until the test is over."""

    over = threading.Event()

    def send(self, notice: Notice) -> None:
        self.over.wait(60)


class Recorder:
    sent: list[tuple[str, str, str]] = []

    def send(self, notice: Notice) -> None:
        self.sent.append((notice.key, notice.to, notice.text))


@pytest.fixture
def mail_server(settings):
    settings.EMAIL_URL = "smtp://mail.example"  # what Django really uses in tests keeps mails in a list


def say(message: Message = SMS, *, key: str = "BZ1:shipped") -> None:
    notify.notify(message, key=key, about="order:BZ1", now=NOW)


def send(now: dt.datetime = NOW) -> list[bool]:
    return [jobs.run(job.key, notify.send, now=now) for job in Job.objects.order_by("pk")]


def test_without_any_sender_a_notice_is_kept_where_staff_read_it():
    say()

    assert send() == [True]

    notice = Notice.objects.get()
    assert (notice.to, notice.text, notice.sent_at) == (SMS.to, SMS.text, NOW)


def test_the_same_key_says_it_once():
    for _ in range(3):
        say()

    assert send() == [True]
    assert Notice.objects.count() == 1


def test_an_sms_goes_out_by_the_sender_of_the_settings_once(settings):
    settings.SMS_PORT = f"{__name__}.Recorder"
    Recorder.sent.clear()
    say()

    send()
    Job.objects.update(state=Job.State.WAITING, next_try_at=NOW)
    send()

    assert Recorder.sent == [("BZ1:shipped", SMS.to, SMS.text)]


def test_a_sender_whose_line_is_down_is_tried_again(settings):
    settings.SMS_PORT = f"{__name__}.BrokenPhone"
    say()

    assert send() == [False]
    assert Notice.objects.get().sent_at is None
    settings.SMS_PORT = f"{__name__}.Recorder"

    assert send(NOW + MINUTE) == [True]
    assert Notice.objects.get().sent_at == NOW + MINUTE


def test_a_sender_who_never_answers_is_left_behind(settings, monkeypatch):
    settings.SMS_PORT = f"{__name__}.SilentPhone"
    monkeypatch.setattr(notify, "SMS_SECONDS", 0.05)
    say()

    answers = send()
    SilentPhone.over.set()

    job = Job.objects.get()
    assert (answers, job.state) == ([False], "waiting")
    assert job.error == "TimeoutError: no answer within 0.05 s"


def test_a_mail_goes_to_the_mail_server_with_a_number_that_stays_the_same(mail_server):
    say(MAIL)

    send()

    [letter] = mail.outbox
    assert (letter.to, letter.subject, letter.body) == (["wang@example.com"], "Grapes", MAIL.text)
    assert letter.extra_headers["Message-ID"].startswith(f"<notice-{Notice.objects.get().pk}@")


def test_without_a_mail_server_a_mail_is_kept():
    say(MAIL)

    assert send() == [True]

    assert mail.outbox == []
    assert Notice.objects.get().sent_at == NOW


@pytest.mark.parametrize(
    "subject", ["Grapes\nBcc: all@example.com", "Grapes\r\nBcc: all@example.com", "a\u2028b", "x" * 500]
)
def test_a_subject_is_one_short_line_whatever_is_in_it(mail_server, subject):
    say(Message("mail", "wang@example.com", "text", subject=subject))

    assert send() == [True]

    [letter] = mail.outbox
    assert len(letter.subject.splitlines()) == 1
    assert len(letter.subject) <= 120
    assert "Bcc" not in dict(letter.message().items())


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("mail", "wang@example.com\nBcc: all@example.com"),
        ("mail", "wang@example.com, all@example.com"),
        ("mail", "Wang <wang@example.com>"),
        ("mail", ""),
        ("sms", "wang@example.com"),
        ("sms", "12345"),
        ("sms", "13812345678,13912345678"),
    ],
)
def test_what_is_no_recipient_is_refused_and_leaves_nothing(channel, to):
    with pytest.raises(notify.NotARecipient):
        say(Message(channel, to, "text"))

    assert not Notice.objects.exists()
    assert not Job.objects.exists()
