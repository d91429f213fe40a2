"""The front of the visits: what can be done and when, and each experience with its calendar."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from farm.api.keeping import public_page
from farm.models import ClosedDay
from tours import availability, sheets
from tours.availability import Opening
from tours.models import Experience
from tours.pages.month import month_of
from tours.pages.prices import prices_of
from tours.pages.terms import tiers_of
from tours.structured import event_facts

LOOK_AHEAD_DAYS = 30
NEXT_TIMES = 3
DAYS_TO_CHOOSE = 14
SATURDAY = 5


@dataclass(frozen=True)
class Offer:
    """One experience on the list, with its next times, or those of the chosen day."""

    experience: Experience
    from_fen: int | None
    openings: Sequence[Opening]

    @property
    def has_seats(self) -> bool:
        return any(opening.is_bookable for opening in self.openings)

    @property
    def is_closed(self) -> bool:
        """All its times of the chosen day are closed: it says why instead of listing them."""
        return {opening.status for opening in self.openings} == {availability.Status.CLOSED}

    @property
    def reason(self) -> str:
        return availability.why_closed(self.openings)


@dataclass(frozen=True)
class DayToChoose:
    """One day on the list's strip."""

    date: dt.date
    is_chosen: bool

    @property
    def is_weekend(self) -> bool:
        return self.date.weekday() >= SATURDAY


@public_page
def visits(request: HttpRequest) -> HttpResponse:
    """All experiences: with their next times, or with those of `?day=2026-09-12`."""
    now = timezone.now()
    today = timezone.localdate(now)
    day = _day(request.GET.get("day", ""), today)
    last = today + dt.timedelta(days=LOOK_AHEAD_DAYS)
    if day:
        openings = availability.of_days(first=day, last=day, now=now)
    else:
        openings = availability.next_of_each(first=today, last=last, most=NEXT_TIMES, now=now)
    offers = _offers(openings, is_of_a_day=bool(day))
    if day:
        offers.sort(key=lambda offer: not offer.has_seats)
    days = _days(availability.dates_with_seats(first=today, last=last, now=now), day)
    closed = ClosedDay.objects.filter(date=day).first() if day else None
    context = {"offers": offers, "day": day, "days": days, "today": today, "farm_closed": closed}
    return render(request, "tours/visits.html", context)


@public_page
def experience(request: HttpRequest, code: str) -> HttpResponse:
    """One experience: its story, its calendar, its prices and the terms."""
    shown = get_object_or_404(Experience, code=code, is_on_sale=True)
    now = timezone.now()
    kinds = sheets.tickets_of(shown)
    month = month_of(shown, month=request.GET.get("month", ""), day=request.GET.get("day", ""), now=now)
    context = {
        "experience": shown,
        "month": month,
        "prices": prices_of(shown, kinds.values(), month, now),
        "companies": sheets.companies_of(kinds),
        "tiers": tiers_of(shown.refund_terms),
        "facts": event_facts(shown, month.openings),
    }
    return render(request, "tours/experience.html", context)


def _days(dates: Sequence[dt.date], chosen: dt.date | None) -> list[DayToChoose]:
    """The days with seats, the next weekend's first: most parties come then. The chosen one is always there."""
    weekend = [date for date in dates if date.weekday() >= SATURDAY][:2]
    if len(weekend) == 2 and weekend[1] - weekend[0] > dt.timedelta(days=1):
        del weekend[1]
    others = [date for date in dates if date not in weekend][: DAYS_TO_CHOOSE - len(weekend)]
    shown = weekend + others
    if chosen and chosen not in shown:
        shown.insert(0, chosen)
    return [DayToChoose(date, date == chosen) for date in shown]


def _offers(openings: Sequence[Opening], *, is_of_a_day: bool) -> list[Offer]:
    """What is on sale, at the price of the chosen day, which may have a price list of its own."""
    by_experience: dict[int, list[Opening]] = {}
    for opening in openings:
        by_experience.setdefault(opening.experience, []).append(opening)
    offers = []
    for each in _experiences():
        its = by_experience.get(each.pk, [])
        that_day = availability.from_fen(its) if is_of_a_day else None
        usual = each.from_fen  # type: ignore[attr-defined]  # annotated below
        offers.append(Offer(each, usual if that_day is None else that_day, its))
    return offers


def _experiences() -> list[Experience]:
    """Everything on sale with its price by the usual list, as `Opening.from_fen` names it: one query."""
    return list(Experience.objects.filter(is_on_sale=True).annotate(from_fen=availability.usual_from_fen()))


def _day(text: str, today: dt.date) -> dt.date | None:
    """The chosen day; a day that is over or no day at all chooses nothing."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if today <= day <= today + dt.timedelta(days=366) else None
