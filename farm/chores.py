"""Tasks that only a person can settle: raised once per key, settled once."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from farm.models import StaffTask
from farm.refusals import Refused

LONGEST = 200
Saying = Callable[[], str]
Left = Callable[[StaffTask], str]

_left: dict[str, Left] = {}


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


def look_after(prefix: str, left: Left) -> None:
    """Let `left` say what is still to do for tasks whose key begins so, or nothing. Rooms say it at start."""
    _left[prefix] = left


def what_is_left(task: StaffTask) -> str:
    """What the task asks for and nobody has done yet, as far as the room that raised it can tell."""
    return next((left(task) for prefix, left in _left.items() if task.key.startswith(prefix)), "")


def close(tasks: QuerySet[StaffTask], *, by: str, now: dt.datetime) -> None:
    """Settle those of `tasks` that are open: `by` did what they ask for, or took away their cause."""
    tasks.filter(settled_at=None).update(settled_at=now, settled_by=by)


def settle(*, task: StaffTask, by: str, now: dt.datetime) -> None:
    """Write down that `by` settled the task.

    :raises AlreadySettled: when somebody was faster; their name stays.
    """
    if not StaffTask.objects.filter(pk=task.pk, settled_at=None).update(settled_at=now, settled_by=by):
        raise AlreadySettled(_("This task is settled already."), advice=_("Reload the list to see by whom."))
