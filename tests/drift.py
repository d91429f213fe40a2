"""The whole farm re-added, as `manage.py verify` does it: one sentence per thing that does not add up."""

import datetime as dt

from beizhen import verify
from tests.builders import NOW
from tests.stories import visits_sums


def drift(now: dt.datetime = NOW) -> list[str]:
    return [sentence for finding in verify.run(now=now).drift for sentence in finding.sentences]


def drift_and_delay(now: dt.datetime) -> list[str]:
    """Also what is late."""
    report = verify.run(now=now)
    return [sentence for finding in report.drift + report.late for sentence in finding.sentences]


def drift_of_visits() -> list[str]:
    """Visits are counted a second time, by sums that share no code with the stories."""
    visits_sums.nothing_is_oversold_and_nothing_leaks()
    visits_sums.everybody_who_is_sure_has_a_ticket_and_nobody_else()
    return drift()
