"""Refund terms in words that a visitor understands before paying."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tours.models import Booking

HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Tier:
    """So much goes back until so long before; with a slot, until this moment."""

    words: str
    percent: int
    until: dt.datetime | None = None
    is_over: bool = False


def tiers_of(
    terms: Sequence[dict[str, int]], starts_at: dt.datetime | None = None, now: dt.datetime | None = None
) -> list[Tier]:
    """The terms, best first; at `now` those whose moment has gone say so."""
    ordered = sorted(terms, key=lambda tier: -tier["hours"])
    return [_tier(tier, starts_at, now) for tier in ordered]


def _tier(tier: dict[str, int], starts_at: dt.datetime | None, now: dt.datetime | None) -> Tier:
    until = starts_at - dt.timedelta(hours=tier["hours"]) if starts_at else None
    return Tier(_before(tier["hours"]), tier["percent"], until, is_over=bool(until and now and until < now))


def tiers_of_booking(booking: Booking, now: dt.datetime) -> list[Tier]:
    """The terms frozen into the booking, by its slot's own clock, without what was lost by moving late."""
    return tiers_of(booking.terms_left, booking.slot.starts_at, now)


def best_now(tiers: Sequence[Tier], now: dt.datetime) -> Tier | None:
    """The best of the terms that can still be reached at `now`; None when nothing would go back."""
    return next((tier for tier in tiers if tier.percent and tier.until and tier.until > now), None)


def _before(hours: int) -> str:
    if hours == 0:
        return _("Until the visit begins")
    days, rest = divmod(hours, HOURS_OF_A_DAY)
    if rest == 0:
        return ngettext("Until %(days)s day before", "Until %(days)s days before", days) % {"days": days}
    return ngettext("Until %(hours)s hour before", "Until %(hours)s hours before", hours) % {"hours": hours}
