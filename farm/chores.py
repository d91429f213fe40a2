"""Tasks that only a person can settle: raised once per key, settled once."""

import datetime as dt

from farm.models import StaffTask
from farm.refusals import Refused


class AlreadySettled(Refused):
    code = "already_settled"
    conflict = True


def raise_task(*, key: str, what: str, about: str, due_at: dt.datetime, now: dt.datetime) -> None:
    """Ask a person to settle `what` until `due_at`; asking again for the same key changes nothing."""
    task = StaffTask(key=key, what=what, about=about, raised_at=now, due_at=due_at)
    StaffTask.objects.bulk_create([task], ignore_conflicts=True)


def settle(*, task: StaffTask, by: str, now: dt.datetime) -> None:
    """Write down that `by` settled the task.

    :raises AlreadySettled: when somebody was faster; their name stays.
    """
    if not StaffTask.objects.filter(pk=task.pk, settled_at=None).update(settled_at=now, settled_by=by):
        raise AlreadySettled("This task is settled already.", advice="Reload the list to see by whom.")
