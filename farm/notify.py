"""Tell people something by SMS or mail: noted once with the fact itself, sent later by a job."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.utils import DNS_NAME
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from farm import jobs, rows
from farm.models import Notice
from farm.security import BadPhone, normal_phone

JOB = "farm.tasks.send_notice"
MAIL_SECONDS, SMS_SECONDS = 10, 30
LONGEST_SUBJECT = 120
A_DAY = dt.timedelta(days=1)


class NotARecipient(ValueError):
    """Neither a mobile number for an SMS nor one mail address: nothing was noted."""


@dataclass(frozen=True)
class Message:
    """What to say, to whom, by which channel."""

    channel: str
    to: str
    text: str
    subject: str = ""


class Port(Protocol):
    """A way out of the house. It may be slow or fail; the job tries again.

    One that hangs is left behind after SMS_SECONDS, for an embedded farm's worker has two hands for all its work.
    """

    def send(self, notice: Notice) -> None:
        """Send one notice. `notice.key` is its own number: who knows that one already sends nothing again."""


class Kept:
    """Sends nothing: the notice stays where staff read it. What a farm without an SMS contract uses."""

    def send(self, notice: Notice) -> None:
        return None


class Mail:
    """Sends by the mail server of EMAIL_URL."""

    def send(self, notice: Notice) -> None:
        same_each_time = f"<notice-{notice.pk}@{DNS_NAME}>"
        EmailMessage(
            subject=notice.subject,
            body=notice.text,
            to=[notice.to],
            headers={"Message-ID": same_each_time},
            connection=get_connection(timeout=MAIL_SECONDS),
        ).send()


def notify(message: Message, *, key: str, about: str, now: dt.datetime, until: dt.datetime | None = None) -> None:
    """Note `message` and ask for it to be sent, before `until` or never; the same `key` again says nothing again.

    :raises NotARecipient: when the channel cannot reach `message.to`.
    """
    rows.insert_new([_notice(message, key, about, now)])
    limit: dict[str, Any] = {"until": until.isoformat()} if until else {}
    jobs.ask(JOB, job_of(key), now=now, notice=key, **limit)


def notify_sparingly(message: Message, *, key: str, about: str, now: dt.datetime) -> None:
    """As `notify`, about what nobody has paid: anybody may have written down the number of anybody else.

    Of these UNPAID_MESSAGES_PER_DAY are sent to one recipient within 24 hours. More are noted as held back, so that
    staff see why nothing came, and are never sent. Of two at the same moment one may be too many.

    :raises NotARecipient: when the channel cannot reach `message.to`.
    """
    notice = _notice(message, key, about, now)
    notice.standing = Notice.Standing.HELD_BACK if _is_enough(notice.to, now) else Notice.Standing.UNPAID
    rows.insert_new([notice])
    if notice.standing == Notice.Standing.UNPAID:
        jobs.ask(JOB, job_of(key), now=now, notice=key)


def job_of(key: str) -> str:
    """The key of the job that sends the notice `key`."""
    return f"notice:{key}"


def send(*, notice: str, now: dt.datetime, until: str = "") -> jobs.Recording:
    """The job's slow part: send one notice by its channel's port, unless it is of no use any more.

    One whose reader asked to be forgotten is gone, and one that is held back stays so.
    """
    unsent = rows.first(_noted, notice)
    if unsent is None or (until and now >= dt.datetime.fromisoformat(until)):
        return lambda: None
    if unsent.sent_at is None:
        _within(SMS_SECONDS, partial(_port(unsent.channel).send, unsent))
    return partial(_mark_sent, unsent, now)


def _notice(message: Message, key: str, about: str, now: dt.datetime) -> Notice:
    return Notice(
        key=key,
        channel=message.channel,
        to=_recipient(message),
        subject=_one_line(message.subject),
        text=message.text,
        about=about,
        written_at=now,
    )


def _is_enough(to: str, now: dt.datetime) -> bool:
    most = settings.UNPAID_MESSAGES_PER_DAY
    return bool(most) and len(rows.read(_unpaid_since, to, now - A_DAY)) >= most


def _unpaid_since(to: str, since: dt.datetime) -> QuerySet[Notice, int]:
    lately = Notice.objects.filter(to=to, standing=Notice.Standing.UNPAID, written_at__gt=since)
    return lately.values_list("pk", flat=True)


def _within(seconds: float, call: Callable[[], None]) -> None:
    """Do it in a thread of its own, which is left to itself when it takes longer.

    :raises TimeoutError: when it takes longer; it may yet come to an end.
    """
    ended: SimpleQueue[Exception | None] = SimpleQueue()

    def do() -> None:
        try:
            call()
        except Exception as error:  # whatever a port of somebody's raises is the job's, not this thread's
            ended.put(error)
        else:
            ended.put(None)

    Thread(target=do, daemon=True).start()
    try:
        error = ended.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds} s") from None
    if error is not None:
        raise error


def _noted(key: str) -> QuerySet[Notice]:
    return Notice.objects.filter(key=key).exclude(standing=Notice.Standing.HELD_BACK)


def _mark_sent(notice: Notice, now: dt.datetime) -> None:
    rows.update(_unsent, {"sent_at": now}, notice.pk)


def _unsent(pk: int) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=pk, sent_at=None)


def _port(channel: str) -> Port:
    if channel == Notice.Channel.MAIL:
        return Mail() if settings.EMAIL_URL else Kept()
    port: Port = import_string(getattr(settings, "SMS_PORT", "") or "farm.notify.Kept")()
    return port


def _recipient(message: Message) -> str:
    try:
        if message.channel == Notice.Channel.SMS:
            return normal_phone(message.to)
        validate_email(message.to)
    except (BadPhone, ValidationError) as error:
        raise NotARecipient(f"no {message.channel} can reach this recipient") from error
    return message.to.lower()  # no capital letter makes another recipient of it


def _one_line(subject: str) -> str:
    """A line break in a subject would begin a header of the sender's choice."""
    return " ".join(subject.split())[:LONGEST_SUBJECT]
