"""What the clock remembers from one start to the next: when it last rang, so that a night it slept through is made up.

Celery keeps that with `shelve`. Where Python has Berkeley's library for it, as on Debian, a clock that is killed while
it opens the file leaves another one behind, and each later start waits for that for minutes and gives up. This is one
small file that is replaced as a whole. It serves one clock.
"""

import datetime as dt
import json
import logging
import os
from pathlib import Path
from typing import Any

from celery.beat import Scheduler

logger = logging.getLogger(__name__)
LONGEST_SLEEP = dt.timedelta(days=366)


class RememberingScheduler(Scheduler):
    """Celery's own scheduler, with the last round of each entry in the file that `--schedule` names."""

    def __init__(self, *args: Any, schedule_filename: str, **kwargs: Any) -> None:
        self.file = Path(schedule_filename)
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Take the schedule from the settings, and from the file when each entry rang last, if that makes sense."""
        super().setup_schedule()
        now = self.app.now()
        for name, moment in self._remembered().items():
            if name in self.schedule and now - LONGEST_SLEEP < moment < now:
                self.schedule[name].last_run_at = moment

    def sync(self) -> None:
        """Write the last rounds down; a clock whose disk is full goes on."""
        rounds = {name: str(entry.last_run_at) for name, entry in self.schedule.items()}
        unfinished = self.file.with_name(f"{self.file.name}.new")
        try:
            unfinished.write_text(json.dumps(rounds))
            os.replace(unfinished, self.file)
        except OSError as error:
            logger.error("The clock's last rounds cannot be written: %s", error)

    @property
    def info(self) -> str:
        return f"    . last rounds -> {self.file}"

    def _remembered(self) -> dict[str, dt.datetime]:
        """Nothing where there is no file, or one of another kind."""
        try:
            told = json.loads(self.file.read_bytes())
            rounds = {name: dt.datetime.fromisoformat(moment) for name, moment in told.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
        return {name: moment for name, moment in rounds.items() if moment.tzinfo}
