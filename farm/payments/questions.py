"""Money that no rule explains becomes a task for a person, once per question."""

import datetime as dt
import hashlib

from farm.models import StaffTask

ANSWER_WITHIN = dt.timedelta(hours=24)


def ask_staff(*, question: str, key: str, about: str, now: dt.datetime) -> None:
    """Put `question` on the staff's list; the same `key` again is the same question."""
    digest = hashlib.sha256(key.encode()).hexdigest()[
        :40
    ]  # keys hold providers' texts, the column holds 100 characters
    task = StaffTask(
        key=f"money:{digest}", what=question[:200], about=about[:60], raised_at=now, due_at=now + ANSWER_WITHIN
    )
    StaffTask.objects.bulk_create([task], ignore_conflicts=True)
