"""What can be visited this weekend: the first free times of each experience on Saturday and Sunday."""

import datetime as dt
from dataclasses import dataclass

from tours import availability
from tours.availability import Opening
from tours.models import Experience

MOST = 3
SATURDAY = 5


@dataclass(frozen=True)
class Visit:
    """One experience with its first free time of the weekend."""

    experience: Experience
    opening: Opening


@dataclass(frozen=True)
class Weekend:
    """The days, and what has seats on them. When nothing of this one is left, it is the next one's."""

    first: dt.date
    last: dt.date
    visits: list[Visit]
    is_next: bool


def look(now: dt.datetime, today: dt.date) -> Weekend:
    """This weekend's visits with seats, else those of the next one: three queries and one for the experiences."""
    saturday = today + dt.timedelta(days=SATURDAY - today.weekday())
    this, following = saturday + dt.timedelta(days=1), saturday + dt.timedelta(days=8)
    openings = availability.of_days(first=max(today, saturday), last=following, now=now)
    free = [opening for opening in openings if opening.is_bookable]
    soon = [opening for opening in free if opening.date <= this]
    if soon or not free:
        return Weekend(max(today, saturday), this, _visits(soon), is_next=False)
    later = [opening for opening in free if opening.date.weekday() >= SATURDAY]
    return Weekend(saturday + dt.timedelta(days=7), following, _visits(later), is_next=True)


def _visits(openings: list[Opening]) -> list[Visit]:
    firsts: dict[int, Opening] = {}
    for opening in openings:
        firsts.setdefault(opening.experience, opening)
    experiences = Experience.objects.in_bulk(firsts) if firsts else {}
    shown = sorted(firsts, key=lambda pk: (experiences[pk].position, experiences[pk].code))
    return [Visit(experiences[pk], firsts[pk]) for pk in shown[:MOST]]
