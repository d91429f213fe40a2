"""Tasks that only a person can settle: raised once per key, settled once."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm.models import StaffTask
from farm.refusals import Refused

LONGEST = 200
Saying = Callable[[], str]


class AlreadySettled(Refused):
    code = "already_settled"
    conflict = True


def raise_task(*, key: str, what: Saying, about: str, due_at: dt.datetime, now: dt.datetime) -> None:
    """Ask a person to settle something until `due_at`; asking again for the same key changes nothing.

    `what` says it in the reader's language; it is asked under the farm's, because workers have none of their own and
    visitors another one.
    """
    with override(settings.LANGUAGE_CODE):
        words = what()[:LONGEST]
    task = StaffTask(key=key, what=words, about=about, raised_at=now, due_at=due_at)
    StaffTask.objects.bulk_create([task], ignore_conflicts=True)


def settle(*, task: StaffTask, by: str, now: dt.datetime) -> None:
    """Write down that `by` settled the task.

    :raises AlreadySettled: when somebody was faster; their name stays.
    """
    if not StaffTask.objects.filter(pk=task.pk, settled_at=None).update(settled_at=now, settled_by=by):
        raise AlreadySettled(_("This task is settled already."), advice=_("Reload the list to see by whom."))
