"""The demo farm's visits: five experiences with their tickets, questions, rules and times."""

import datetime as dt
import random
import tomllib
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from beizhen.demo.guests import PARTIES, Guests, language_of
from farm.payments import cashier
from tours import booking as holding
from tours import paying, slots
from tours.models import Booking, Experience, Price, PriceList, Question, ScheduleRule, Slot, TicketType, Waiver

PLAN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("data").joinpath("visits.toml").read_text("utf-8"))
OURS = ("questions", "prices", "holiday", "rules", "refund_terms")
HOLIDAY_PRICES = "假日价"
PUBLISHED = dt.timedelta(days=365)


@transaction.atomic
def load(*, now: dt.datetime) -> None:
    """Offer what the demo farm offers and make its times ahead. What is there stays as it is."""
    for position, plan in enumerate(PLAN["experiences"], start=1):
        _offer(plan, position, now)
    slots.materialise(now)


def load_past(*, first: dt.date) -> None:
    """Make the times that were held from `first` on, as the clock would have made them."""
    slots.materialise(dt.datetime.combine(first, dt.time(), timezone.get_default_timezone()))


def greet(*, now: dt.datetime) -> None:
    """Let a party book each experience, in each way it may be paid, so that a new farm has somebody to welcome."""
    visitors = Guests(random.Random(1))  # noqa: S311  # a story, not a secret
    for code in PARTIES:
        slot = visitors.choose_time(code, now)
        if slot is None:
            continue
        for plan in _plans(slot):
            wish = replace(visitors.wish(slot, now), plan=plan)
            booking = holding.hold(wish=wish, language=language_of(wish), key=uuid.uuid4().hex, now=now)
            if booking.status == Booking.Status.HELD:
                cashier.pay(paying.start(booking=booking, provider="practice", return_url="/", now=now), now)


def _plans(slot: Slot) -> list[str]:
    experience = slot.experience
    if experience.may_pay_on_arrival:
        return [Booking.Plan.ARRIVAL]
    return [Booking.Plan.FULL, Booking.Plan.DEPOSIT] if experience.deposit_percent else [Booking.Plan.FULL]


def _offer(plan: dict[str, Any], position: int, now: dt.datetime) -> None:
    words = {name: value.strip() if isinstance(value, str) else value for name, value in plan.items()}
    own = {name: value for name, value in words.items() if name not in (*OURS, "code")}
    terms = PLAN["terms"][plan["refund_terms"]]
    experience, is_new = Experience.objects.get_or_create(
        code=plan["code"], defaults={**own, "refund_terms": terms, "position": position}
    )
    if not is_new:
        return
    _sell_tickets(experience, plan)
    Question.objects.bulk_create(
        Question(experience=experience, code=code, **PLAN["questions"][code]) for code in plan["questions"]
    )
    waiver = {name: text.strip() for name, text in PLAN["waiver"].items()}
    Waiver.objects.create(experience=experience, published_at=now - PUBLISHED, **waiver)
    for rule in plan["rules"]:
        _hold(experience, rule, timezone.localdate(now))


def _sell_tickets(experience: Experience, plan: dict[str, Any]) -> None:
    kinds: dict[str, TicketType] = {}
    for position, (code, price_fen) in enumerate(plan["prices"].items(), start=1):
        words = {name: value for name, value in PLAN["tickets"][code].items() if name != "with"}
        kinds[code] = TicketType.objects.create(
            experience=experience, code=code, price_fen=price_fen, position=position, **words
        )
    for code, kind in kinds.items():
        companions = PLAN["tickets"][code].get("with", ())
        kind.accompanied_by.set([kinds[companion] for companion in companions if companion in kinds])
    if "holiday" in plan:
        dearer = PriceList.objects.create(experience=experience, name=HOLIDAY_PRICES)
        Price.objects.bulk_create(
            Price(price_list=dearer, ticket_type=kinds[code], price_fen=fen) for code, fen in plan["holiday"].items()
        )


def _hold(experience: Experience, plan: dict[str, Any], today: dt.date) -> None:
    since, until = (today + dt.timedelta(days=days) for days in PLAN["open_days"])
    words = {name: value for name, value in plan.items() if name != "price_list"}
    prices = experience.price_lists.get(name=HOLIDAY_PRICES) if plan.get("price_list") else None
    ScheduleRule.objects.create(experience=experience, price_list=prices, starts_on=since, ends_on=until, **words)
