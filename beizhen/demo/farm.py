"""The demo farm: real varieties and places of Beizhen, invented growers and prices, dates around the day of loading."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import holidays
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from beizhen.demo import live, visits
from farm.models import ClosedDay, User
from farm.people import ensure_groups
from shop.models import Box, ColdRoom, Lot, ShipDate, Variety

PLAN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("data").joinpath("farm.toml").read_text("utf-8"))
CLOSED_AHEAD_DAYS = 400
PAST_LOT_DAYS = 30
PICKED_BEFORE_DAYS = 4
KILOGRAMS_PER_ORDER = 13
CLOSED_FOR = ("New Year's Day", "Chinese New Year")
"""The farm works through the other holidays: Mid-Autumn and National Day are its best days."""


@transaction.atomic
def load(*, now: dt.datetime) -> None:
    """Fill an empty database with the demo farm. What is there stays as it is; on later days only dates are added."""
    today = timezone.localdate(now)
    ensure_groups()
    for person in PLAN["staff"]:
        _hire(**person)
    for position, variety in enumerate(PLAN["varieties"], start=1):
        Variety.objects.get_or_create(code=variety["code"], defaults={**variety, "position": position})
    for boxes in PLAN["boxes"]:
        for box in _boxes(boxes, today):
            Box.objects.get_or_create(sku=box.pop("sku"), defaults=box)
    for room in PLAN["cold_rooms"]:
        ColdRoom.objects.get_or_create(code=room["code"], defaults=room)
    for lot in PLAN["lots"]:
        _store(lot, today)
    keep_dates_ahead(now=now)
    live.keep_a_show_on(PLAN["live"], now=now)
    visits.load(now=now)


def keep_on(*, now: dt.datetime) -> None:
    """What a demo that was loaded before needs on a later day: dates ahead, and a live show."""
    keep_dates_ahead(now=now)
    live.keep_a_show_on(PLAN["live"], now=now)


def keep_dates_ahead(*, now: dt.datetime) -> None:
    """Make the ship dates that are missing from today on: a demo that runs for weeks must not run out of them."""
    today = timezone.localdate(now)
    open_dates(today, today + dt.timedelta(days=PLAN["ship_dates"]["from_tomorrow"]))


@transaction.atomic
def load_past(*, first: dt.date, orders_per_day: int, now: dt.datetime) -> None:
    """Add what the farm had before it was loaded: dates from `first` on, and lots to fill that many orders."""
    today = timezone.localdate(now)
    open_dates(first, today)
    visits.load_past(first=first)
    shares = {variety: 1 / (variety.position + 1) for variety in Variety.objects.all()}
    kilograms = orders_per_day * PAST_LOT_DAYS * KILOGRAMS_PER_ORDER / sum(shares.values())
    plans = {plan["variety"]: plan for plan in PLAN["lots"]}
    for days in range((today - first).days + PICKED_BEFORE_DAYS, 0, -PAST_LOT_DAYS):
        picked = today - dt.timedelta(days=days)
        for variety, share in shares.items():
            words = {"picked_days_ago": days, "kilograms": round(kilograms * share, -1)}
            code = f"{variety.code}-{picked:%y%m%d}"
            _store({**plans[variety.code], **words, "code": code}, today)


def open_dates(first: dt.date, last: dt.date) -> None:
    """Make the ship dates from `first` to `last` that are missing, and the days on which the whole farm is closed."""
    closed = [
        ClosedDay(date=date, reason_zh=zh, reason_en=en)
        for date, (zh, en) in _holidays(first, last + dt.timedelta(days=CLOSED_AHEAD_DAYS)).items()
    ]
    ClosedDay.objects.bulk_create(closed, ignore_conflicts=True)
    days = [first + dt.timedelta(days=days) for days in range((last - first).days + 1)]
    reasons = {day.date: (day.reason_zh, day.reason_en) for day in ClosedDay.objects.filter(date__range=(first, last))}
    ShipDate.objects.bulk_create([_ship_date(date, reasons.get(date)) for date in days], ignore_conflicts=True)


def _ship_date(date: dt.date, closed_for: tuple[str, str] | None) -> ShipDate:
    plan = PLAN["ship_dates"]
    if closed_for is None and date.weekday() == plan["rest_weekday"]:
        closed_for = plan["rest_zh"], plan["rest_en"]
    zh, en = closed_for or ("", "")
    evening = dt.datetime.combine(date - dt.timedelta(days=1), plan["cut_off"], timezone.get_default_timezone())
    return ShipDate(
        date=date,
        limit=plan["boxes"],
        cut_off_at=evening,
        is_closed=closed_for is not None,
        closed_reason_zh=zh,
        closed_reason_en=en,
    )


def _holidays(first: dt.date, last: dt.date) -> dict[dt.date, tuple[str, str]]:
    """The Chinese public holidays on which the farm is closed, each with its name in Chinese and English."""
    years = range(first.year, last.year + 1)
    chinese = holidays.country_holidays("CN", years=years, language="zh_CN", observed=False)
    english = holidays.country_holidays("CN", years=years, language="en_US", observed=False)
    return {
        date: (chinese[date], name)
        for date, name in english.items()
        if first <= date <= last and name.startswith(CLOSED_FOR)
    }


def _boxes(plan: dict[str, Any], today: dt.date) -> Iterator[dict[str, Any]]:
    variety = Variety.objects.get(code=plan["variety"])
    begins, ends = (today + dt.timedelta(days=days) for days in plan["season_days"])
    season = {"variety": variety, "season_from": begins, "season_until": ends}
    for grams, price_fen in plan["price_fen"].items():
        yield {
            **season,
            "sku": f"{variety.code}-{grams}",
            "name_zh": f"{variety.name_zh} {int(grams) / 1000:g} 公斤",
            "name_en": f"{variety.name_en} {int(grams) / 1000:g} kg",
            "net_grams": int(grams),
            "price_fen": price_fen,
        }
    if "gift_fen" in plan:
        yield {
            **season,
            "sku": f"{variety.code}-gift",
            "name_zh": f"{variety.name_zh}礼盒 2 × 2.5 公斤",
            "name_en": f"{variety.name_en} gift box 2 × 2.5 kg",
            "net_grams": 5000,
            "price_fen": plan["gift_fen"],
            "packing_units": 2,
            "max_per_order": 10,
            "is_gift": True,
        }


def _store(plan: dict[str, Any], today: dt.date) -> None:
    variety = Variety.objects.get(code=plan["variety"])
    picked = today - dt.timedelta(days=plan["picked_days_ago"])
    words = {
        "variety": variety,
        "cold_room": ColdRoom.objects.get(code=plan["room"]),
        "grower": plan["grower"],
        "block": plan["block"],
        "harvested_on": picked,
        "best_before": picked + dt.timedelta(days=variety.keeps_days),
        "limit": int(plan["kilograms"]) * 1000,
    }
    Lot.objects.get_or_create(code=plan["code"], defaults=words)


def _hire(username: str, group: str, **names: str) -> None:
    """A member of the staff who cannot sign in until somebody gives them a password."""
    words = {**names, "is_staff": True, "password": make_password(None)}
    person, is_new = User.objects.get_or_create(username=username, defaults=words)
    if is_new:
        person.groups.add(Group.objects.get(name=group))
