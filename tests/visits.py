"""Farm visits that a test needs, each with the plainest default, made through the farm's own stories."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from farm import outbox, rows
from farm.payments import cashier
from tests.builders import FARM_TIME, made
from tours import booking as holding
from tours import paying
from tours.booking import Contact, Wish
from tours.models import Booking, Experience, ScheduleRule, Slot, TicketType, VisitorsDay
from tours.party import Party

SATURDAY = dt.date(2026, 9, 12)
NOW = dt.datetime(2026, 9, 8, 10, 0, tzinfo=FARM_TIME)
MORNING = dt.time(9, 30)
VISITOR = Contact("李小红", "13987654321", "li@example.com")
HALF_BACK = [{"hours": 48, "percent": 100}, {"hours": 24, "percent": 50}]


@pytest.fixture
def in_september(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Tuesday before that Saturday, at ten; a test may set another time after it."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def an_experience(code: str = "picking", **different: Any) -> Experience:
    plain = {
        "name_zh": "巨峰采摘",
        "name_en": "Kyoho picking",
        "summary_zh": "亲手剪下一串巨峰",
        "summary_en": "Cut a bunch of Kyoho yourself",
        "meeting_point_zh": "南门葡萄架下",
        "meeting_point_en": "Under the vines at the south gate",
        "languages": ["zh", "en"],
        "duration_minutes": 120,
        "refund_terms": HALF_BACK,
    }
    if known := rows.first(_experience, code):
        return known
    experience = made(Experience(code=code, **{**plain, **different}))
    baby = {"people": 0, "max_age": 3, "grown_ups": 0, "per_grown_up": 2}
    adult = a_ticket_type(experience, "adult", price_fen=8800, position=1)
    a_ticket_type(experience, "child", price_fen=4400, position=2, min_age=4, max_age=12, grown_ups=0)
    infant = a_ticket_type(experience, "infant", price_fen=0, position=3, **baby)
    family = a_ticket_type(experience, "family", price_fen=22000, people=4, position=4, grown_ups=2)
    together = TicketType.accompanied_by.through
    rows.insert([together(from_tickettype=infant, to_tickettype=grown_up) for grown_up in (adult, family)])
    return experience


def _experience(code: str) -> QuerySet[Experience]:
    return Experience.objects.filter(code=code)


def a_ticket_type(experience: Experience, code: str = "adult", **different: Any) -> TicketType:
    return made(_ticket_type(experience, code, **different))


def _ticket_type(experience: Experience, code: str, **different: Any) -> TicketType:
    names = {
        "adult": ("成人", "Adult"),
        "child": ("儿童", "Child"),
        "infant": ("婴儿", "Infant"),
        "family": ("家庭", "Family"),
    }
    zh, en = names.get(code, (code, code))
    plain = {"kind": code, "name_zh": zh, "name_en": en, "price_fen": 8800}
    return TicketType(experience=experience, code=code, **{**plain, **different})


def a_day(date: dt.date = SATURDAY, *, limit: int = 300) -> VisitorsDay:
    return rows.first(_day, date) or made(VisitorsDay(date=date, limit=limit))


def _day(date: dt.date) -> QuerySet[VisitorsDay]:
    return VisitorsDay.objects.filter(date=date)


def a_slot(
    date: dt.date = SATURDAY,
    time: dt.time = MORNING,
    *,
    seats: int = 20,
    experience: Experience | None = None,
    **different: Any,
) -> Slot:
    """A slot of two hours that can be booked until two hours before it begins."""
    starts_at = dt.datetime.combine(date, time, FARM_TIME)
    plain = {
        "experience": experience or an_experience(),
        "day": a_day(date),
        "date": date,
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(hours=2),
        "cut_off_at": starts_at - dt.timedelta(hours=2),
        "limit": seats,
    }
    return made(Slot(**{**plain, **different}))


def a_visit_wish(slot: Slot, *, contact: Contact = VISITOR, plan: str = "full", credit: str = "", **party: int) -> Wish:
    return Wish(slot=slot.pk, party=Party.of(party or {"adult": 2}), contact=contact, plan=plan, credit=credit)


def a_booking(slot: Slot, *, now: dt.datetime = NOW, key: str = "", **wish: Any) -> Booking:
    """A held booking of two adults, unless other tickets are named: `a_booking(slot, family=1)`."""
    return holding.hold(wish=a_visit_wish(slot, **wish), language="zh-hans", key=key or uuid.uuid4().hex, now=now)


def pay(booking: Booking, *, now: dt.datetime = NOW) -> Booking:
    """The practice cashier takes what is due of the booking now, and the booking hears of it."""
    attempt = paying.start(booking=booking, return_url="/v/token/", now=now)
    cashier.pay(attempt, now)
    outbox.deliver_due(now)
    booking.refresh_from_db()
    return booking


def a_confirmed_booking(slot: Slot, *, now: dt.datetime = NOW, **wish: Any) -> Booking:
    return pay(a_booking(slot, now=now, **wish), now=now)


def a_rule(recurrence: str = "FREQ=WEEKLY;BYDAY=SA,SU", **different: Any) -> ScheduleRule:
    """Half past nine on weekends of September 2026, for 20 people."""
    experience = different.pop("experience", None) or an_experience()
    plain = {
        "name": "Weekends",
        "starts_on": dt.date(2026, 9, 1),
        "ends_on": dt.date(2026, 9, 30),
        "times": ["09:30"],
        "capacity": 20,
    }
    return ScheduleRule.objects.create(experience=experience, recurrence=recurrence, **{**plain, **different})
